"""請求書: an invoice with its lines."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, blank, circles, head
from eval.forms.form import FormType
from eval.forms.furniture import date_line, footer, notes, table, title, underlined
from eval.forms.persona import digits, ja_company, ja_person, some_day
from eval.forms.sheet import Area, Sheet
from eval.forms.types.ja_goods import goods, line_columns, sender_case, sender_lines
from eval.forms.values import Case


def _invoice(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "2023"
    sheet.frame(Area(36, 30, 559, 66), 0.0, 0.88)
    title(sheet, "請　求　書", 56, 20)
    underlined(sheet, 400, 84, 155, "invoice_no", "請求番号", T.CODE)
    date_line(sheet, 555, 102, "invoiced_on", "請求日", lead="請求日", style="western", era="")
    underlined(sheet, 40, 112, 240, "customer_name", "", T.COMPANY_NAME, after="御中", size=12)
    underlined(sheet, 40, 134, 240, "customer_contact", "ご担当", T.PERSON_NAME, after="様")
    sheet.text(40, 168, "下記のとおりご請求申し上げます。", 9)
    box = Area(40, 178, 290, 208)
    sheet.frame(box, 1.2)
    sheet.text(48, 198, "ご請求金額（税込）", 9.5, bold=True)
    sheet.text(142, 199, "￥", 12)
    sheet.blank(
        "grand_total", "ご請求金額（税込）", Area(156, 181, 284, 205), T.AMOUNT, align="right"
    )
    sender_lines(sheet, 128, registered=late)
    block = Block(sheet, 232)
    table(block, line_columns(), 14, prefix="line", row_height=21.5)
    _invoice_sums(block, late=late)
    block.gap(10)
    _bank(block)
    block.row(48, head("備　考", 14), blank("remarks", "備考", 86, lines=2))
    y = block.close()
    words = ["恐れ入りますが、振込手数料は貴社にてご負担くださいますようお願い申し上げます。"]
    if late:
        words.append(
            "本書は適格請求書等保存方式に対応した請求書です。登録番号は請求者欄に記載しています。"
        )
    notes(sheet, y + 8, words)
    footer(sheet, "営業－請０１" + ("（2023年10月）" if late else "（2019年10月）"), "1 / 1")
    return sheet


def _invoice_sums(block: Block, *, late: bool) -> None:
    rows = [
        ("net", "小　計"),
        ("tax", "消費税（１０％）" if not late else "消費税額（１０％対象）"),
        ("total", "合　計"),
    ]
    for name, label in rows:
        block.row(
            20,
            head(label, 74, align="right"),
            blank(name, label, 20, T.AMOUNT, align="right"),
            head("", 14),
        )


def _bank(block: Block) -> None:
    block.row(
        18,
        head("お支払期限", 14),
        blank("due_on", "お支払期限", 30, T.DATE),
        head("お振込先", 12),
        blank("bank", "お振込先", 44),
    )
    block.row(
        18,
        head("口座種別", 14),
        circles("account_kind", "口座種別", 30, ("普通", "当座")),
        head("口座番号", 12),
        blank("account_number", "口座番号", 16, T.BANK_ACCOUNT),
        head("口座名義", 12),
        blank("account_holder", "口座名義", 16),
    )


def _invoice_case(rng: Random) -> Case:
    sender, customer = ja_company(rng), ja_company(rng)
    day = some_day(rng)
    lines, net = goods(rng, 11)
    return {
        **lines,
        **sender_case(sender),
        "invoice_no": f"{day.year % 100}-{digits(rng, 5)}",
        "invoiced_on": day,
        "customer_name": customer.name,
        "customer_contact": ja_person(rng).name,
        "net": net,
        "tax": net // 10,
        "total": net + net // 10,
        "grand_total": net + net // 10,
        "due_on": day + timedelta(days=rng.choice([30, 31, 60])),
        "bank": rng.choice(
            [
                "みずほ銀行 本店",
                "三井住友銀行 東京営業部",
                "りそな銀行 大宮支店",
                "京都銀行 烏丸支店",
            ]
        ),
        "account_kind": rng.choice(["普通", "当座"]),
        "account_number": digits(rng, 7),
        "account_holder": sender.name.replace("株式会社", ""),
        "remarks": rng.choice([None, "納品書番号は摘要欄をご参照ください。", "分割納入分です。"]),
    }


INVOICE = FormType("invoice", "請求書", "ja", ("2019", "2023"), (_invoice,), _invoice_case)
