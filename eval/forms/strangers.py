"""Pages that belong to no form type: letters and notices, no two of the same print."""

from __future__ import annotations

from random import Random

import numpy as np

from eval.degradation import GENTLE_MIX, Pixels, choose_kind, degrade
from eval.forms import fonts
from eval.forms.calendars import date_text
from eval.forms.cells import Block, head
from eval.forms.compositing import overlaid
from eval.forms.painting import paint
from eval.forms.persona import department, en_company, en_person, ja_company, ja_person, some_day
from eval.forms.sheet import Area, Sheet

_JA_SENTENCES = (
    "平素は格別のご高配を賜り、厚く御礼申し上げます。",
    "さて、先日ご照会いただきました件につき、下記のとおりご回答申し上げます。",
    "当該製品の納期は、部品調達の都合により二週間程度を見込んでおります。",
    "つきましては、同封の資料をご査収くださいますようお願い申し上げます。",
    "ご不明の点がございましたら、担当までご連絡ください。",
    "今後とも一層のお引き立てを賜りますようお願い申し上げます。",
    "なお、次回のお打ち合わせは来月上旬を予定しております。",
    "工場の定期点検に伴い、一部の出荷を前倒しいたします。",
)
_EN_SENTENCES = (
    "Thank you for your letter of last week.",
    "We have looked into the delay and found that the parcel left our warehouse on time.",
    "The carrier expects to deliver it within three working days.",
    "Please accept our apologies for the trouble this has caused.",
    "A revised statement of your account is enclosed.",
    "Our new catalogue will reach you before the end of the month.",
    "Should you have any questions, please call the number above.",
    "We look forward to working with you again.",
)


def stranger(seed: int, *, dpi: int = 150, color: bool = False) -> Pixels:
    """Return one degraded page that is nobody's copy; the seed decides what it is."""
    rng = Random(f"stranger/{seed}")
    sheet = (_ja_letter, _en_letter, _notice)[seed % 3](rng)
    blank = paint(sheet, dpi)
    page = overlaid(blank, np.full((*blank.shape, 3), 255, np.uint8), color=color)
    noise = np.random.default_rng(rng.getrandbits(64))
    return degrade(page, choose_kind(noise, GENTLE_MIX), noise).image


def _ja_letter(rng: Random) -> Sheet:
    sheet = Sheet()
    sender, receiver = ja_company(rng), ja_company(rng)
    sheet.text(540, 70, date_text(some_day(rng), "era", "ja"), 10.5, align="right")
    sheet.text(60, 104, f"{receiver.name}　御中", 12)
    for i, line in enumerate(
        (
            sender.name,
            f"〒{sender.postal}　{sender.address}",
            f"{department(rng)}　{ja_person(rng).name}",
        )
    ):
        sheet.text(540, 140 + 17 * i, line, 10, align="right")
    sheet.text(
        297,
        228,
        rng.choice(["納期ご回答の件", "資料送付のご案内", "出荷日程変更のお知らせ"]),
        14,
        align="center",
        bold=True,
    )
    sheet.text(60, 262, "拝啓", 10.5)
    words = (
        "　"
        + "".join(rng.sample(_JA_SENTENCES, 6))
        + "\n　"
        + "".join(rng.sample(_JA_SENTENCES, 3))
    )
    y = sheet.paragraph(Area(60, 274, 540, 600), words, 10.5, 1.9)
    sheet.text(540, y + 26, "敬具", 10.5, align="right")
    sheet.text(297, y + 60, "記", 10.5, align="center")
    for i in range(rng.randint(2, 4)):
        enclosure = rng.choice(["見積書", "図面", "製品案内", "工程表", "検査成績書"])
        sheet.text(90, y + 90 + 20 * i, f"{i + 1}．{enclosure}　{rng.randint(1, 3)}部", 10.5)
    return sheet


def _en_letter(rng: Random) -> Sheet:
    sheet = Sheet(lang="en")
    firm, receiver = en_company(rng), en_person(rng)
    sheet.text(70, 70, firm.name, 16, face=fonts.TIMES_BOLD)
    sheet.text(70, 86, f"{firm.address}   {firm.phone}", 8.5, face=fonts.TIMES)
    sheet.rule(70, 94, 525, 94, 0.8)
    day = some_day(rng)
    lines = (
        f"{day:%B} {day.day}, {day.year}",
        "",
        receiver.name,
        receiver.address,
        f"{receiver.city}, {receiver.region} {receiver.postal}",
        "",
        f"Dear {'Mr.' if receiver.male else 'Ms.'} {receiver.surname}:",
    )
    for i, line in enumerate(lines):
        sheet.text(70, 130 + 15 * i, line, 10.5, face=fonts.TIMES)
    y = 240.0
    for count in (3, 2, 2):
        y = (
            sheet.paragraph(
                Area(70, y, 525, 700), " ".join(rng.sample(_EN_SENTENCES, count)), 10.5, 1.6
            )
            + 14
        )
    sheet.text(70, y + 16, "Sincerely,", 10.5, face=fonts.TIMES)
    sheet.text(70, y + 64, firm.head, 10.5, face=fonts.TIMES)
    return sheet


def _notice(rng: Random) -> Sheet:
    sheet = Sheet()
    sheet.frame(Area(50, 50, 545, 92), 2.0)
    sheet.text(
        297, 78, rng.choice(["回　覧", "お知らせ", "備品点検結果"]), 20, align="center", bold=True
    )
    sheet.text(
        540,
        116,
        f"{department(rng)}　{date_text(some_day(rng), 'western', 'ja')}",
        10,
        align="right",
    )
    block = Block(sheet, 140, x=rng.randint(50, 70))
    for row in range(rng.randint(5, 12)):
        words = rng.choice(
            [
                "会議室の予約方法",
                "防災訓練の実施",
                "空調の点検",
                "駐輪場の利用",
                "健康診断の日程",
                "蛍光灯の交換",
            ]
        )
        block.row(
            rng.randint(22, 40),
            head(str(row + 1), 8),
            head(words, 42, align="left", shade=None),
            head(rng.choice(["済", "未", "確認中", "○", "×"]), 14, shade=None),
            head(ja_person(rng).surname, 20, shade=None),
        )
    y = block.close()
    sheet.paragraph(Area(60, y + 20, 535, 800), "".join(rng.sample(_JA_SENTENCES, 4)), 10, 1.8)
    return sheet
