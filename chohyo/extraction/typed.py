"""The value that a text is for its field: of its type, and among those that are allowed."""

from __future__ import annotations

from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Normalized
from chohyo.extraction.normalize import NotOfTypeError, fold, normalize

# Types that take not every text.
STRICT = set(FieldType) - {
    FieldType.TEXT, FieldType.ADDRESS, FieldType.PERSON_NAME, FieldType.COMPANY_NAME,
    FieldType.CODE, FieldType.CHECKBOX, FieldType.CHOICE, FieldType.IMAGE,
}  # fmt: skip
_TICKED = {"true", "yes", "1", "x", "レ", "✓", "はい"}
# Shorter words are not taken for one another: every letter of them counts.
_LEAST_LIKE = 3


def typed(spec: FieldSpec, raw: str, *, misread: bool = False) -> tuple[Normalized, bool]:
    """Return the typed value of a text that is not empty, and whether it is one.

    Where values are listed, one of them is the value; with `misread` also the only one that differs
    in a single letter.
    """
    if spec.type is FieldType.CHECKBOX:
        return fold(raw).casefold() in _TICKED, True
    if spec.allowed:
        chosen = _listed(raw, spec.allowed, misread=misread)
        return chosen, chosen is not None
    try:
        return normalize(spec.type, raw), True
    except NotOfTypeError:
        return None, False


def _listed(raw: str, allowed: tuple[str, ...], *, misread: bool) -> str | None:
    text = _bare(raw)
    for each in allowed:
        if _bare(each) == text:
            return each
    near = [each for each in allowed if misread and _one_apart(text, _bare(each))]
    return near[0] if len(near) == 1 else None


def _bare(text: str) -> str:
    return fold(text).replace(" ", "").casefold()


def _one_apart(one: str, other: str) -> bool:
    """Say whether one letter was taken for another, left out or added."""
    short, long = sorted((one, other), key=len)
    if len(long) < _LEAST_LIKE or len(long) - len(short) > 1:
        return False
    same = next((n for n, letter in enumerate(short) if letter != long[n]), len(short))
    rest = short[same + 1 :] if len(short) == len(long) else short[same:]
    return rest == long[same + 1 :]
