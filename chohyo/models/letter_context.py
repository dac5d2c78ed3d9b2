"""Settle letters that look alike by the letters around them, where the network itself wavers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

# Odds of a letter of its own place, by its position in the text.
OddsAt = Callable[[int, str], float]

# A look-alike is taken when the network gives it this share of the odds of its first choice. A
# separator of thousands is one or two pixels away from a full stop, so little is enough.
_WAVERS: Final = 0.02
_SEPARATOR: Final = 0.003
_WORD = re.compile(r"[0-9A-Za-z|]+")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?![\d])")
_DIGITS: Final = dict(zip("OoDlI|SB", "00011158", strict=True))
_ALONE: Final = ("O", "o", "l", "I", "|")
# Kanji that no word has beside what follows, and what they look like.
_NO_WORDS: Final = (
    (re.compile(r"[合今会](?=和[元0-9０-９ ])"), "令"),
    (re.compile(r"(?<![一-龥])人(?=[院金力])"), "入"),
    (re.compile(r"(?<=法)入"), "人"),
    # Of milligrams, behind a number in full width.
    (re.compile(r"(?<=[0-9０-９]ｍ)９$"), "ｇ"),
)
# Old forms, which forms of today hardly have; those that names keep are left out.
_OLD: Final = dict(zip(
    "數營勞會學體號圓繼續應寫單區縣團實氣經醫藥靜當豐臺豫轉傳變發總檢讀對歸雜舊與證處獨殘來假價兩參圖壓將屬帶從戰據擧樂樣歲歷狀畫盡稱聽萬裝覺覽觀觸譯辭遲釋錢錄隨險靈顏顯餘驛驗鹽麥齒齡",
    "数営労会学体号円継続応写単区県団実気経医薬静当豊台予転伝変発総検読対帰雑旧与証処独残来仮価両参図圧将属帯従戦拠挙楽様歳歴状画尽称聴万装覚覧観触訳辞遅釈銭録随険霊顔顕余駅験塩麦歯齢",
    strict=True,
))  # fmt: skip
_OLD_WAVERS: Final = 0.005
# Those that names keep: the new form is a hundred times as common, and where the old one stood, its
# odds were nearly 1. The network has learned Chinese, too, which kept it.
_KEPT_BY_NAMES: Final = dict(zip(
    "惠澤邊邉濱廣榮眞齋櫻穗彌曉藏德淸禮瀨增黑", "恵沢辺辺浜広栄真斎桜穂弥暁蔵徳清礼瀬増黒",
    strict=True,
))  # fmt: skip
_KEPT_WAVERS: Final = 0.03
_RINGS: Final = "○〇"
_RING_WAVERS: Final = 0.1
# A stroke between digits is a hyphen.
_STROKE: Final = re.compile(r"(?<=[0-9０-９])[ー一―](?=[0-9０-９])")
# Kanji, signs and hiragana that katakana looks like.
_KATAKANA: Final = dict(zip("へべぺ一二口力夕工卜八", "ヘベペーニロカタエトハ", strict=True))


def settled(text: str, odds_at: OddsAt) -> str:
    """Return the text, of the same length, with look-alikes settled."""
    letters = list(text)
    _settle_thousands(text, letters, odds_at)
    _settle_ring(letters, odds_at)
    _settle_digits(letters, odds_at)
    _settle_katakana(letters)
    _settle_kanji(text, letters, odds_at)
    return "".join(letters)


def _settle_thousands(text: str, letters: list[str], odds_at: OddsAt) -> None:
    """Read a full stop before three digits as a comma: surely among several, or when it wavers."""
    for number in _GROUPED.finditer(text):
        stops = [i for i in range(*number.span()) if letters[i] in ".,"]
        several = len(stops) > 1 or text[number.end() : number.end() + 1] == "."
        for i in stops:
            if several or odds_at(i, ",") > _SEPARATOR * odds_at(i, letters[i]):
                letters[i] = ","


def _settle_digits(letters: list[str], odds_at: OddsAt) -> None:
    """Read letters among digits, or one that stands alone, as the digits they look like."""
    for word in _WORD.finditer("".join(letters)):
        known = word[0]
        if not all(letter.isdigit() or letter in _DIGITS for letter in known):
            continue
        among = any(letter.isdigit() for letter in known)
        if not among and known not in _ALONE:
            continue
        for i in range(*word.span()):
            digit = _DIGITS.get(letters[i])
            share = 0.1 * _WAVERS if among or letters[i] == "l" else _WAVERS
            if digit and odds_at(i, digit) > share * odds_at(i, letters[i]):
                letters[i] = digit


def _settle_ring(letters: list[str], odds_at: OddsAt) -> None:
    """Read a round letter that stands alone as the ring that marks a cell, when it may be one."""
    if len(letters) == 1 and letters[0] in "0oO":
        ring = max(_RINGS, key=lambda each: odds_at(0, each))
        if odds_at(0, ring) > _RING_WAVERS * odds_at(0, letters[0]):
            letters[0] = _RINGS[0]


def _settle_kanji(text: str, letters: list[str], odds_at: OddsAt) -> None:
    """Read kanji that make no word, and old forms, as what they look like."""
    for pattern, meant in _NO_WORDS:
        for found in pattern.finditer(text):
            letters[found.start()] = meant
    for found in _STROKE.finditer(text):
        letters[found.start()] = "-"
    for i, letter in enumerate(letters):
        new = _OLD.get(letter)
        if new and odds_at(i, new) > _OLD_WAVERS * odds_at(i, letter):
            letters[i] = new
        kept = _KEPT_BY_NAMES.get(letter)
        if kept and odds_at(i, kept) > _KEPT_WAVERS * odds_at(i, letter):
            letters[i] = kept


def _settle_katakana(letters: list[str]) -> None:
    for i, letter in enumerate(letters):
        kana = _KATAKANA.get(letter)
        if kana is None:
            continue
        before, after = _is_katakana(letters, i - 1), _is_katakana(letters, i + 1)
        if (before and after) or (letter in "へべぺ" and (before or after)):
            letters[i] = kana
    for i, letter in enumerate(letters):
        kana_beside = _is_katakana(letters, i - 1) or _is_katakana(letters, i + 1)
        beside_hiragana = _is_hiragana(letters, i - 1) or _is_hiragana(letters, i + 1)
        if letter == "リ" and beside_hiragana and not kana_beside:
            letters[i] = "り"


def _at(letters: list[str], i: int) -> str:
    return letters[i] if 0 <= i < len(letters) else ""


def _is_katakana(letters: list[str], i: int) -> bool:
    side = _at(letters, i)
    return bool(side) and "\u30a1" <= side <= "\u30fc"


def _is_hiragana(letters: list[str], i: int) -> bool:
    side = _at(letters, i)
    return bool(side) and "\u3041" <= side <= "\u3096"
