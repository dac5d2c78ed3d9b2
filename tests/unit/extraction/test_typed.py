"""Texts as values of their fields, where some are allowed alone."""

from __future__ import annotations

import pytest

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.extraction.typed import typed

SPEC = FieldSpec(
    "dept", "部署", FieldType.TEXT, 1, Box(0, 0, 1, 1), 0, allowed=("営業部", "総務部", "Law")
)


@pytest.mark.parametrize(
    ("raw", "value"),
    [("営業部", "営業部"), ("営業 部", "営業部"), ("宮業部", "営業部"), ("LAW", "Law"),
     ("Lavv", None), ("業部", "営業部"), ("務部", "総務部"), ("部", None), ("工場", None)],
)  # fmt: skip
def test_a_reading_is_the_allowed_value_that_it_is_or_alone_resembles(
    raw: str, value: str | None
) -> None:
    assert typed(SPEC, raw, misread=True) == (value, value is not None)


def test_what_a_person_types_is_taken_for_no_other_value() -> None:
    assert typed(SPEC, "宮業部") == (None, False)
    assert typed(SPEC, "営業部") == ("営業部", True)
