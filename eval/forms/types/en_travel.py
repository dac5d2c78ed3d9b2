"""Travel expense claim."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms import fonts
from eval.forms.cells import Block, blank, captioned, head, ticks
from eval.forms.form import FormType
from eval.forms.furniture import Column, footer, notes, table
from eval.forms.persona import digits, en_person, some_day
from eval.forms.sheet import Sheet
from eval.forms.types.en_letterhead import letterhead, money, signatures
from eval.forms.values import Case, Meaning


def _travel(edition: str) -> Sheet:
    sheet = Sheet(lang="en")
    late = edition == "2024"
    letterhead(
        sheet,
        "Brookfield County Schools",
        "TRAVEL EXPENSE CLAIM",
        f"Form FA-117 (Rev. {'07/2024' if late else '01/2021'})",
    )
    block = Block(sheet, 76, pitch=1.22)
    _trip(block)
    block.gap(8)
    block.bar("SECTION A.  DAILY EXPENSES", 15, 8)
    _travel_days(block, late=late)
    block.gap(8)
    block.bar("SECTION B.  SUMMARY", 15, 8)
    _travel_sums(block)
    y = block.close()
    y = notes(sheet, y + 8, _travel_words(late=late), size=7)
    sheet.text(
        40,
        y + 16,
        "I certify that this claim is true and correct "
        "and that no part of it has been paid before.",
        8.5,
        face=fonts.TIMES_ITALIC,
    )
    signatures(
        sheet,
        y + 42,
        (
            ("traveler_signature", "Traveler's signature"),
            ("supervisor", "Supervisor"),
            ("approved_by", "Approved by"),
        ),
    )
    footer(
        sheet, "Retain for seven years", "Page 1 of 1", middle="White: Finance    Yellow: Traveler"
    )
    return sheet


def _travel_sums(block: Block) -> None:
    for name, label in (
        ("sum_days", "Total of Section A"),
        ("advance", "Less travel advance received"),
        ("due", "Amount due to traveler"),
    ):
        block.row(
            20,
            head(label, 76, align="left", shade=None),
            blank(name, label, 24, T.AMOUNT, align="right", before="$"),
        )


def _travel_words(*, late: bool) -> list[str]:
    rate = "67.0" if late else "56.0"
    words = [
        f"1.  Mileage for private cars is paid at {rate} cents a mile. Attach a map.",
        "2.  Attach original receipts for lodging and for any single expense of more than $25.00.",
        "3.  Claims must be filed within 30 days after the end of the trip.",
    ]
    if late:
        words.append("4.  Meals included in a conference fee may not be claimed again.")
    return words


def _trip(block: Block) -> None:
    block.row(
        28,
        captioned("traveler", "Name of traveler", 50, T.PERSON_NAME),
        captioned("employee_no", "Employee ID", 22, T.CODE),
        captioned("filed_on", "Date of claim", 28, T.DATE),
    )
    block.row(
        28,
        captioned("address", "Home address (street, city, state, ZIP)", 72, T.ADDRESS),
        captioned("phone", "Telephone", 28, T.PHONE),
    )
    block.row(
        28,
        captioned("purpose", "Purpose of trip", 50),
        captioned("destination", "Destination", 22),
        captioned("left_on", "Departed", 14, T.DATE),
        captioned("back_on", "Returned", 14, T.DATE),
    )
    block.row(
        22,
        head("Method of travel", 18),
        ticks(
            "method",
            "Method of travel",
            82,
            ("Air", "Rail", "Private car", "Rental car", "Bus", "Other"),
            several=True,
        ),
    )


def _travel_days(block: Block, *, late: bool) -> None:
    columns = (
        Column("date", "Date", 14, T.DATE, "center"),
        Column("city", "City", 20),
        Column("lodging", "Lodging", 13, T.AMOUNT, "right"),
        Column("meals", "Meals", 13, T.AMOUNT, "right"),
        Column("fares", "Fares", 13, T.AMOUNT, "right"),
        Column("other", "Tolls / parking" if late else "Other", 13, T.AMOUNT, "right"),
        Column("total", "Total", 14, T.AMOUNT, "right"),
    )
    table(block, columns, 8, prefix="day", row_height=21)


def _travel_case(rng: Random) -> Case:
    who, day = en_person(rng, born=(1955, 2000)), some_day(rng)
    count = rng.randint(1, 6)
    left = day - timedelta(days=rng.randint(8, 25))
    city = rng.choice(["Chicago", "Denver", "Boston", "Phoenix", "Atlanta", "Seattle"])
    days, total = _daily_expenses(rng, count, left, city)
    advance = rng.choice([Decimal(0), Decimal("100.00"), Decimal("250.00")])
    boss, seen = en_person(rng), rng.random() < 0.8
    return days | {
        "traveler": who.name,
        "traveler_signature": who.name,
        "traveler_signature_on": day,
        "employee_no": digits(rng, 6),
        "filed_on": day,
        "address": f"{who.address}, {who.city}, {who.region} {who.postal}",
        "phone": who.phone,
        "purpose": rng.choice(
            ["Annual conference", "Regional training", "Site visit", "Vendor meeting"]
        ),
        "destination": city,
        "left_on": left,
        "back_on": left + timedelta(days=count - 1),
        "method": tuple(
            rng.sample(("Air", "Rail", "Private car", "Rental car", "Bus"), rng.randint(1, 2))
        ),
        "sum_days": total,
        "advance": advance,
        "due": total - advance,
        "supervisor": boss.name if seen else None,
        "supervisor_on": day + timedelta(days=rng.randint(1, 6)) if seen else None,
    }


def _daily_expenses(
    rng: Random, count: int, left: date, city: str
) -> tuple[dict[str, Meaning], Decimal]:
    """Return the lines of the days away, each with its sum, and the sum of all."""
    case: dict[str, Meaning] = {}
    total = Decimal(0)
    for row in range(1, count + 1):
        costs = {
            "lodging": money(rng, 89, 190),
            "meals": money(rng, 12, 59),
            "fares": money(rng, 4, 80),
            "other": money(rng, 2, 18),
        }
        kept = {k: v for k, v in costs.items() if rng.random() < 0.75}
        total += sum(kept.values(), Decimal(0))
        case |= {f"day_{row}_{k}": v for k, v in kept.items()}
        case |= {
            f"day_{row}_date": left + timedelta(days=row - 1),
            f"day_{row}_city": city,
            f"day_{row}_total": sum(kept.values(), Decimal(0)),
        }
    return case, total


TRAVEL = FormType(
    "travel-expense", "Travel expense claim", "en", ("2021", "2024"), (_travel,), _travel_case
)
