"""注文書: an order with its lines."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, blank, head, ticks
from eval.forms.form import FormType
from eval.forms.furniture import Column, date_line, footer, notes, table, title, underlined
from eval.forms.persona import digits, ja_company, some_day
from eval.forms.sheet import Sheet
from eval.forms.types.ja_goods import goods, line_columns, sender_case, sender_lines
from eval.forms.values import Case


def _order(edition: str) -> Sheet:
    sheet = Sheet()
    title(sheet, "注　文　書", 60, 19, underline=1)
    underlined(sheet, 400, 46, 155, "order_no", "注文番号", T.CODE)
    date_line(sheet, 555, 88, "ordered_on", "注文日", lead="注文日")
    underlined(sheet, 40, 104, 250, "supplier_name", "", T.COMPANY_NAME, after="御中", size=12)
    sheet.text(40, 136, "下記のとおり注文いたします。折り返し注文請書をお送りください。", 8.5)
    sender_lines(sheet, 118, registered=False)
    block = Block(sheet, 206, line=0.4)
    _order_terms(block)
    block.gap(8)
    table(
        block,
        (Column("no", "行", 5, printed=[str(i) for i in range(1, 19)]), *line_columns()),
        18,
        prefix="line",
        row_height=20.5,
    )
    block.row(
        20,
        head("合計金額（税別）", 79, align="right"),
        blank("net", "合計金額（税別）", 20, T.AMOUNT, align="right"),
        head("", 14),
    )
    block.row(52, head("特記事項", 13), blank("remarks", "特記事項", 100, lines=2))
    y = block.close(1.6)
    notes(
        sheet,
        y + 8,
        [
            "１．納入が遅れる見込みの場合は、直ちに注文者に連絡してください。",
            "２．納品書には注文番号及び行番号を必ず記入してください。",
        ],
    )
    footer(sheet, "購買様式１０２", "注文者 → 受注者", middle="正")
    return sheet


def _order_terms(block: Block) -> None:
    block.row(
        20,
        head("納　期", 13),
        blank("due_on", "納期", 37, T.DATE),
        head("納入場所", 13),
        blank("deliver_to", "納入場所", 37),
    )
    block.row(
        20,
        head("支払条件", 13),
        ticks("terms", "支払条件", 37, ("月末締翌月末払", "その他"), size=7.5),
        head("検収条件", 13),
        ticks("inspection", "検収条件", 37, ("納入時", "納入後７日以内"), size=7.5),
    )


def _order_case(rng: Random) -> Case:
    buyer, supplier = ja_company(rng), ja_company(rng)
    day = some_day(rng)
    lines, net = goods(rng, 13)
    return {
        **lines,
        **sender_case(buyer),
        "order_no": f"PO{digits(rng, 6)}",
        "ordered_on": day,
        "supplier_name": supplier.name,
        "due_on": day + timedelta(days=rng.randint(7, 45)),
        "deliver_to": rng.choice(
            ["本社１階受付", "第二倉庫", "大宮工場 資材課", "注文者住所に同じ"]
        ),
        "terms": rng.choice(["月末締翌月末払", "その他"]),
        "inspection": rng.choice(["納入時", "納入後７日以内"]),
        "net": net,
        "remarks": rng.choice(
            [None, "分納可。納入の前日までに電話で連絡のこと。", "ＪＩＳ規格品に限る。"]
        ),
    }


ORDER = FormType("order", "注文書", "ja", ("2020",), (_order,), _order_case)
