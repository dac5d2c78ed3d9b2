"""休暇申請書: leave, with boxes for the seals of superiors."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, blank, circles, head, labelled, note, seal, split_date, ticks
from eval.forms.form import FormType
from eval.forms.furniture import approvals, date_line, footer, notes, title
from eval.forms.persona import department, digits, ja_person, position, some_day
from eval.forms.sheet import Sheet
from eval.forms.values import Case

_LEAVE_KINDS = (
    "年次有給休暇",
    "半日休暇（午前）",
    "半日休暇（午後）",
    "特別休暇",
    "慶弔休暇",
    "育児・介護休暇",
    "代休",
    "欠勤",
)


def _leave(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "2024"
    sheet.text(40, 40, "様式第１２号（就業規則第２８条関係）", 7.5)
    date_line(sheet, 555, 40, "filed_on", "届出日", lead="届出日")
    title(sheet, "休 暇 申 請 書", 84, 20, underline=2)
    sheet.text(40, 122, "人事部長　殿", 10.5)
    approvals(sheet, 555, 108, ("部長", "課長", "係長", "人事"), side="承認印")
    block = Block(sheet, 176)
    _leave_applicant(block)
    _leave_period(block, late=late)
    if late:
        block.row(
            20,
            *labelled("deputy", "業務代行者", 15, 50, T.PERSON_NAME),
            *labelled("deputy_extension", "内線", 12, 23, T.CODE),
        )
    else:
        block.row(20, head("備考", 15), blank("remarks", "備考", 85))
    y = block.close()
    y = _leave_notes(sheet, y, late=late)
    _leave_office(sheet, max(y + 10, 690))
    issued = "令和６年４月改訂" if late else "令和４年４月制定"
    footer(sheet, f"人事－０１２　{issued}", "保存期間３年")
    return sheet


def _leave_applicant(block: Block) -> None:
    block.bar("１．申請者")
    block.row(
        16,
        head("フリガナ", 15, size=7),
        blank("applicant_kana", "フリガナ", 41, T.KANA_NAME),
        head("社員番号", 12),
        blank("employee_no", "社員番号", 32, T.CODE),
    )
    block.row(
        30,
        *labelled("applicant", "氏　名", 15, 34, T.PERSON_NAME),
        seal("seal_applicant", "氏名", 7),
        *labelled("department", "所　属", 12, 20),
        *labelled("position", "役職", 6, 6),
    )
    block.row(
        20,
        *labelled("emergency_contact", "休暇中の連絡先", 15, 41, T.PHONE),
        *labelled("extension", "内　線", 12, 32, T.CODE),
    )


def _leave_period(block: Block, *, late: bool) -> None:
    block.bar("２．休暇の内容")
    block.row(
        54, head("休暇の種類", 15), ticks("leave_kind", "休暇の種類", 85, _LEAVE_KINDS, columns=4)
    )
    block.row(
        24,
        head("期　間", 15),
        split_date("first_day", "期間", 36),
        head("から", 7, shade=None),
        split_date("last_day", "期間", 36),
        head("まで", 6, shade=None),
    )
    block.row(
        24,
        head("日　数", 15),
        blank("days", "日数", 18, T.INTEGER, align="right", after="日間"),
        head("時　間", 12),
        blank("from_time", "時間", 20, T.TIME, align="center", after="から"),
        blank("to_time", "時間", 20, T.TIME, align="center", after="まで"),
        head("半休", 6, size=7),
        circles("half", "半休", 9, ("前", "後")),
    )
    block.row(84, head("事　由", 15), blank("reason", "事由", 85, lines=4))
    words = "時間単位の取得は年５日を限度とする。" if late else "時間単位の取得はできない。"
    block.row(
        16,
        head("残日数", 15),
        blank("days_left", "残日数", 18, T.INTEGER, align="right", after="日"),
        note(words, 67),
    )


def _leave_notes(sheet: Sheet, y: float, *, late: bool) -> float:
    lines = [
        "（注１）この申請書は、"
        "原則として休暇を取得する日の３日前までに所属長を経由して人事部に提出すること。",
        "（注２）慶弔休暇を申請する場合は、"
        "続柄及び事由を具体的に記入し、証明する書類の写しを添付すること。",
        "（注３）病気による欠勤が連続して７日以上にわたる場合は、医師の診断書を添付すること。",
    ]
    if late:
        lines.append(
            "（注４）年次有給休暇のうち５日は、付与日から１年以内に取得しなければならない。"
        )
    return notes(sheet, y + 8, lines)


def _leave_office(sheet: Sheet, y: float) -> None:
    sheet.text(40, y, "【人事部使用欄】", 8.5, bold=True)
    block = Block(sheet, y + 6)
    block.row(
        22,
        *labelled("office_received_no", "受付番号", 15, 25, T.CODE),
        head("受付日", 12),
        split_date("office_received_on", "受付日", 36),
        head("入力", 6),
        seal("seal_office", "入力", 6),
    )
    block.row(40, head("処理事項", 15), blank("office_remarks", "処理事項", 85, lines=2))
    block.close()


def _leave_case(rng: Random) -> Case:
    who, deputy = ja_person(rng, born=(1962, 2003)), ja_person(rng)
    filed = some_day(rng, date(2022, 4, 1))
    first = filed + timedelta(days=rng.randint(3, 30))
    days = rng.choice([1, 1, 1, 2, 3, 5])
    kind = rng.choice(_LEAVE_KINDS)
    half = "半日" in kind
    reasons = (
        "私用のため",
        "家族の通院に付き添うため",
        "子の学校行事に参加するため",
        "帰省のため",
        "体調不良のため静養いたします。回復次第出社いたします。",
        "親族の結婚式に出席するため。会場が遠方のため前日から移動いたします。",
    )
    return {
        "filed_on": filed,
        "applicant": who.name,
        "applicant_kana": who.kana,
        "employee_no": digits(rng, 6),
        "seal_applicant": who.surname,
        "department": department(rng),
        "position": position(rng)[:2],
        "emergency_contact": who.mobile,
        "extension": digits(rng, 4),
        "leave_kind": kind,
        "first_day": first,
        "last_day": first + timedelta(days=0 if half else days - 1),
        "days": None if half else days,
        "half": ("前" if "午前" in kind else "後") if half else None,
        "reason": rng.choice(reasons),
        "days_left": rng.randint(0, 20),
        "deputy": deputy.name if rng.random() < 0.7 else None,
        "deputy_extension": digits(rng, 4),
        "remarks": None,
        "seal_approval_2": ja_person(rng).surname if rng.random() < 0.7 else None,
        "seal_approval_3": ja_person(rng).surname,
        "office_received_no": f"K{digits(rng, 5)}" if rng.random() < 0.5 else None,
    }


LEAVE = FormType("leave", "休暇申請書", "ja", ("2022", "2024"), (_leave,), _leave_case)
