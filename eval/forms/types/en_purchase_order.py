"""Purchase order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, blank, captioned, head, labelled
from eval.forms.form import FormType
from eval.forms.furniture import Column, footer, notes, table
from eval.forms.persona import digits, en_company, en_person, some_day
from eval.forms.sheet import Sheet
from eval.forms.types.en_letterhead import CENT, money, signatures
from eval.forms.values import Case, Meaning

_ITEM_ROWS = 14


_PARTS = (
    ("Copy paper, letter", "CS", 41),
    ("Toner cartridge, black", "EA", 98),
    ("Task chair, mesh", "EA", 189),
    ("Shelving unit, steel", "EA", 142),
    ("Packing tape, clear", "RL", 4),
    ("Nitrile gloves, M", "BX", 13),
    ("Hex bolt M8 x 30", "PK", 9),
    ("LED panel 2x4", "EA", 76),
    ("Extension cord 25 ft", "EA", 22),
    ("Cleaning wipes", "CT", 31),
)


def _purchase_order(edition: str) -> Sheet:
    sheet = Sheet(lang="en")
    late = edition == "2022"
    sheet.text(40, 50, "PURCHASE ORDER", 20, bold=True)
    sheet.text(
        40, 62, "This number must appear on all invoices, packing lists and correspondence.", 7
    )
    block = Block(sheet, 34, x=375, width=180)
    block.row(18, *labelled("order_no", "P.O. No.", 35, 65, T.CODE))
    block.row(18, *labelled("ordered_on", "Date", 35, 65, T.DATE))
    block.row(18, *labelled("requisition", "Req. No.", 35, 65, T.CODE))
    block.close()
    block = Block(sheet, 100)
    _parties(block)
    _items(block)
    y = block.close(1.4)
    _order_end(sheet, y, late=late)
    footer(sheet, f"PUR-20 ({'10/22' if late else '03/18'})", "ORIGINAL - VENDOR")
    return sheet


def _items(block: Block) -> None:
    columns = (
        Column("no", "LINE", 6, printed=[str(i) for i in range(1, _ITEM_ROWS + 1)]),
        Column("item", "DESCRIPTION", 40),
        Column("quantity", "QTY", 9, T.INTEGER, "right"),
        Column("unit", "UNIT", 8, T.TEXT, "center"),
        Column("price", "UNIT PRICE", 16, T.AMOUNT, "right"),
        Column("amount", "AMOUNT", 21, T.AMOUNT, "right"),
    )
    table(block, columns, _ITEM_ROWS, prefix="line", row_height=20.5)
    for name, label in (
        ("net", "SUBTOTAL"),
        ("tax", "SALES TAX (6%)"),
        ("freight", "FREIGHT"),
        ("total", "TOTAL"),
    ):
        block.row(
            18.5,
            head(label, 79, align="right"),
            blank(name, label, 21, T.AMOUNT, align="right", before="$"),
        )


def _parties(block: Block) -> None:
    block.row(15, head("VENDOR", 50, bold=True), head("SHIP TO", 50, bold=True))
    for name, label, kind in (
        ("name", "Company", T.COMPANY_NAME),
        ("address", "Address", T.ADDRESS),
        ("phone", "Phone", T.PHONE),
    ):
        block.row(
            23,
            captioned(f"vendor_{name}", label, 50, kind),
            captioned(f"ship_{name}", label, 50, kind),
        )
    block.gap(8)
    block.row(15, *(head(w, 1, size=7.5) for w in ("SHIP VIA", "F.O.B.", "TERMS", "DELIVER BY")))
    block.row(
        22,
        blank("ship_via", "SHIP VIA", 1),
        blank("fob", "F.O.B.", 1),
        blank("terms", "TERMS", 1),
        blank("due_on", "DELIVER BY", 1, T.DATE),
    )
    block.gap(8)


def _order_end(sheet: Sheet, y: float, *, late: bool) -> None:
    words = [
        "Acceptance of this order is limited to its terms. "
        "Substitutions and back orders need the buyer's written consent."
    ]
    if late:
        words.append(
            "Electronic invoices only. Send to the address in "
            "the vendor portal; paper invoices are returned unpaid."
        )
    y = notes(sheet, y + 8, words, size=7)
    signatures(sheet, y + 26, (("buyer", "Authorized buyer"),))


def _purchase_case(rng: Random) -> Case:
    vendor, ship, day = en_company(rng), en_company(rng), some_day(rng)
    case: dict[str, Meaning] = {}
    net = Decimal(0)
    for row, (name, unit, price) in enumerate(rng.sample(_PARTS, rng.randint(2, 9)), start=1):
        each, quantity = (
            Decimal(price) + Decimal(rng.choice([0, 25, 49, 95])) * CENT,
            rng.randint(1, 24),
        )
        net += each * quantity
        case |= {
            f"line_{row}_item": name,
            f"line_{row}_quantity": quantity,
            f"line_{row}_unit": unit,
            f"line_{row}_price": each.quantize(CENT),
            f"line_{row}_amount": (each * quantity).quantize(CENT),
        }
    tax, freight = (net * Decimal("0.06")).quantize(CENT), money(rng, 10, 80)
    return case | {
        "order_no": digits(rng, 6),
        "ordered_on": day,
        "requisition": f"R-{digits(rng, 5)}" if rng.random() < 0.7 else None,
        "vendor_name": vendor.name,
        "vendor_address": vendor.address,
        "vendor_phone": vendor.phone,
        "ship_name": ship.name,
        "ship_address": ship.address,
        "ship_phone": ship.phone,
        "ship_via": rng.choice(["Ground", "Best way", "Common carrier", "Will call"]),
        "fob": rng.choice(["Destination", "Origin"]),
        "terms": rng.choice(["Net 30", "Net 45", "2/10 net 30"]),
        "due_on": day + timedelta(days=rng.randint(7, 40)),
        "net": net.quantize(CENT),
        "tax": tax,
        "freight": freight,
        "total": (net + tax + freight).quantize(CENT),
        "buyer": en_person(rng).name,
        "buyer_on": day,
    }


PURCHASE_ORDER = FormType(
    "purchase-order", "Purchase order", "en", ("2018", "2022"), (_purchase_order,), _purchase_case
)
