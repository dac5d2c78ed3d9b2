"""口座振替依頼書: a direct debit mandate, in combs."""

from __future__ import annotations

from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import (
    Block,
    blank,
    circles,
    comb,
    head,
    note,
    seal,
    stack,
    ticks,
    void,
)
from eval.forms.form import FormType
from eval.forms.furniture import date_line, footer, notes, title
from eval.forms.persona import digits, ja_person, some_day
from eval.forms.sheet import Area, Sheet
from eval.forms.values import Case

_FEES = ("電気料金", "ガス料金", "水道料金", "電話料金", "保険料", "会費")


def _direct_debit(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "2024"
    sheet.text(40, 40, "金融機関提出用", 8, bold=True)
    sheet.frame(Area(36, 28, 104, 46), 0.8)
    title(sheet, "預金口座振替依頼書・自動払込利用申込書", 70, 15)
    date_line(sheet, 555, 94, "filed_on", "申込日", lead="申込日")
    sheet.paragraph(
        Area(40, 104, 555, 140),
        "私は、下記の収納企業から請求された金額を、"
        "私名義の下記預金口座から預金口座振替によって支払うこととしたいので、"
        "預金口座振替規定を確約のうえ依頼します。",
        8,
    )
    block = Block(sheet, 132, line=0.5, pitch=1.2)
    _debit_company(block)
    block.gap(10)
    _debit_bank(block)
    block.gap(10)
    _debit_post_office(block, late=late)
    block.gap(10)
    _debit_payer(block, late=late)
    y = block.close()
    y = notes(sheet, y + 8, _debit_rules(late=late), size=6.8)
    _debit_bank_office(sheet, max(y + 8, 740))
    footer(
        sheet,
        "振替様式第１号",
        "２０２４．０４" if late else "２０２０．０４",
        middle="（３枚複写の１枚目）",
    )
    return sheet


def _debit_rules(*, late: bool) -> list[str]:
    rules = [
        "１．銀行に請求書が送付されたときは、私に通知することなく、"
        "請求書記載金額を預金口座から引き落としのうえ支払ってください。",
        "２．振替日において請求書記載金額が預金口座から払い戻すことのできる金額を超えるときは、"
        "私に通知することなく請求書を返却しても差し支えありません。",
        "３．この契約を解約するときは、私から銀行に書面により届け出ます。",
    ]
    if late:
        rules.append(
            "４．届出印が不鮮明な場合、又は相違する場合は、お手続きができず返却いたします。"
        )
    return rules


def _debit_company(block: Block) -> None:
    block.row(
        20,
        head("収納企業名", 16),
        head("みどり生活サービス株式会社", 44, shade=None, size=9),
        head("委託者番号", 14),
        comb("consignor_no", "委託者番号", 26, 8),
    )
    block.row(22, head("料金等の種類", 16), ticks("fee", "料金等の種類", 84, _FEES))
    block.row(
        20,
        head("振替開始", 16),
        blank("starts", "振替開始", 30, align="center", after="月分から"),
        head("振替日", 14),
        circles("day", "振替日", 40, ("５日", "２０日", "２７日")),
    )


def _debit_bank(block: Block) -> None:
    block.bar("金融機関（ゆうちょ銀行を除く）", 14, 8)
    block.row(
        26,
        head("金融機関名", 16),
        blank("bank_name", "金融機関名", 24),
        circles("bank_kind", "金融機関名", 20, ("銀行", "信金", "農協"), size=7.5),
        head("支店名", 10, size=7.5),
        blank("branch_name", "支店名", 30),
    )
    block.row(
        24,
        head("金融機関コード", 16, size=7),
        comb("bank_code", "金融機関コード", 22, 4),
        head("支店コード", 14, size=7),
        comb("branch_code", "支店コード", 16, 3),
        head("預金種目", 10, size=7),
        circles("account_kind", "預金種目", 22, ("普通", "当座")),
    )
    block.row(
        24,
        head("口座番号", 16),
        comb("account_number", "口座番号", 38, 7, T.BANK_ACCOUNT),
        note("右づめで記入し、空欄には０を記入してください。", 46),
    )


def _debit_post_office(block: Block, *, late: bool) -> None:
    block.bar("ゆうちょ銀行", 14, 8)
    block.row(
        24,
        head("通帳記号", 16),
        comb("post_symbol", "通帳記号", 28, 5),
        head("通帳番号", 16),
        comb("post_number", "通帳番号", 40, 8),
    )
    if late:
        block.row(14, note("通帳記号の６桁目がある場合は記入不要です。", 100, size=6.2))
    else:
        block.row(14, note("通帳記号は１から始まる５桁の番号です。", 100, size=6.2))


def _debit_payer(block: Block, *, late: bool) -> None:
    block.row(
        15,
        head("フリガナ", 16, size=7),
        blank("holder_kana", "フリガナ", 56, T.KANA_NAME),
        head("金融機関お届け印", 28, size=7),
    )
    left = stack(
        72,
        (30, [head("口座名義人", 16), blank("holder", "口座名義人", 56, T.PERSON_NAME)]),
        (
            22,
            [
                head("郵便番号", 16),
                comb("holder_postal", "郵便番号", 24, 7, T.POSTAL_CODE, dividers=(3,)),
                head("電話", 8),
                blank("holder_phone", "電話", 24, T.PHONE),
            ],
        ),
        (32, [head("住　所", 16), blank("holder_address", "住所", 56, T.ADDRESS, lines=2)]),
    )
    block.row(84, left, seal("seal_bank", "金融機関お届け印", 28))
    block.row(
        20,
        head("お客様番号", 16),
        comb("customer_no", "お客様番号", 46, 11, dividers=(3, 7)),
        head("契約者との続柄" if late else "続柄", 16, size=7),
        blank("relation", "契約者との続柄" if late else "続柄", 22),
    )


def _debit_bank_office(sheet: Sheet, y: float) -> None:
    sheet.text(40, y, "（金融機関使用欄）", 7.5)
    sheet.text(112, y, "不備返却事由", 7.5)
    block = Block(sheet, y + 5, line=0.4)
    block.row(
        40,
        ticks(
            "returned",
            "不備返却事由",
            70,
            ("預金取引なし", "口座番号相違", "印鑑相違", "名義相違", "店名相違", "その他"),
            columns=3,
            size=7.5,
        ),
        stack(
            30,
            (1, [head(w, 1, size=7) for w in ("検印", "印鑑照合", "受付印")]),
            (2, [void(1), void(1), void(1)]),
        ),
    )
    block.close()


def _debit_case(rng: Random) -> Case:
    who = ja_person(rng)
    bank = rng.random() < 0.75
    return {
        "filed_on": some_day(rng),
        "consignor_no": digits(rng, 8),
        "fee": rng.choice(_FEES),
        "starts": str(rng.randint(1, 12)),
        "day": rng.choice(["５日", "２０日", "２７日"]),
        "bank_name": rng.choice(["みずほ", "りそな", "三井住友", "千葉", "京都中央", "広島"])
        if bank
        else None,
        "bank_kind": rng.choice(["銀行", "信金", "農協"]) if bank else None,
        "branch_name": rng.choice(["大宮", "新宿西口", "梅田", "本店営業部", "天神"])
        if bank
        else None,
        "bank_code": f"0{digits(rng, 3)}" if bank else None,
        "branch_code": digits(rng, 3) if bank else None,
        "account_kind": rng.choice(["普通", "普通", "当座"]) if bank else None,
        "account_number": f"{rng.randint(1, 9999999):07d}" if bank else None,
        "post_symbol": None if bank else f"1{digits(rng, 3)}0",
        "post_number": None if bank else f"{digits(rng, 7)}1",
        "holder_kana": who.kana,
        "holder": who.name,
        "holder_postal": who.postal.replace("-", ""),
        "holder_phone": who.phone,
        "holder_address": who.address,
        "seal_bank": who.surname,
        "customer_no": digits(rng, 11),
        "relation": rng.choice(["本人", "本人", "配偶者", "親"]),
    }


DIRECT_DEBIT = FormType(
    "direct-debit", "口座振替依頼書", "ja", ("2020", "2024"), (_direct_debit,), _debit_case
)
