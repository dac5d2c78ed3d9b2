"""経費精算書: expenses of an employee, line by line."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, blank, circles, head, labelled, seal
from eval.forms.form import FormType
from eval.forms.furniture import Column, approvals, date_line, footer, notes, table, title
from eval.forms.persona import department, digits, ja_person, some_day
from eval.forms.sheet import Area, Sheet
from eval.forms.values import Case, Meaning

_EXPENSE_ROWS = 12


_EXPENSES = (
    ("交通費", "電車", 210, 1980),
    ("交通費", "タクシー", 730, 5400),
    ("宿泊費", "ホテル", 7800, 14800),
    ("会議費", "打合せ飲料代", 480, 4200),
    ("消耗品費", "文具", 110, 3300),
    ("通信費", "切手・宅配便", 84, 1980),
    ("図書費", "専門書", 1100, 4950),
    ("駐車場代", "駐車料金", 300, 2400),
)


def _expenses(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "2023"
    title(sheet, "経 費 精 算 書", 58, 18, underline=1)
    date_line(sheet, 555, 84, "filed_on", "申請日", lead="申請日", style="western", era="")
    _expense_applicant(sheet)
    block = Block(sheet, 178)
    block.row(22, *labelled("purpose", "件名・目的", 16, 84))
    block.row(
        26,
        head("精算金額", 16),
        blank("grand_total", "精算金額", 34, T.AMOUNT, align="right", before="￥"),
        head("支払方法", 16),
        circles("payment", "支払方法", 34, ("振込", "現金", "給与合算")),
    )
    block.gap(8)
    _expense_lines(block, late=late)
    y = block.close()
    rows = [
        "※ 領収書は裏面又は別紙に日付順に貼付し、行番号を記入してください。",
        "※ １件３万円以上の支出は事前に承認を得てください。",
    ]
    if late:
        rows.append("※ 適格請求書（インボイス）の有無を「区分」欄に○又は×で記入してください。")
    y = notes(sheet, y + 7, rows)
    _expense_office(sheet, y + 12)
    footer(
        sheet,
        "経理様式－５",
        "2023.10 改訂" if late else "2021.04 改訂",
        middle="青葉物産株式会社　経理部",
    )
    return sheet


def _expense_applicant(sheet: Sheet) -> None:
    block = Block(sheet, 96, width=300)
    block.row(20, *labelled("department", "部　署", 22, 78))
    block.row(20, *labelled("employee_no", "社員番号", 22, 78, T.CODE))
    block.row(
        26,
        head("氏　名", 22),
        blank("applicant", "氏名", 64, T.PERSON_NAME),
        seal("seal_applicant", "氏名", 14),
    )
    block.close()
    approvals(sheet, 555, 98, ("社長", "部長", "経理", "上長"), height=50)


def _expense_lines(block: Block, *, late: bool) -> None:
    columns = [
        Column("no", "No.", 5, printed=[str(i) for i in range(1, _EXPENSE_ROWS + 1)]),
        Column("date", "月日", 11, T.DATE, "center"),
        Column("category", "費目", 13),
        Column("detail", "内容・支払先", 35 if late else 42),
        Column("amount", "金額（税込）", 16, T.AMOUNT, "right"),
        Column("receipt", "領収書", 8, T.CODE, "center"),
    ]
    if late:
        columns.insert(5, Column("qualified", "区分", 7, T.TEXT, "center"))
    table(block, columns, _EXPENSE_ROWS, prefix="line", row_height=19.5)
    block.row(
        22,
        head("合　計", 64, size=9),
        blank("total", "合計", 16, T.AMOUNT, align="right"),
        head("", 15 if late else 8),
    )
    block.row(
        20,
        head("仮払金", 64),
        blank("advance", "仮払金", 16, T.AMOUNT, align="right"),
        head("", 15 if late else 8),
    )


def _expense_office(sheet: Sheet, y: float) -> None:
    box = Area(40, y, 555, min(y + 110, 790))
    sheet.frame(box, 0.8)
    sheet.text(46, y + 12, "経理処理欄", 8, bold=True)
    sheet.rule(40, y + 18, 555, y + 18, 0.4)
    sheet.text(46, y + 34, "支払日", 8)
    sheet.blank("paid_on", "支払日", Area(80, y + 22, 190, y + 40), T.DATE)
    sheet.text(210, y + 34, "伝票番号", 8)
    sheet.blank("voucher_no", "伝票番号", Area(250, y + 22, 360, y + 40), T.CODE)
    sheet.rule(40, y + 44, 555, y + 44, 0.4, dashed=True)
    sheet.text(46, y + 57, "備考", 8)
    sheet.blank("office_remarks", "備考", Area(80, y + 48, 545, box.y1 - 4), lines=2)


def _expenses_case(rng: Random) -> Case:
    who = ja_person(rng, born=(1962, 2003))
    filed = some_day(rng)
    case: dict[str, Meaning] = {}
    total = 0
    count = rng.randint(3, _EXPENSE_ROWS - 1)
    days = sorted(filed - timedelta(days=rng.randint(1, 30)) for _ in range(count))
    for row, day in enumerate(days, start=1):
        category, detail, low, high = rng.choice(_EXPENSES)
        amount = rng.randint(low // 10, high // 10) * 10
        total += amount
        case |= {
            f"line_{row}_date": day,
            f"line_{row}_category": category,
            f"line_{row}_detail": detail,
            f"line_{row}_amount": amount,
            f"line_{row}_qualified": rng.choice("○○○×"),
            f"line_{row}_receipt": str(row),
        }
    advance = rng.choice([0, 0, 10000, 30000])
    return {
        **case,
        "filed_on": filed,
        "department": department(rng),
        "employee_no": digits(rng, 6),
        "applicant": who.name,
        "seal_applicant": who.surname,
        "purpose": rng.choice(
            ["大阪支店出張", "展示会準備", "月次立替経費", "新規顧客訪問", "社内研修会"]
        ),
        "payment": rng.choice(["振込", "現金", "給与合算"]),
        "total": total,
        "advance": advance or None,
        "grand_total": total - advance,
        "seal_approval_4": ja_person(rng).surname,
        "seal_approval_2": ja_person(rng).surname if rng.random() < 0.5 else None,
        "paid_on": filed + timedelta(days=rng.randint(5, 20)) if rng.random() < 0.5 else None,
        "voucher_no": digits(rng, 7) if rng.random() < 0.5 else None,
    }


EXPENSES = FormType("expenses", "経費精算書", "ja", ("2021", "2023"), (_expenses,), _expenses_case)
