"""The ways in which a region of a form is filled in."""

from __future__ import annotations

from enum import StrEnum


class RegionKind(StrEnum):
    """How a region is filled in: written, written as a date between 年 月 日, ticked, stamped,
    circled, or one of several boxes ticked.
    """

    TEXT = "text"
    DATE = "date"
    CHECKBOX = "checkbox"
    SEAL = "seal"
    OPTION = "option"
    TICKED_OPTION = "ticked_option"
