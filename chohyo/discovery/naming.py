"""Name a form type by what is printed on its first page, and its edition likewise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from chohyo.models.ocr import TextLine

UNNAMED = "Untitled form"
_MAX_LENGTH = 80
# A title stands in this upper part of the page; print this much smaller than the largest is none.
_UPPER_PART = 0.3
_LEAST_CONFIDENCE = 0.75
_TITLE_WORD = re.compile(
    r"(書|届|票|表|証|願|状|簿|録|伝票|報告|申告|申請|請求|通知|調書|明細|指示書|"
    r"\bform\b|schedule|application|return|statement|report|certificate|invoice|request|"
    r"claim|declaration|worksheet|voucher|agreement|questionnaire|record)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\W*(\d{1,2}[a-z]?[.)]?\s|\d{1,2}\.|[①-⑳])")
_NO_TITLE = re.compile(
    r"omb no|department of|internal revenue|catalog|cat\. no|www\.|https?:|attach|instructions|"
    r"\bpage\b|\benter\b|\bline \d|^\W*form \w+\W*$|^\W*\(.*\)\W*$|氏名|生年月日|"
    r"^\W*(様式|別紙|別記|参考資料|第.{1,4}号様式)|記入|押印|御中|殿$|様$|^令和|^平成",
    re.IGNORECASE,
)
_VERSIONS = (
    re.compile(r"(?:令和|平成)\s*(?:元|\d{1,2})\s*年\s*(?:分|度|版|改正|改訂)"),
    re.compile(r"(?:令和|平成)\s*(?:元|\d{1,2})\s*[年.．]\s*\d{1,2}\s*(?:月)?\s*(?:改正|改訂|版)"),
    re.compile(r"\bRev(?:ised|ision|\.)?:?\s*(?:[A-Z][a-z]+\.?\s+\d{4}|\d{1,2}[-/]\d{2,4}|\d{4}|[A-Z0-9.]+)"),
    re.compile(r"\bVer(?:sion|\.)?\s*\d+(?:\.\d+)*", re.IGNORECASE),
    re.compile(r"第\s*\d+(?:\.\d+)*\s*版"),
)  # fmt: skip
_YEAR = re.compile(r"(?<![\d-])((?:19|20)\d{2})(?:\s*年(?:分|度|版))?(?![\d-])")


def propose_name(lines: Sequence[TextLine]) -> str:
    """Propose the form's title: the largest telling print near the top of its first page."""
    candidates = [line for line in lines if _may_be_title(line)]
    if not candidates:
        return UNNAMED
    best = max(candidates, key=_title_score)
    return _clean(" ".join([best.text, *_second_line(best, candidates)]))


def propose_version_label(lines: Sequence[TextLine]) -> str:
    """Propose the edition, such as 令和6年分, Rev. 3-2022 or 2023; "1" when none is printed."""
    texts = [unicodedata.normalize("NFKC", line.text) for line in lines]
    for pattern in _VERSIONS:
        for text in texts:
            if match := pattern.search(text):
                return re.sub(r"\s+", " ", match.group()).strip(" .)")
    years = [
        (line.box.height, match.group(1))
        for line, text in zip(lines, texts, strict=True)
        if (match := _YEAR.search(text)) and _stands_at_edge(line)
    ]
    return max(years)[1] if years else "1"


def _stands_at_edge(line: TextLine) -> bool:
    """Say whether the line is in the head or the foot, where editions are printed."""
    return line.box.y1 < 0.2 or line.box.y0 > 0.9


def _may_be_title(line: TextLine) -> bool:
    text = line.text.strip()
    letters = [c for c in text if c.isalpha()]
    upright = line.box.width > 1.2 * line.box.height
    clear = line.confidence >= _LEAST_CONFIDENCE and not _ITEM.match(text)
    return line.box.y0 < _UPPER_PART and upright and clear and len(letters) >= 3


def _title_score(line: TextLine) -> float:
    """Return the size of the print, weighed by its words, its length and its place."""
    text = unicodedata.normalize("NFKC", line.text)
    score = line.box.height
    if _TITLE_WORD.search(text):
        score *= 1.5
    if _NO_TITLE.search(text):
        score *= 0.5
    if len(text) > 60:
        score *= 0.5
    centred = 1.0 - abs(line.box.center[0] - 0.5)
    return score * (0.7 + 0.3 * centred) * (1.0 - 2.0 * line.box.y0)


def _second_line(title: TextLine, candidates: Sequence[TextLine]) -> list[str]:
    """Return the title's next line when it is set in the same print directly below."""
    for line in candidates:
        below = 0 <= line.box.y0 - title.box.y1 < 0.6 * title.box.height
        alike = abs(line.box.height - title.box.height) < 0.15 * title.box.height
        centred = abs(line.box.center[0] - title.box.center[0]) < 0.1
        if below and alike and centred and not _NO_TITLE.search(line.text):
            return [line.text]
    return []


def _clean(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    if not folded.isascii():
        folded = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", folded)
    return re.sub(r"\s+", " ", folded).strip(" ・:-")[:_MAX_LENGTH]
