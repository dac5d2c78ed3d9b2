"""賃貸入居申込書, three pages: applicant, household and guarantor, consent."""

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
    ticks,
)
from eval.forms.form import FormType
from eval.forms.furniture import Column, date_line, footer, notes, table, title, underlined
from eval.forms.persona import Person, digits, ja_company, ja_person, ja_relative, some_day
from eval.forms.sheet import Sheet
from eval.forms.values import Case, Meaning

_MOVES = ("転勤", "就職", "結婚", "独立", "通学", "建替え", "その他")
_LIVING = ("持家", "社宅", "賃貸", "親族宅", "寮")
_JOBS = ("会社員", "公務員", "自営業", "会社役員", "年金受給者", "学生")


def _page(edition: str, number: int, words: str, size: float) -> Sheet:
    sheet = Sheet()
    title(sheet, words, 64, size, underline=1 if number == 1 else 0)
    issued = "２０２５．０４" if edition == "2025" else "２０２１．０４"
    footer(sheet, f"様式 賃－３（{issued}）", f"{number}／３", middle="入居申込書")
    return sheet


def _front(edition: str) -> Sheet:
    sheet = _page(edition, 1, "賃 貸 入 居 申 込 書", 19)
    late = edition == "2025"
    date_line(sheet, 555, 92, "filed_on", "申込日", lead="申込日")
    underlined(sheet, 40, 92, 260, "agency", "取扱店", T.COMPANY_NAME)
    block = Block(sheet, 108, pitch=1.6)
    _property(block, late=late)
    block.gap(10)
    block.bar("申込者（契約者）")
    _somebody(block, "applicant")
    _work(block, "applicant")
    block.gap(10)
    block.bar("現在のお住まい")
    block.row(
        22,
        head("住居の種類", 16),
        circles("living", "住居の種類", 48, _LIVING),
        *labelled("lived_years", "居住年数", 14, 22, T.INTEGER, align="right", after="年"),
    )
    block.row(22, head("転居の理由", 16), ticks("move", "転居の理由", 84, _MOVES, size=7.5))
    y = block.close()
    words = ["※ 太枠の中をもれなくご記入ください。記入もれがあると審査に日数を要します。"]
    if late:
        words.append("※ 本人確認書類（運転免許証、個人番号カードの表面等）の写しを添えてください。")
    notes(sheet, y + 8, words)
    return sheet


def _property(block: Block, *, late: bool) -> None:
    block.bar("お申込みの物件")
    block.row(
        22,
        *labelled("building", "物件名", 16, 48),
        *labelled("room", "号室", 12, 24, T.CODE, align="center"),
    )
    rents = (("rent", "賃料"), ("common", "共益費"), ("parking", "駐車料"), ("monthly", "月額計"))
    shown = rents if late else (*rents[:2], rents[3])
    block.row(
        22,
        *(
            cell
            for name, label in shown
            for cell in labelled(name, label, 12, 20, T.AMOUNT, align="right", after="円")
        ),
    )
    block.row(
        22,
        head("入居希望日", 16),
        split_date("moves_on", "入居希望日", 44),
        head("契約期間", 14),
        circles("term", "契約期間", 26, ("２年", "定期")),
    )


def _somebody(block: Block, who: str) -> None:
    """Add the rows that ask who a person is."""
    block.row(15, head("フリガナ", 16, size=7), blank(f"{who}_kana", "フリガナ", 84, T.KANA_NAME))
    block.row(
        28,
        *labelled(who, "氏　名", 16, 48, T.PERSON_NAME),
        head("性別", 10),
        circles(f"{who}_sex", "性別", 26, ("男", "女")),
    )
    block.row(
        22,
        head("生年月日", 16),
        split_date(f"birth_{who}", "生年月日", 48, era="", style="western"),
        *labelled(f"{who}_age", "年齢", 10, 26, T.INTEGER, align="right", after="歳"),
    )
    block.row(
        22,
        head("郵便番号", 16),
        comb(f"{who}_postal", "郵便番号", 34, 7, T.POSTAL_CODE, dividers=(3,)),
        *labelled(f"{who}_phone", "電話番号", 14, 36, T.PHONE),
    )
    block.row(30, *labelled(f"{who}_address", "住　所", 16, 84, T.ADDRESS, lines=2))


def _work(block: Block, who: str) -> None:
    """Add the rows that ask where a person works."""
    block.row(20, head("職　業", 16), circles(f"{who}_job", "職業", 84, _JOBS, size=8))
    block.row(22, *labelled(f"{who}_employer", "勤務先名", 16, 84, T.COMPANY_NAME))
    block.row(
        22,
        *labelled(f"{who}_employer_phone", "勤務先電話", 16, 34, T.PHONE),
        *labelled(f"{who}_income", "年　収", 14, 36, T.AMOUNT, align="right", after="万円"),
    )


def _household(edition: str) -> Sheet:
    sheet = _page(edition, 2, "入居者及び連帯保証人", 15)
    underlined(sheet, 40, 92, 300, "applicant_again", "申込者氏名", T.PERSON_NAME)
    block = Block(sheet, 104, pitch=1.55)
    block.bar("同居される方（申込者を除く）")
    columns = (
        Column("name", "氏名", 32, T.PERSON_NAME),
        Column("relation", "続柄", 12),
        Column("age", "年齢", 10, T.INTEGER, "right"),
        Column("job", "勤務先・学校名", 46),
    )
    table(block, columns, 5, prefix="inmate", row_height=21)
    block.row(
        21,
        *labelled("household_size", "入居人数", 16, 34, T.INTEGER, align="right", after="人"),
        head("ペット", 14),
        circles("pet", "ペット", 36, ("有", "無")),
    )
    block.gap(10)
    block.bar("連帯保証人")
    _somebody(block, "guarantor")
    block.row(22, *labelled("guarantor_relation", "申込者との続柄", 16, 84))
    _work(block, "guarantor")
    y = block.close()
    words = ["※ 連帯保証人の印鑑登録証明書（発行後３か月以内）を契約時にご提出いただきます。"]
    if edition == "2025":
        words.append("※ 極度額は契約書に定めるとおりとし、賃料の２４か月分を上限とします。")
    notes(sheet, y + 8, words)
    return sheet


_CONSENTS = (
    ("screening", "入居審査のため、記載の内容を勤務先等に確認することに同意します。"),
    ("insurance", "家財保険に加入します。"),
    ("guarantee", "家賃保証会社の利用に同意します。"),
    ("members", "自ら及び同居人が反社会的勢力に該当しないことを表明します。"),
    ("cancel", "申込みの撤回は契約の締結前に限ることを了承しました。"),
)


def _consent(edition: str) -> Sheet:
    sheet = _page(edition, 3, "確認事項及び同意書", 15)
    block = Block(sheet, 92, pitch=1.5)
    block.bar("次の各項を確認のうえ、いずれかに印を付けてください。")
    for name, words in _CONSENTS:
        block.row(26, note(words, 72, size=8), ticks(name, words, 28, ("はい", "いいえ")))
    block.gap(10)
    block.bar("初期費用のお支払い")
    columns = (
        Column("item", "項目", 40, printed=("敷金", "礼金", "前家賃", "仲介手数料", "火災保険料")),
        Column("amount", "金額（円）", 60, T.AMOUNT, "right"),
    )
    table(block, columns, 5, prefix="cost", row_height=19)
    block.row(21, *labelled("cost_total", "合　計", 40, 60, T.AMOUNT, align="right"))
    block.row(21, head("支払方法", 40), circles("payment", "支払方法", 60, ("振込", "口座振替")))
    block.gap(14)
    block.row(
        36,
        *labelled("signature", "申込者署名", 18, 52, T.PERSON_NAME),
        seal("seal_signature", "申込者署名", 10),
    )
    block.row(22, head("署名日", 18), split_date("signed_on", "署名日", 62))
    y = block.close()
    notes(
        sheet, y + 8,
        [
            "個人情報は、入居審査、契約の締結及び履行、並びに建物の管理のためにのみ利用します。",
            "審査の結果、ご希望に添えない場合があります。その理由はお答えいたしかねます。",
        ],
    )  # fmt: skip
    return sheet


def _tenancy_case(rng: Random) -> Case:
    who, filed = ja_person(rng, born=(1960, 2003)), some_day(rng)
    parent = ja_relative(rng, who, born=(who.born.year - 38, who.born.year - 24))
    rents = {
        "rent": rng.randint(48, 165) * 1000,
        "common": rng.choice([3000, 4000, 5000, 8000]),
        "parking": rng.choice([None, 8000, 12000]),
    }
    inmates, count = _inmates(rng, who, filed)
    return {
        **_person("applicant", who, filed, rng),
        **_person("guarantor", parent, filed, rng),
        **rents,
        **inmates,
        **_costs(rng, rents["rent"] or 0),
        **{name: "はい" for name, _ in _CONSENTS},
        "monthly": sum(each or 0 for each in rents.values()),
        "filed_on": filed,
        "agency": f"{rng.choice(('駅前', '中央', '大学前', '南口'))}住宅販売株式会社",
        "building": rng.choice(("コーポ", "メゾン")) + rng.choice(("青葉", "泉", "桜")),
        "room": f"{rng.randint(1, 9)}0{rng.randint(1, 8)}",
        "moves_on": filed + timedelta(days=rng.randint(10, 60)),
        "term": rng.choice(["２年", "定期"]),
        "living": rng.choice(_LIVING),
        "lived_years": rng.randint(1, 20),
        "move": rng.choice(_MOVES),
        "applicant_again": who.name,
        "household_size": count + 1,
        "pet": rng.choice(["有", "無", "無"]),
        "guarantor_relation": "父" if parent.male else "母",
        "payment": rng.choice(["振込", "口座振替"]),
        "signature": who.name,
        "seal_signature": who.surname,
        "signed_on": filed,
    }


def _person(prefix: str, who: Person, on: date, rng: Random) -> Case:
    job = rng.choice(_JOBS[:4])
    return {
        prefix: who.name,
        f"{prefix}_kana": who.kana,
        f"{prefix}_sex": "男" if who.male else "女",
        f"birth_{prefix}": who.born,
        f"{prefix}_age": who.age(on),
        f"{prefix}_postal": who.postal.replace("-", ""),
        f"{prefix}_phone": who.mobile,
        f"{prefix}_address": who.address,
        f"{prefix}_job": job,
        f"{prefix}_employer": ja_company(rng).name,
        f"{prefix}_employer_phone": f"03-{digits(rng, 4)}-{digits(rng, 4)}",
        f"{prefix}_income": rng.randint(28, 120) * 10,
    }


def _inmates(rng: Random, who: Person, on: date) -> tuple[dict[str, Meaning], int]:
    """Return a spouse and children who live with the applicant, and how many they are."""
    count = rng.choice([0, 0, 1, 2, 3])
    case: dict[str, Meaning] = {}
    for row in range(1, count + 1):
        spouse = row == 1
        born = (who.born.year - 3, who.born.year + 3) if spouse else (2008, 2018)
        other = ja_relative(rng, who, born=born)
        child = "長男" if other.male else "長女"
        case |= {
            f"inmate_{row}_name": other.name,
            f"inmate_{row}_relation": ("夫" if other.male else "妻") if spouse else child,
            f"inmate_{row}_age": other.age(on),
            f"inmate_{row}_job": ja_company(rng).name if spouse else "市立第二小学校",
        }
    return case, count


def _costs(rng: Random, rent: int) -> Case:
    """Return what is to be paid at the beginning, and the sum."""
    costs = (rent, rent * rng.choice([0, 1]), rent, rent * 11 // 20, rng.choice([15000, 20000]))
    rows = {f"cost_{row}_amount": amount for row, amount in enumerate(costs, start=1)}
    return {**rows, "cost_total": sum(costs)}


TENANCY = FormType(
    "tenancy",
    "賃貸入居申込書",
    "ja",
    ("2021", "2025"),
    (_front, _household, _consent),
    _tenancy_case,
)
