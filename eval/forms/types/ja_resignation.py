"""退職届: a letter written downwards, from right to left, with a seal."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import seal_place
from eval.forms.form import FormType
from eval.forms.persona import department, digits, ja_company, ja_person, some_day
from eval.forms.sheet import Area, Sheet
from eval.forms.values import Case

_TOP, _BOTTOM = 120.0, 740.0


def _resignation(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "r7"
    sheet.frame(Area(52, 90, 543, 762), 0.5)
    sheet.vertical(505, _TOP, "退職届", 26)
    sheet.vertical(455, _BOTTOM - 60, "私儀", 14)
    _downwards(sheet, 415, _TOP, 360, "reason", "このたび")
    sheet.vertical(415, _TOP + 430, "の都合により、", 13)
    _date_down(sheet, 372, _TOP, "leaves_on", "来たる")
    sheet.vertical(372, _TOP + 330, "をもって退職いたしたく、", 13)
    closing = "ここにお届けいたします。" if late else "お届けいたします。"
    sheet.vertical(330, _TOP, closing, 13)
    _date_down(sheet, 280, _TOP + 40, "filed_on", "届出日")
    _downwards(sheet, 236, _TOP + 180, 250, "department", "所属")
    _downwards(sheet, 200, _TOP + 180, 250, "applicant", "氏名", T.PERSON_NAME)
    seal_place(sheet, 200, _BOTTOM - 44, "seal_applicant", "氏名")
    _downwards(sheet, 140, _TOP, 300, "company", "会社名", T.COMPANY_NAME)
    _downwards(sheet, 104, _TOP, 240, "head", "代表者", T.PERSON_NAME)
    sheet.vertical(104, _TOP + 320, "殿", 16)
    _desk(sheet, late=late)
    return sheet


def _downwards(
    sheet: Sheet, x: float, y: float, height: float, name: str, label: str, type_: T = T.TEXT
) -> None:
    """Print a label and below it a place to write downwards, with a line at its left."""
    below = sheet.vertical(x, y, label, 13).y1 + 8
    sheet.rule(x - 13, below, x - 13, below + height, 0.5)
    room = Area(x - 12, below, x + 12, below + height)
    sheet.blank(name, label, room, type_, vertical=True)


def _date_down(sheet: Sheet, x: float, y: float, name: str, lead: str) -> None:
    """Print a date downwards: lead, era, and a gap before each of 年, 月 and 日."""
    top = y = sheet.vertical(x, y, lead, 13).y1 + 8
    y = sheet.vertical(x, y, "令和", 13).y1
    parts = []
    for unit in "年月日":
        parts.append(Area(x - 10, y + 2, x + 10, y + 48))
        y = sheet.vertical(x, y + 50, unit, 13).y1
    whole = Area(x - 10, top, x + 10, y)
    sheet.blank(
        name, lead, whole, T.DATE, parts=tuple(parts), date_style="kanji", vertical=True
    )  # fmt: skip


def _desk(sheet: Sheet, *, late: bool) -> None:
    """Print the strip that the personnel department fills in, across the foot of the page."""
    sheet.text(52, 784, "人事部使用欄", 7.5)
    for i, (name, label) in enumerate((("no", "受付番号"), ("by", "受付者"))):
        x = 130 + 170 * i
        sheet.text(x, 784, label, 7.5)
        sheet.rule(x + 40, 787, x + 150, 787, 0.5)
        kind = T.CODE if name == "no" else T.PERSON_NAME
        sheet.blank(f"office_received_{name}", label, Area(x + 42, 772, x + 150, 786), kind)
    edition = "人事－０２１（令和７年４月改訂）" if late else "人事－０２１（令和３年４月制定）"
    sheet.text(543, 812, edition, 6.5, align="right")


def _resignation_case(rng: Random) -> Case:
    who, firm, filed = ja_person(rng, born=(1960, 2003)), ja_company(rng), some_day(rng)
    dealt_with = rng.random() < 0.6
    return {
        "reason": rng.choice(["一身上", "家庭", "家業継承", "配偶者の転勤", "療養"]),
        "leaves_on": filed + timedelta(days=rng.randint(30, 75)),
        "filed_on": filed,
        "department": department(rng),
        "applicant": who.name,
        "seal_applicant": who.surname,
        "company": firm.name,
        "head": firm.head,
        "office_received_no": f"T{digits(rng, 4)}" if dealt_with else None,
        "office_received_by": ja_person(rng).surname if dealt_with else None,
    }


RESIGNATION = FormType(
    "resignation", "退職届", "ja", ("r3", "r7"), (_resignation,), _resignation_case
)
