"""Strips of made-up print, drawn once, from which any line of text is cut.

On the encoder's small pages a word is a texture: what it says does not matter, how long, how dark
and in what face it is does.
"""

# PyMuPDF claims to be typed, and most of it is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from functools import cache
from random import Random

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray

from eval.forms import fonts

Pixels = NDArray[np.uint8]

_HEIGHT = 20  # px of a line; a line of a form is 3 to 12 px on the pages drawn here
_LENGTH = 1600  # px of a strip
_STRIPS = 10  # a style
_FACES = (
    ("en", fonts.HELVETICA),
    ("en", fonts.HELVETICA_BOLD),
    ("en", fonts.TIMES),
    ("en", fonts.TIMES_BOLD),
    ("en", fonts.COURIER),
    ("en", fonts.HELVETICA_OBLIQUE),
    ("ja", fonts.SANS_JA),
    ("ja", fonts.SANS_JA),  # with the bold pen
    ("digits", fonts.HELVETICA),
    ("digits", fonts.COURIER),
    ("digits", fonts.SANS_JA),
    ("capitals", fonts.HELVETICA_BOLD),
)
_BOLD_PEN = 7
STYLES = {
    "en": (0, 1, 2, 3, 4, 5, 11),
    "ja": (6, 7),
    "digits": (8, 9, 10),
}
PLAIN = {"en": (0, 2, 4), "ja": (6,)}
BOLD = {"en": (1, 3, 11), "ja": (7,)}
# As often as English has them.
_LETTERS = (
    "eeeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnssssssrrrrrrhhhhhhlllldddduu"
    "ccmmmffppggwwyybbvk"
)
_KANJI = (
    "氏名住所年月日生電話番号金額合計申請書届出事業者被保険証記入欄印受付担当医療機関給付支払"
    "区分種別内容備考期間終了開始職業世帯主続柄本人代理交付発行都道府県市町村郵便勤務先銀行口座"
    "普通当座支店確認押捺該当理由状況診断傷病手術通院入所利用料税率控除所得課税非対象数量単価"
)
_KANA = "のをにはがとでするしたくださいてからまでこのそのあるいないれる"


def cut(style: int, seed: int, width: int, height: int) -> Pixels:
    """Return ink (height, width) of a line of text in a style; the same seed, the same text."""
    rng = Random(seed)
    strip = _strips(style)[rng.randrange(_STRIPS)]
    length = min(_LENGTH, max(2, round(width * _HEIGHT / max(1, height))))
    start = rng.randrange(_LENGTH - length + 1)
    piece = strip[:, start : start + length]
    return np.asarray(cv2.resize(piece, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def stacked(style: int, seed: int, width: int, height: int) -> Pixels:
    """Return ink (height, width) of text written from top to bottom."""
    count = max(1, round(height / max(1, width)))
    line = cut(style, seed, count * _HEIGHT, _HEIGHT)
    column = np.concatenate(np.split(line, count, axis=1), axis=0)
    return np.asarray(cv2.resize(column, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


@cache
def _strips(style: int) -> tuple[Pixels, ...]:
    return tuple(_strip(style, number) for number in range(_STRIPS))


def _strip(style: int, number: int) -> Pixels:
    language, face = _FACES[style]
    rng = Random(f"{style}/{number}")
    size = 0.74 * _HEIGHT
    text = ""
    while fonts.measure(text, face, size) < _LENGTH:
        text += _word(language, rng)
    page = pymupdf.open().new_page(width=_LENGTH, height=_HEIGHT)
    writer = pymupdf.TextWriter(page.rect)
    writer.append((0, 0.77 * _HEIGHT), text, font=fonts.face(face), fontsize=size)
    writer.write_text(page)
    pixmap = page.get_pixmap(colorspace=pymupdf.csGRAY)
    grey = np.frombuffer(pixmap.samples, np.uint8).reshape(_HEIGHT, -1)[:, :_LENGTH]
    ink = np.asarray(255 - grey, np.uint8)
    if style == _BOLD_PEN:
        ink = np.asarray(cv2.dilate(ink, np.ones((2, 2), np.uint8)), np.uint8)
    return ink


def _word(language: str, rng: Random) -> str:
    if language == "ja":
        length = rng.randint(2, 7)
        kanji = "".join(rng.choices(_KANJI, k=length))
        kana = "".join(rng.choices(_KANA, k=rng.choice([0, 0, 1, 2, 5])))
        return kanji + kana + rng.choice(["", "", "、", "。", "（", "）", "　", " ", "・"])
    if language == "digits":
        return "".join(rng.choices("0123456789", k=rng.randint(1, 7))) + rng.choice(" ,.-/ ")
    letters = "".join(rng.choices(_LETTERS, k=max(1, round(rng.gauss(5, 2.2)))))
    if language == "capitals":
        return letters.upper() + " "
    if rng.random() < 0.15:
        letters = letters.capitalize()
    return letters + rng.choice([" ", " ", " ", " ", " ", " ", ", ", ". "])
