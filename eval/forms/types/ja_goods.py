"""What the papers of Japanese traders have in common: goods and the sender."""

from __future__ import annotations

from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import seal_place
from eval.forms.furniture import Column, underlined
from eval.forms.persona import Company
from eval.forms.sheet import Sheet
from eval.forms.values import Case, Meaning

_GOODS = (
    ("コピー用紙Ａ４", "箱", 2480),
    ("トナーカートリッジ", "本", 13800),
    ("事務用椅子", "脚", 18600),
    ("会議用机", "台", 32400),
    ("ＬＡＮケーブル５ｍ", "本", 680),
    ("液晶モニター２４型", "台", 21800),
    ("作業用手袋", "組", 240),
    ("段ボール箱１２０", "枚", 185),
    ("梱包テープ", "巻", 198),
    ("名刺印刷", "式", 3300),
    ("保守点検料", "式", 45000),
    ("配送料", "式", 1200),
    ("封筒角２", "箱", 1980),
    ("ボルトＭ８×３０", "個", 24),
)


def goods(rng: Random, most: int) -> tuple[dict[str, Meaning], int]:
    """Return the lines of an order with quantity × price = amount, and their sum before tax."""
    lines: dict[str, Meaning] = {}
    total = 0
    for row, (name, unit, price) in enumerate(rng.sample(_GOODS, rng.randint(2, most)), start=1):
        quantity = rng.randint(1, 30)
        total += quantity * price
        lines |= {
            f"line_{row}_item": name,
            f"line_{row}_quantity": quantity,
            f"line_{row}_unit": unit,
            f"line_{row}_price": price,
            f"line_{row}_amount": quantity * price,
        }
    return lines, total


def sender_lines(sheet: Sheet, y: float, *, registered: bool) -> float:
    """Print the places for the sender's name and address, with its square seal."""
    x, width = 330.0, 225.0
    y = underlined(sheet, x, y, width, "sender_postal", "〒", T.POSTAL_CODE) + 15
    y = underlined(sheet, x, y, width - 42, "sender_address", "住所", T.ADDRESS, size=8) + 15
    y = underlined(sheet, x, y, width - 42, "sender_name", "会社名", T.COMPANY_NAME, size=8) + 15
    seal_place(sheet, 537, y - 27, "seal_sender", "会社名", "印", reach=16)
    y = underlined(sheet, x, y, 110, "sender_phone", "TEL", T.PHONE, size=8) - 3
    underlined(sheet, x + 115, y, 110, "sender_fax", "FAX", T.PHONE, size=8)
    if registered:
        y = underlined(sheet, x, y + 18, width, "sender_number", "登録番号", T.CODE, size=8) - 3
    return y


def line_columns() -> tuple[Column, ...]:
    """Return the columns of a table of goods."""
    return (
        Column("item", "品　名", 40),
        Column("quantity", "数量", 9, T.INTEGER, "right"),
        Column("unit", "単位", 8, T.TEXT, "center"),
        Column("price", "単価（円）", 17, T.AMOUNT, "right"),
        Column("amount", "金額（円）", 20, T.AMOUNT, "right"),
        Column("remarks", "摘要", 14),
    )


def sender_case(sender: Company) -> Case:
    """Return what the sender writes about itself."""
    return {
        "sender_postal": sender.postal,
        "sender_address": sender.address,
        "sender_name": sender.name,
        "sender_phone": sender.phone,
        "sender_fax": sender.fax,
        "sender_number": sender.number,
        "seal_sender": sender.name.replace("株式会社", "")[:2],
    }
