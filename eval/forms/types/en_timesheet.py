"""Biweekly timesheet."""

from __future__ import annotations

from datetime import date, time, timedelta
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, blank, captioned, head, labelled, note, ticks
from eval.forms.form import FormType
from eval.forms.furniture import Column, footer, notes, table
from eval.forms.persona import digits, en_company, en_person, some_day
from eval.forms.sheet import Area, Sheet
from eval.forms.types.en_letterhead import letterhead, signatures
from eval.forms.values import Case, Meaning

_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _timesheet(edition: str) -> Sheet:
    sheet = Sheet(lang="en")
    letterhead(sheet, "Harbor Staffing Group", "BIWEEKLY TIMESHEET", "Form TS-2 (4/19)")
    block = Block(sheet, 78, pitch=1.05)
    _worker(block)
    for week in (1, 2):
        block.gap(9)
        block.bar(f"WEEK {week}", 14, 8)
        _week(block, week)
    block.gap(9)
    block.row(
        24,
        *labelled("regular_total", "Regular hours", 20, 14, align="right"),
        *labelled("overtime_total", "Overtime hours", 20, 13, align="right"),
        *labelled("hours_total", "TOTAL HOURS", 20, 13, align="right"),
    )
    block.row(58, note("Comments", 12, size=7.5), blank("comments", "Comments", 88, lines=3))
    y = block.close()
    y = notes(
        sheet,
        y + 9,
        [
            "Record times to the nearest quarter hour. Overtime is "
            "any time over 40 hours in a week and needs prior approval.",
            "Falsifying time records is cause for dismissal. Fax or "
            "deliver this form by noon on the Monday after the period ends.",
        ],
        size=7,
    )
    signatures(
        sheet,
        y + 28,
        (("worker_signature", "Employee signature"), ("supervisor", "Supervisor signature")),
    )
    sheet.frame(Area(390, 756, 555, 802), 0.6)
    sheet.text(394, 766, "PAYROLL USE ONLY", 6.5, bold=True)
    sheet.blank("payroll_batch", "PAYROLL USE ONLY", Area(396, 770, 549, 798), T.CODE)
    footer(sheet, "Harbor Staffing Group", "Copy 1 - Payroll")
    return sheet


def _worker(block: Block) -> None:
    block.row(
        28,
        captioned("worker", "Employee name (last, first, M.I.)", 45, T.PERSON_NAME),
        captioned("worker_no", "Employee no.", 20, T.CODE),
        captioned("client", "Client company", 35, T.COMPANY_NAME),
    )
    block.row(
        28,
        captioned("starts_on", "Pay period begins", 20, T.DATE),
        captioned("ends_on", "Pay period ends", 20, T.DATE),
        captioned("job", "Job title", 30),
        captioned("site", "Work site", 30),
    )
    block.row(
        20,
        head("Shift", 12),
        ticks("shift", "Shift", 38, ("Day", "Evening", "Night")),
        head("Status", 12),
        ticks("status", "Status", 38, ("Full time", "Part time", "Temp")),
    )


def _week(block: Block, week: int) -> None:
    columns = (
        Column("weekday", "Day", 8, printed=_WEEK),
        Column("date", "Date", 18, T.DATE, "center"),
        Column("in", "Time in", 14, T.TIME, "center"),
        Column("out", "Time out", 14, T.TIME, "center"),
        Column("meal", "Meal (min)", 14, T.INTEGER, "center"),
        Column("regular", "Regular", 16, T.INTEGER, "right"),
        Column("overtime", "Overtime", 16, T.INTEGER, "right"),
    )
    table(block, columns, 7, prefix="day", first=1 + 7 * (week - 1), head_height=14, row_height=19)


def _timesheet_case(rng: Random) -> Case:
    who, client = en_person(rng, born=(1960, 2004)), en_company(rng)
    start = some_day(rng)
    start -= timedelta(days=start.weekday())
    days, regular, overtime = _fortnight(rng, start)
    end = start + timedelta(days=13)
    seen = rng.random() < 0.8
    return days | {
        "worker": f"{who.surname}, {who.given} {rng.choice('ABCDEJLMR')}.",
        "worker_no": digits(rng, 5),
        "client": client.name,
        "starts_on": start,
        "ends_on": end,
        "job": rng.choice(
            ["Warehouse associate", "Forklift operator", "Data entry clerk", "Receptionist"]
        ),
        "site": rng.choice(["Building 4", "Main office", "Dock B", "North plant"]),
        "shift": rng.choice(["Day", "Day", "Evening", "Night"]),
        "status": rng.choice(["Full time", "Part time", "Temp"]),
        "regular_total": str(regular),
        "overtime_total": str(overtime),
        "hours_total": str(regular + overtime),
        "comments": rng.choice(
            [
                None,
                None,
                "Covered for a colleague on Thursday evening.",
                "Left early for a dental appointment; time made up.",
            ]
        ),
        "worker_signature": who.name,
        "worker_signature_on": end,
        "supervisor": en_person(rng).name if seen else None,
        "supervisor_on": end + timedelta(days=1) if seen else None,
    }


def _fortnight(rng: Random, start: date) -> tuple[dict[str, Meaning], int, int]:
    """Return the days worked, and the hours: regular and over."""
    case: dict[str, Meaning] = {}
    regular = overtime = 0
    for row in range(1, 15):
        if (row - 1) % 7 > 4 or rng.random() < 0.07:
            continue
        extra = rng.choice([0, 0, 0, 1, 2])
        regular, overtime = regular + 8, overtime + extra
        begin = rng.choice([7, 8, 8, 9])
        case |= {
            f"day_{row}_date": start + timedelta(days=row - 1),
            f"day_{row}_in": time(begin, 0),
            f"day_{row}_out": time(begin + 8 + extra, 30),
            f"day_{row}_meal": 30,
            f"day_{row}_regular": 8,
            f"day_{row}_overtime": extra or None,
        }
    return case, regular, overtime


TIMESHEET = FormType("timesheet", "Timesheet", "en", ("2019",), (_timesheet,), _timesheet_case)
