"""勤務表: a month of working hours, landscape."""

from __future__ import annotations

from calendar import monthrange
from datetime import time
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import (
    Block,
    blank,
    head,
    labelled,
)
from eval.forms.form import FormType
from eval.forms.furniture import (
    Column,
    approvals,
    footer,
    notes,
    table,
    title,
)
from eval.forms.persona import (
    department,
    digits,
    ja_person,
    some_day,
)
from eval.forms.sheet import A4_LANDSCAPE, Sheet
from eval.forms.values import Case, Meaning

_DAYS = 31


def _attendance(edition: str) -> Sheet:
    sheet = Sheet(A4_LANDSCAPE)
    late = edition == "2025"
    title(sheet, "勤　務　表", 36, 15)
    block = Block(sheet, 46, x=30, width=560)
    block.row(
        18,
        *labelled("month", "年月", 8, 16),
        *labelled("department", "所属", 8, 22),
        *labelled("employee_no", "社員番号", 11, 14, T.CODE),
        *labelled("applicant", "氏名", 7, 22, T.PERSON_NAME),
    )
    block.close()
    approvals(sheet, 812, 16, ("部長", "課長", "本人"), cell=42, height=34)
    _attendance_table(sheet, late=late)
    notes(
        sheet,
        540,
        [
            "区分：出勤＝空欄　有給＝有　欠勤＝欠　休日出勤＝休　早退・遅刻＝遅"
            + ("　在宅勤務＝在" if late else "")
        ],
        x=30,
    )
    footer(sheet, "就業様式３－Ａ", "（２０２５年度）" if late else "（２０２３年度）", margin=30)
    return sheet


def _attendance_table(sheet: Sheet, *, late: bool) -> None:
    for half, (first, last) in enumerate(((1, 16), (17, _DAYS))):
        block = Block(sheet, 76, x=30 + half * 394, width=388, line=0.4)
        columns = (
            Column("day", "日", 6, printed=[str(d) for d in range(first, last + 1)]),
            Column("kind", "区分", 8, T.TEXT, "center"),
            Column("start", "始業", 13, T.TIME, "center"),
            Column("end", "終業", 13, T.TIME, "center"),
            Column("rest", "休憩", 10, T.TIME, "center"),
            Column("worked", "実働", 12, T.TIME, "center"),
            Column("overtime", "時間外", 12, T.TIME, "center"),
            Column("remarks", "備考・勤務地" if late else "備考", 26),
        )
        table(
            block,
            columns,
            last - first + 1,
            prefix="day",
            first=first,
            head_height=15,
            row_height=27,
        )
        if half:
            block.row(
                27,
                head("合　計", 14),
                blank("days_worked", "合計", 26, T.INTEGER, align="right", after="日"),
                head("実働", 10),
                blank("hours_worked", "実働", 12, align="center"),
                blank("hours_over", "時間外", 12, align="center"),
                head("", 26),
            )
        block.close()


def _attendance_case(rng: Random) -> Case:
    who = ja_person(rng, born=(1962, 2003))
    first = some_day(rng).replace(day=1)
    case: dict[str, Meaning] = {}
    worked = over = days = 0
    for number in range(1, monthrange(first.year, first.month)[1] + 1):
        if first.replace(day=number).weekday() >= 5:
            continue
        if rng.random() < 0.06:
            case[f"day_{number}_kind"] = "有"
            continue
        extra = rng.choice([0, 0, 0, 0, 1, 2, 3])
        days, worked, over = days + 1, worked + 8 + extra, over + extra
        case |= _attended(f"day_{number}", extra, rng)
    return case | {
        "month": f"{first.year}年{first.month}月",
        "department": department(rng),
        "employee_no": digits(rng, 6),
        "applicant": who.name,
        "days_worked": days,
        "hours_worked": f"{worked}:00",
        "hours_over": f"{over}:00",
        "seal_approval_2": ja_person(rng).surname if rng.random() < 0.6 else None,
        "seal_approval_3": who.surname,
    }


def _attended(prefix: str, extra: int, rng: Random) -> Case:
    """Return one day's times: eight hours and an hour's rest, plus whole hours of overtime."""
    remark = rng.choice(("", "", "", "", "", "客先", "在宅", "会議"))
    return {
        f"{prefix}_start": time(9, 0),
        f"{prefix}_end": time(18 + extra, 0),
        f"{prefix}_rest": time(1, 0),
        f"{prefix}_worked": time(8 + extra, 0),
        f"{prefix}_overtime": time(extra, 0) if extra else None,
        f"{prefix}_remarks": remark or None,
    }


ATTENDANCE = FormType(
    "attendance", "勤務表", "ja", ("2023", "2025"), (_attendance,), _attendance_case
)
