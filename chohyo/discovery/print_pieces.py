"""Part the lines that were read on a blank form into pieces of print, and join spaced letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chohyo.discovery.line_cuts import crosses_rule, cut_at_rules
from chohyo.discovery.pixel_box import PixelBox, around, from_fraction
from chohyo.discovery.printed_text import Printed
from chohyo.discovery.ruling import Ruling
from chohyo.models.ocr import TextLine

_LEADERS = re.compile(r"[.．・‥…·_＿\s]{3,}")
_KANA = re.compile("[\u3041-\u30f6]")
# The recogniser knows Chinese too: what it takes Japanese letters for, on pages that have kana.
_JAPANESE_FORMS = str.maketrans(
    "单价纳给齡龄别规气关变东车书记银险误认证话语课调订计讨训设许诊诉词该详说读谁请诸"
    "门问间闻图团园国圆场块报声处备复头学实审宽对导尔层岁岛帐带广应开录径忆态总战户执扩扫扬护担择"
    "据损换摇数断无时显术极检权条来样标栏样栋欢残毕汇没济测满滞点热灾状独现环监种称积稳"
    "收內樣压额號區證價圖會學體點數國圓廣應對藥歷壓臟讓氣關變",
    "単価納給齢齢別規気関変東車書記銀険誤認証話語課調訂計討訓設許診訴詞該詳説読誰請諸"
    "門問間聞図団園国円場塊報声処備復頭学実審寛対導爾層歳島帳帯広応開録径憶態総戦戸執拡掃揚護担択"
    "拠損換揺数断無時顕術極検権条来様標欄様棟歓残畢匯没済測満滞点熱災状独現環監種称積穏"
    "収内様圧額号区証価図会学体点数国円広応対薬歴圧臓譲気関変",
)


def printed_of(lines: Sequence[TextLine], size: tuple[int, int], ruling: Ruling) -> list[Printed]:
    """Return the print of a blank form in pixels: no piece on both sides of a rule or a leader.

    Letters that are spaced out are joined.
    """
    japanese = any(_KANA.search(line.text) for line in lines)
    pieces = [
        piece
        for line in lines
        for piece in _split_at_leaders(
            Printed(
                line.text.translate(_JAPANESE_FORMS) if japanese else line.text,
                from_fraction(line.box, size),
            )
        )
    ]
    there = [p for p in pieces if p.text.strip() and p.box.area > 0]
    return _letters_joined(cut_at_rules(there, ruling), ruling)


def _split_at_leaders(line: Printed) -> list[Printed]:
    letters = line.letters()
    pieces: list[Printed] = []
    start = 0
    for match in [*_LEADERS.finditer(line.text), None]:
        stop = match.start() if match else len(line.text)
        if stop > start and line.text[start:stop].strip():
            first, last = letters[start][1], letters[stop - 1][1]
            half = line.box.height / 3
            x0 = line.box.x0 if start == 0 else round(first - half)
            x1 = line.box.x1 if stop == len(line.text) else round(last + half)
            box = PixelBox(x0, line.box.y0, max(x0 + 1, x1), line.box.y1)
            pieces.append(Printed(line.text[start:stop].strip(), box))
        start = match.end() if match else start
    return pieces


def _letters_joined(pieces: list[Printed], ruling: Ruling) -> list[Printed]:
    """Join single kanji set apart to fill a cell, as in 氏　　名."""
    single = sorted((p for p in pieces if _is_single(p.text)), key=lambda p: p.box.x0)
    runs: list[list[Printed]] = []
    for piece in single:
        run = next((r for r in runs if _continues(r, piece, pieces, ruling)), None)
        if run is None:
            runs.append([piece])
        else:
            run.append(piece)
    joined = [Printed("".join(p.text for p in run), around(p.box for p in run)) for run in runs]
    return [p for p in pieces if not _is_single(p.text)] + joined


def _is_single(text: str) -> bool:
    return len(text) <= 2 and all("\u3040" <= c <= "\u9fff" for c in text) and text not in _PARTS


# These stand alone between blanks to write on: letters of a date, of units, and choices.
_PARTS = {
    "年",
    "月",
    "日",
    "円",
    "人",
    "歳",
    "才",
    "男",
    "女",
    "有",
    "無",
    "印",
    "時",
    "分",
    "様",
    "殿",
    "科",
    "級",
}


def _continues(
    run: Sequence[Printed], piece: Printed, pieces: Sequence[Printed], ruling: Ruling
) -> bool:
    last = run[-1]
    if crosses_rule(around([last.box, piece.box]), ruling):
        return False
    gap = last.box.gap_x(piece.box)
    if not last.box.shares_row(piece.box, 0.6) or not 0 <= gap <= 4.5 * last.box.height:
        return False
    if len(run) > 1 and gap > 1.6 * run[-2].box.gap_x(last.box) + last.box.height:
        return False
    between = PixelBox(last.box.x1, last.box.y0, piece.box.x0, last.box.y1)
    return not any(between.intersection(p.box) > 0.2 * p.box.area for p in pieces)
