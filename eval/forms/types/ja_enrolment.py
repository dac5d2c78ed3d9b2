"""資格取得届: enrolment of employees with a health insurance society, in combs."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import (
    Block,
    blank,
    circles,
    comb,
    head,
    labelled,
    note,
    seal,
    split_date,
    stack,
    ticks,
)
from eval.forms.form import FormType
from eval.forms.furniture import (
    Column,
    date_line,
    footer,
    notes,
    table,
    title,
)
from eval.forms.persona import (
    digits,
    ja_company,
    ja_person,
    ja_relative,
    some_day,
)
from eval.forms.sheet import Sheet
from eval.forms.values import Case, Meaning


def _enrolment(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "r5"
    sheet.text(40, 36, "様式コード", 7)
    sheet.text(40, 47, "２　３　０　１", 9, bold=True)
    title(sheet, "青葉企業健康保険組合　加入者資格取得届", 62, 14.5)
    date_line(sheet, 555, 84, "filed_on", "提出日", lead="提出日")
    block = Block(sheet, 94)
    _enrolment_office(block, late=late)
    block.gap(9)
    for number in (1, 2, 3):
        _enrolment_person(block, number, late=late)
        block.gap(7)
    _dependants(block)
    y = block.close()
    lines = [
        "〔記入上の注意〕 １．数字は枠からはみ出さないように、"
        "黒のボールペンで右づめで記入してください。",
        "２．「報酬月額」は、基本給のほか通勤手当・住宅手当等を含む１か月分の額です。"
        "３．※印の欄は記入しないでください。",
    ]
    if late:
        lines.append(
            "４．資格取得日から５日以内に届け出てください。電子申請の場合、押印は不要です。"
        )
    notes(sheet, y + 5, lines, size=6.3)
    footer(sheet, "令和５年１月　様式改正" if late else "令和２年１２月　様式改正", "組合控")
    return sheet


def _enrolment_office(block: Block, *, late: bool) -> None:
    block.row(
        19,
        head("事業所記号", 14),
        comb("office_code", "事業所記号", 26, 6),
        head("事業所番号", 14),
        comb("office_no", "事業所番号", 22, 5),
        head("※ 受付印", 24),
    )
    stamp = stack(24, (1.0, [note("", 1)]))
    block.row(
        84,
        stack(
            76,
            (20, [*labelled("office_address", "事業所所在地", 14, 62, T.ADDRESS, before="〒")]),
            (20, [*labelled("office_name", "事業所名称", 14, 62, T.COMPANY_NAME)]),
            (
                26,
                [
                    *labelled("office_head", "事業主氏名", 14, 29, T.PERSON_NAME),
                    seal("seal_office", "事業主氏名", 7),
                    *labelled("office_phone", "電話番号", 9, 17, T.PHONE),
                ],
            ),
        ),
        stamp,
    )
    if late:
        block.row(
            15,
            head("社会保険労務士", 14, size=7),
            blank("agent", "社会保険労務士", 86, T.PERSON_NAME),
        )
    else:
        block.row(15, head("備考", 14, size=7), blank("office_remarks", "備考", 86))


def _enrolment_person(block: Block, number: int, *, late: bool) -> None:
    p = f"person_{number}"
    causes = ("新規", "再取得", "転入", "短時間労働者" if late else "その他")
    block.row(
        15,
        head(f"加入者{'１２３'[number - 1]}", 9, bold=True),
        head("フリガナ", 9, size=6.5),
        blank(f"{p}_kana", "フリガナ", 38, T.KANA_NAME),
        head("生年月日", 30, size=7),
        head("性別", 14, size=7),
    )
    block.row(
        33,
        head("整理番号", 9, size=7),
        comb(f"{p}_no", "整理番号", 12, 3),
        head("氏名", 6),
        blank(f"{p}_name", "氏名", 29, T.PERSON_NAME),
        circles(f"{p}_birth_era", "生年月日", 11, ("昭", "平"), size=8),
        split_date(f"{p}_born", "生年月日", 19, era=""),
        circles(f"{p}_sex", "性別", 14, ("男", "女")),
    )
    block.row(
        27,
        head("個人番号等", 9, size=7),
        comb(f"{p}_pension_no", "個人番号等", 38, 10, dividers=(4,)),
        head("資格取得\n年月日", 9, size=6.5),
        split_date(f"{p}_joined", "資格取得年月日", 30),
        head("扶養", 4, size=7),
        circles(f"{p}_dependants", "扶養", 10, ("有", "無")),
    )
    block.row(
        27,
        head("報酬月額", 9, size=7),
        comb(f"{p}_pay", "報酬月額", 25, 7, T.AMOUNT, dividers=(1, 4)),
        head("円", 4, shade=None),
        head("取得区分", 9, size=7),
        ticks(f"{p}_cause", "取得区分", 53, causes, size=7.5),
    )


def _dependants(block: Block) -> None:
    block.bar("被扶養者（届出を要する者に限る）", 13, 7.5)
    columns = (
        Column("name", "氏名", 26, T.PERSON_NAME),
        Column("relation", "続柄", 12),
        Column("born", "生年月日", 22, T.DATE, "center"),
        Column("income", "年間収入（円）", 20, T.AMOUNT, "right"),
        Column("living", "同居・別居", 20, T.TEXT, "center"),
    )
    table(block, columns, 4, prefix="dependant", head_height=15, row_height=22)


def _enrolment_case(rng: Random) -> Case:
    firm = ja_company(rng)
    filed = some_day(rng)
    case: dict[str, Meaning] = {}
    people = [ja_person(rng, born=(1960, 2006)) for _ in range(rng.randint(1, 3))]
    for number, who in enumerate(people, start=1):
        p = f"person_{number}"
        case |= {
            f"{p}_kana": who.kana,
            f"{p}_name": who.name,
            f"{p}_no": f"{rng.randint(1, 999):03d}",
            f"{p}_birth_era": "昭" if who.born < date(1989, 1, 8) else "平",
            f"{p}_born": who.born,
            f"{p}_sex": "男" if who.male else "女",
            f"{p}_pension_no": digits(rng, 10),
            f"{p}_joined": filed - timedelta(days=rng.randint(1, 5)),
            f"{p}_dependants": "有" if number == 1 else "無",
            f"{p}_pay": rng.randint(180, 640) * 1000,
            f"{p}_cause": rng.choice(["新規", "新規", "再取得", "転入"]),
        }
    for row in range(1, rng.randint(1, 4)):
        child = ja_relative(rng, people[0], born=(2006, 2020))
        case |= {
            f"dependant_{row}_name": child.name,
            f"dependant_{row}_relation": "子",
            f"dependant_{row}_born": child.born,
            f"dependant_{row}_income": 0,
            f"dependant_{row}_living": "同居",
        }
    return case | {
        "filed_on": filed,
        "office_code": digits(rng, 6),
        "office_no": digits(rng, 5),
        "office_address": f"{firm.postal} {firm.address}",
        "office_name": firm.name,
        "office_head": firm.head,
        "seal_office": firm.head.split("　")[0],
        "office_phone": firm.phone,
        "agent": ja_person(rng).name if rng.random() < 0.4 else None,
    }


ENROLMENT = FormType("enrolment", "資格取得届", "ja", ("r2", "r5"), (_enrolment,), _enrolment_case)
