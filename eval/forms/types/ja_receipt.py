"""領収書: a receipt, half a page."""

from __future__ import annotations

from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, circles, head, labelled, seal_place
from eval.forms.form import FormType
from eval.forms.furniture import date_line, title, underlined
from eval.forms.persona import digits, ja_company, ja_person, some_day
from eval.forms.sheet import A5_LANDSCAPE, Area, Sheet
from eval.forms.types.ja_goods import sender_case
from eval.forms.values import Case


def _receipt(edition: str) -> Sheet:
    sheet = Sheet(A5_LANDSCAPE)
    late = edition == "2023"
    sheet.frame(Area(24, 22, 571, 392), 1.6)
    sheet.frame(Area(27, 25, 568, 389), 0.4)
    title(sheet, "領　収　証", 64, 22, underline=2)
    underlined(sheet, 430, 52, 120, "receipt_no", "No.", T.CODE)
    date_line(sheet, 550, 96, "received_on", "領収日", lead="領収日", style="western", era="")
    underlined(sheet, 44, 112, 270, "payer", "", T.COMPANY_NAME, after="様", size=13)
    box = Area(110, 136, 485, 176)
    sheet.frame(box, 0.0, 0.9)
    sheet.rule(110, 176, 485, 176, 1.0)
    sheet.text(122, 163, "金額", 12)
    sheet.text(160, 164, "￥", 18)
    sheet.blank("amount", "金額", Area(184, 140, 452, 173), T.AMOUNT, align="center")
    sheet.text(474, 164, "－", 14, align="center")
    underlined(sheet, 110, 204, 375, "purpose", "但し", after="として")
    sheet.text(110, 226, "上記正に領収いたしました", 9)
    _receipt_details(sheet, late=late)
    return sheet


def _receipt_details(sheet: Sheet, *, late: bool) -> None:
    block = Block(sheet, 246, x=44, width=200, line=0.5)
    block.row(14, head("内　　訳", 1))
    for name, label in (("net", "税抜金額"), ("tax", "消費税額（10%）")):
        block.row(17, *labelled(name, label, 42, 58, T.AMOUNT, align="right", after="円"))
    block.row(
        17,
        head("支払方法", 42),
        circles("method", "支払方法", 58, ("現金", "小切手", "振込"), size=7.5),
    )
    block.close(0.8)
    stamp = Area(44, 322, 104, 380)
    sheet.frame(stamp, 0.5)
    sheet.text_in(stamp, "収入印紙\n５万円以上", 7)
    x = 268.0
    y = underlined(sheet, x, 262, 282, "sender_address", "住所", T.ADDRESS, size=8) + 17
    y = underlined(sheet, x, y, 230, "sender_name", "氏名・社名", T.COMPANY_NAME, size=8) + 17
    seal_place(sheet, 528, y - 22, "seal_sender", "氏名・社名", "印", reach=13)
    y = underlined(sheet, x, y, 230, "sender_phone", "電話", T.PHONE, size=8) + 17
    if late:
        y = underlined(sheet, x, y, 230, "sender_number", "登録番号", T.CODE, size=8) + 17
    sheet.text(x, 356, "係印", 8)
    sheet.frame(Area(x + 22, 336, x + 62, 376), 0.5)
    seal_place(sheet, x + 42, 356, "seal_clerk", "係印", "", reach=15)
    sheet.text(556, 383, "領収証Ｂ５号" + ("（インボイス対応）" if late else ""), 6, align="right")


def _receipt_case(rng: Random) -> Case:
    sender = ja_company(rng)
    net = rng.randint(8, 900) * 100
    payer = ja_company(rng).name if rng.random() < 0.6 else ja_person(rng).name
    return {
        **sender_case(sender),
        "receipt_no": digits(rng, 4),
        "received_on": some_day(rng),
        "payer": payer,
        "amount": net + net // 10,
        "net": net,
        "tax": net // 10,
        "purpose": rng.choice(
            ["お品代", "書籍代", "会議室使用料", "修理代", "飲食代", "セミナー参加費"]
        ),
        "method": rng.choice(["現金", "小切手", "振込"]),
        "seal_clerk": ja_person(rng).surname,
    }


RECEIPT = FormType("receipt", "領収書", "ja", ("2019", "2023"), (_receipt,), _receipt_case)
