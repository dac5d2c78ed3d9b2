"""入会申込書: joining a sports club, two pages."""

from __future__ import annotations

from datetime import date
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import (
    Block,
    blank,
    circles,
    comb,
    head,
    labelled,
    seal,
    split_date,
    stack,
    ticks,
)
from eval.forms.form import FormType
from eval.forms.furniture import Column, date_line, footer, notes, table, title
from eval.forms.persona import Person, digits, ja_person, ja_relative, some_day
from eval.forms.sheet import Area, Sheet
from eval.forms.values import Case, Meaning

_COURSES = (
    "レギュラー会員",
    "平日デイタイム会員",
    "ナイト会員",
    "ホリデー会員",
    "法人会員",
    "ジュニア会員",
)


_KNOWN_BY = ("チラシ", "ホームページ", "ＳＮＳ", "知人の紹介", "看板", "その他")


_HEALTH = (
    "現在、医師の治療を受けていますか",
    "過去に大きな病気や手術をしたことがありますか",
    "血圧について注意を受けたことがありますか",
    "心臓に異常を指摘されたことがありますか",
    "腰・膝・肩などに痛みがありますか",
    "妊娠中、又はその可能性がありますか",
    "現在、服用している薬がありますか",
    "運動中に気分が悪くなったことがありますか",
)


# What those who say yes add; nobody in the sample is pregnant.
_HEALTH_DETAILS = (
    "高血圧で通院中",
    "三年前に盲腸の手術",
    "やや高めと言われた",
    "不整脈（経過観察）",
    "左膝の軽い痛み",
    "",
    "花粉症の薬",
    "めまいが一度あった",
)


def _membership_front(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "2025"
    sheet.frame(Area(40, 28, 555, 62), 1.2, 0.2)
    sheet.frame(Area(43, 31, 552, 59), 0.8, 1.0)
    sheet.text(297, 52, "市民スポーツクラブわかば　入会申込書", 16, align="center", bold=True)
    date_line(sheet, 555, 84, "filed_on", "申込日", lead="申込日", style="western", era="")
    sheet.text(40, 84, "太枠の中をご記入ください。", 8)
    block = Block(sheet, 94, pitch=1.16)
    _member(block)
    block.gap(10)
    _member_plan(block, late=late)
    block.gap(10)
    block.bar("ご家族会員（同時にお申し込みになる方）", 15)
    columns = (
        Column("name", "氏名", 28, T.PERSON_NAME),
        Column("relation", "続柄", 10),
        Column("born", "生年月日", 20, T.DATE, "center"),
        Column("age", "年齢", 8, T.INTEGER, "right"),
        Column("course", "会員種別", 34),
    )
    table(block, columns, 4, prefix="family", row_height=22)
    y = block.close(2.0)
    notes(
        sheet,
        y + 8,
        [
            "※ 未成年の方がお申し込みになる場合は、裏面に保護者の署名が必要です。",
            "※ ご記入いただいた個人情報は、"
            "会員管理及び当クラブからのご案内以外の目的には使用いたしません。",
        ],
    )
    _member_office(sheet, 746)
    footer(sheet, f"わかば会－申込（{edition}年度）", "裏面につづく", middle="1 / 2")
    return sheet


def _member(block: Block) -> None:
    _member_name(block)
    block.row(
        22,
        head("郵便番号", 14),
        comb("postal", "郵便番号", 26, 7, T.POSTAL_CODE, dividers=(3,)),
        head("電話（自宅）", 14),
        blank("phone", "電話（自宅）", 46, T.PHONE),
    )
    block.row(36, *labelled("address", "住　所", 14, 86, T.ADDRESS, lines=2))
    block.row(
        22,
        *labelled("mobile", "携帯電話", 14, 26, T.PHONE),
        *labelled("email", "メールアドレス", 14, 46, T.EMAIL),
    )
    block.row(
        22,
        *labelled("employer", "勤務先・学校", 14, 46),
        head("職業", 8),
        circles("job", "職業", 32, ("会社員", "自営", "学生", "主婦・夫"), size=7),
    )
    block.row(
        22,
        *labelled("emergency_name", "緊急連絡先", 14, 32, T.PERSON_NAME),
        *labelled("emergency_relation", "続柄", 8, 10),
        *labelled("emergency_phone", "電話", 8, 28, T.PHONE),
    )


def _member_name(block: Block) -> None:
    block.row(
        16,
        head("フリガナ", 14, size=7),
        blank("member_kana", "フリガナ", 46, T.KANA_NAME),
        head("性　別", 12),
        circles("sex", "性別", 28, ("男", "女", "回答しない"), size=8),
    )
    block.row(
        34,
        *labelled("member", "氏　名", 14, 39, T.PERSON_NAME),
        seal("seal_member", "氏名", 7),
        head("生年月日", 12),
        stack(
            28,
            (1, [circles("born_era", "生年月日", 1, ("大正", "昭和", "平成", "令和"), size=7)]),
            (
                1.2,
                [
                    split_date("born", "生年月日", 20, era=""),
                    blank("age", "歳", 9, T.INTEGER, align="right", after="歳"),
                ],
            ),
        ),
    )


def _member_plan(block: Block, *, late: bool) -> None:
    block.bar("お申し込み内容", 15)
    block.row(38, head("会員種別", 14), ticks("course", "会員種別", 86, _COURSES, columns=3))
    block.row(
        22,
        head("利用開始日", 14),
        split_date("starts_on", "利用開始日", 46, era="", style="western"),
        head("お支払", 10),
        circles("payment", "お支払", 30, ("月払", "年払")),
    )
    block.row(
        22,
        *labelled("fee_entry", "入会金", 14, 22, T.AMOUNT, align="right", after="円"),
        *labelled("fee_month", "月会費", 12, 20, T.AMOUNT, align="right", after="円"),
        *labelled("fee_total", "合計", 10, 22, T.AMOUNT, align="right", after="円"),
    )
    block.row(
        22,
        head("オプション", 14),
        ticks(
            "options",
            "オプション",
            86,
            ("ロッカー", "タオル", "駐車場", "プール") + (("オンライン講座",) if late else ()),
            several=True,
        ),
    )
    block.row(
        36,
        head("当クラブを\n知った理由", 14, size=7.5),
        ticks("known_by", "当クラブを知った理由", 86, _KNOWN_BY, columns=3, several=True),
    )


def _member_office(sheet: Sheet, y: float) -> None:
    block = Block(sheet, y, x=255, width=300, line=0.4)
    block.row(13, *(head(w, 1, size=7) for w in ("会員番号", "受付日", "受付", "入力")))
    block.row(
        34,
        blank("member_no", "会員番号", 1, T.CODE, align="center"),
        blank("received_on", "受付日", 1, T.DATE, align="center"),
        seal("seal_reception", "受付", 1, mark=""),
        seal("seal_input", "入力", 1, mark=""),
    )
    block.close()


def _membership_back(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "2025"
    title(sheet, "健康状態の申告及び同意書", 52, 15, underline=1)
    block = Block(sheet, 72, pitch=1.28)
    _health(block)
    y = block.close()
    notes(sheet, y + 12, _membership_rules(late=late), size=8.6)
    sheet.text(40, 676, "上記の内容に相違なく、会則を遵守することに同意します。", 9.5)
    block = Block(sheet, 690, pitch=1.2)
    block.row(
        28,
        head("同意日", 14),
        split_date("agreed_on", "同意日", 34, era="", style="western"),
        head("本人署名", 12),
        blank("signature", "本人署名", 33, T.PERSON_NAME),
        seal("seal_signature", "本人署名", 7),
    )
    block.row(
        28,
        head("保護者署名\n（未成年の場合）", 14, size=7),
        blank("guardian", "保護者署名", 34, T.PERSON_NAME),
        head("続　柄", 12),
        blank("guardian_relation", "続柄", 40),
    )
    block.close(1.6)
    footer(sheet, f"わかば会－申込（{edition}年度）", "", middle="2 / 2")
    return sheet


def _health(block: Block) -> None:
    block.row(
        16,
        head("№", 6),
        head("質　問　事　項", 58),
        head("回　答", 16),
        head("「はい」の場合は具体的に", 34),
    )
    for number, question in enumerate(_HEALTH, start=1):
        block.row(
            27,
            head(str(number), 6, shade=None),
            head(question, 58, align="left", shade=None),
            circles(f"health_{number}", question, 16, ("はい", "いいえ"), size=8),
            blank(f"health_{number}_detail", "「はい」の場合は具体的に", 34),
        )
    block.row(
        24,
        *labelled("height", "身長", 10, 15, T.INTEGER, align="right", after="cm"),
        *labelled("weight", "体重", 10, 15, T.INTEGER, align="right", after="kg"),
        *labelled("doctor", "かかりつけ医", 14, 50),
    )
    block.row(
        80, head("運動経験・\nご希望など", 16), blank("wishes", "運動経験・ご希望など", 98, lines=4)
    )


def _membership_rules(*, late: bool) -> list[str]:
    days = "１０日" if late else "１５日"
    rules = [
        "第１条　会員は、施設の利用にあたり係員の指示に従い、"
        "他の会員の迷惑となる行為をしないものとします。",
        "第２条　会員の不注意により生じた事故、盗難等について、当クラブは一切の責任を負いません。",
        f"第３条　退会・休会を希望する場合は、前月の{days}までに"
        "所定の届出書を提出するものとします。",
        "第４条　会費は、施設利用の有無にかかわらず毎月納入するものとし、"
        "納入された会費は返還しません。",
    ]
    if late:
        rules.append("第５条　館内での撮影は、係員の許可を得た場合に限ります。")
    return rules


def _membership_case(rng: Random) -> Case:
    who, day = ja_person(rng, born=(1940, 2000)), some_day(rng)
    entry, month = rng.choice([0, 3300, 5500]), rng.choice([4400, 6600, 7700, 9900])
    return {
        **_member_person(rng, who, day),
        **_member_family(rng, who, day),
        **_member_health(rng),
        "filed_on": day,
        "agreed_on": day,
        "course": rng.choice(_COURSES),
        "starts_on": day.replace(day=1, month=day.month % 12 + 1, year=day.year + day.month // 12),
        "payment": rng.choice(["月払", "年払"]),
        "fee_entry": entry,
        "fee_month": month,
        "fee_total": entry + month,
        "options": tuple(rng.sample(("ロッカー", "タオル", "駐車場", "プール"), rng.randint(0, 2))),
        "known_by": tuple(rng.sample(_KNOWN_BY, rng.randint(1, 2))),
        "member_no": digits(rng, 6) if rng.random() < 0.6 else None,
        "seal_reception": ja_person(rng).surname if rng.random() < 0.6 else None,
        "height": rng.randint(148, 186),
        "weight": rng.randint(43, 92),
        "doctor": rng.choice(["青葉内科クリニック", "なし", "山手整形外科"]),
        "wishes": rng.choice(
            [
                None,
                "学生時代に水泳部に所属していました。週二回程度の利用を希望します。",
                "運動不足の解消が目的です。初心者向けの教室に参加したいです。",
            ]
        ),
    }


def _member_family(rng: Random, who: Person, day: date) -> Case:
    """Return the relatives who join too."""
    case: dict[str, Meaning] = {}
    for row in range(1, rng.choice([0, 0, 1, 2, 3]) + 1):
        kin = ja_relative(rng, who, born=(1975, 2016))
        case |= {
            f"family_{row}_name": kin.name,
            f"family_{row}_relation": rng.choice(["子", "配偶者", "兄弟"]),
            f"family_{row}_born": kin.born,
            f"family_{row}_age": kin.age(day),
            f"family_{row}_course": rng.choice(_COURSES),
        }
    return case


def _member_health(rng: Random) -> Case:
    """Return the answers to the questions about health."""
    case: dict[str, Meaning] = {}
    for number, detail in enumerate(_HEALTH_DETAILS, start=1):
        yes = bool(detail) and rng.random() < 0.25
        case[f"health_{number}"] = "はい" if yes else "いいえ"
        case[f"health_{number}_detail"] = detail if yes else None
    return case


def _member_person(rng: Random, who: Person, day: date) -> Case:
    """Return what the applicant says about himself or herself, the same on both pages."""
    kin = ja_relative(rng, who, born=(1940, 2000))
    return {
        "member_kana": who.kana,
        "member": who.name,
        "signature": who.name,
        "seal_member": who.surname,
        "seal_signature": who.surname,
        "sex": rng.choice(["男" if who.male else "女"] * 9 + ["回答しない"]),
        "born_era": "昭和" if who.born < date(1989, 1, 8) else "平成",
        "born": who.born,
        "age": who.age(day),
        "postal": who.postal.replace("-", ""),
        "phone": who.phone if rng.random() < 0.5 else None,
        "address": who.address,
        "mobile": who.mobile,
        "email": who.email,
        "employer": rng.choice(["東和商事株式会社", "市立中央高校", "なし", "みどり食品株式会社"]),
        "job": rng.choice(["会社員", "自営", "学生", "主婦・夫"]),
        "emergency_name": kin.name,
        "emergency_relation": rng.choice(["父", "母", "配偶者"]),
        "emergency_phone": kin.mobile,
    }


MEMBERSHIP = FormType(
    "membership",
    "入会申込書",
    "ja",
    ("2022", "2025"),
    (_membership_front, _membership_back),
    _membership_case,
)
