"""Make a text what a bad recogniser would make of it."""

from __future__ import annotations

from random import Random

# What is taken for what; anything else becomes another character of the same text.
_ALIKE = {
    "0": "O", "1": "l", "5": "S", "8": "B", "2": "Z", "O": "0", "l": "1", "I": "1", "S": "5",
    "B": "8", "e": "c", "c": "e", "口": "ロ", "ロ": "口", "ー": "一", "一": "ー", "日": "曰",
    "二": "ニ", "ニ": "二", "力": "カ", "カ": "力", "夕": "タ", "タ": "夕", "徴": "微", "未": "末",
    "人": "入", "入": "人", "住": "往", "間": "問", "申": "由", "給": "絵", "土": "士", "大": "太",
}  # fmt: skip


def misread(text: str, share: float, lot: Random) -> str:
    """Return the text with a share of its characters wrong, missing or split off by a space."""
    read = []
    for character in text:
        if character.isspace() or lot.random() >= share:
            read.append(character)
            continue
        fault = lot.random()
        if fault < 0.5:
            read.append(_ALIKE.get(character) or lot.choice(text.strip() or "?"))
        elif fault < 0.8:
            read.append("")
        else:
            read.append(f" {character}")
    return "".join(read)
