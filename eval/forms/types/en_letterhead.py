"""What the English office forms have in common: head, signatures, dollars and cents."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms import fonts
from eval.forms.furniture import underlined
from eval.forms.sheet import Sheet

CENT = Decimal("0.01")


def money(rng: Random, low: int, high: int) -> Decimal:
    """Return an amount in dollars and cents between two amounts in dollars."""
    return Decimal(rng.randint(low * 100, high * 100)) * CENT


def letterhead(sheet: Sheet, name: str, words: str, form_no: str) -> None:
    """Print the head of an English form: the office at the left, the title at the right."""
    sheet.text(40, 46, name, 13, face=fonts.TIMES_BOLD)
    sheet.text(40, 58, "Finance and Administration", 8, face=fonts.TIMES_ITALIC)
    sheet.text(555, 46, words, 17, align="right", bold=True)
    sheet.text(555, 58, form_no, 7.5, align="right")
    sheet.rule(40, 64, 555, 64, 1.6)
    sheet.rule(40, 66.5, 555, 66.5, 0.4)


def signatures(sheet: Sheet, y: float, people: tuple[tuple[str, str], ...]) -> float:
    """Print a line to sign and a line to date for each of the people; return the y below."""
    for name, label in people:
        underlined(sheet, 40, y, 330, name, label, T.PERSON_NAME, size=8.5)
        underlined(sheet, 390, y, 165, f"{name}_on", "Date", T.DATE, size=8.5)
        y += 28
    return y
