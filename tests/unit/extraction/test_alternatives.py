"""A text that breaks its type is read as the next likeliest one that does not."""

from __future__ import annotations

import pytest

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.extraction.alternatives import likeliest_of
from chohyo.extraction.reading import _fitting, joined
from chohyo.models.ocr import RecognizedText


def line(text: str, **others: tuple[tuple[str, float], ...]) -> RecognizedText:
    """Return a line whose letters are sure but for those at the places named `at_N`."""
    doubts = [others.get(f"at_{place}", ()) for place in range(len(text))]
    sure = tuple(0.6 if doubt else 0.99 for doubt in doubts)
    return RecognizedText(text, sum(sure) / len(sure), sure, tuple(doubts))


def read(kind: FieldType, got: RecognizedText, *allowed: str) -> str:
    field = FieldSpec("f", "F", kind, 1, Box(0, 0, 1, 1), 1, allowed=allowed)
    return joined(field, _fitting(field, [got]))


@pytest.mark.parametrize(
    ("kind", "text", "place", "others", "meant"),
    [
        (FieldType.DATE, "2025/05109", 7, (("/", 0.3),), "2025/05/09"),
        (FieldType.DATE, "2024/13/09", 5, (("7", 0.01), ("0", 0.2)), "2024/03/09"),
        (FieldType.TIME, "9:95", 2, (("4", 0.1), ("1", 0.3)), "9:15"),
        (FieldType.MY_NUMBER, "123456789078", 10, (("1", 0.2), ("3", 0.3)), "123456789018"),
        (FieldType.EMAIL, "a.ogawa(example.jp", 7, (("@", 0.1),), "a.ogawa@example.jp"),
    ],
)
def test_a_letter_in_doubt_is_what_its_type_leaves(
    kind: FieldType, text: str, place: int, others: tuple[tuple[str, float], ...], meant: str
) -> None:
    assert read(kind, line(text, **{f"at_{place}": others})) == meant


def test_a_listed_value_is_read_where_it_is_likely() -> None:
    assert read(FieldType.TEXT, line("大幅", at_1=(("輔", 0.3),)), "大輔", "大介") == "大輔"


def test_a_text_stays_where_nothing_likely_fits_or_its_type_takes_every_text() -> None:
    assert read(FieldType.DATE, line("2025/05109")) == "2025/05109"
    assert read(FieldType.DATE, line("2025/05109", at_7=(("/", 0.002),))) == "2025/05109"
    assert read(FieldType.TEXT, line("大幅", at_1=(("輔", 0.5),))) == "大幅"


def test_a_text_that_fits_is_not_touched() -> None:
    assert read(FieldType.DATE, line("2025/05/09", at_9=(("8", 0.59),))) == "2025/05/09"


def test_what_was_taken_otherwise_keeps_its_own_odds() -> None:
    (mended,) = likeliest_of(
        [line("ab", at_0=(("x", 0.1),), at_1=(("y", 0.2),))], lambda lines: lines[0].text == "xy"
    ) or [None]
    assert mended is not None
    assert mended.char_confidences == (0.1, 0.2)
    assert mended.confidence == pytest.approx(0.15)
