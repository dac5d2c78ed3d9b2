"""問診票: what a surgery asks a new patient."""

from __future__ import annotations

from datetime import date
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, blank, circles, head, labelled, ticks
from eval.forms.form import FormType
from eval.forms.furniture import date_line, footer, notes, title
from eval.forms.persona import ja_person, some_day
from eval.forms.sheet import Area, Sheet
from eval.forms.values import Case

_SYMPTOMS = (
    "発熱",
    "せき",
    "のどの痛み",
    "鼻水",
    "頭痛",
    "腹痛",
    "吐き気",
    "下痢",
    "めまい",
    "動悸",
    "息切れ",
    "むくみ",
    "腰痛",
    "関節痛",
    "発疹",
    "不眠",
)


_SYMPTOM_BAR = "１．本日はどのような症状で受診されましたか（あてはまるものすべてに✓）"
_ILLNESS_BAR = "２．これまでにかかった病気はありますか"
_ILLNESSES = (
    "高血圧",
    "糖尿病",
    "脂質異常症",
    "心臓病",
    "脳卒中",
    "ぜんそく",
    "肝臓病",
    "腎臓病",
    "がん",
    "その他",
)


def _questionnaire(edition: str) -> Sheet:
    sheet = Sheet()
    sheet.text(40, 44, "内科を受診される方へ", 9)
    title(sheet, "問　診　票", 54, 19, underline=1)
    date_line(sheet, 555, 46, "filled_on", "記入日", lead="記入日", style="western", era="", size=8)
    block = Block(sheet, 74, pitch=1.22)
    _patient(block)
    block.gap(8)
    _complaints(block)
    block.bar("３．お薬・アレルギーについて", 16)
    _habits(block)
    y = block.close(1.6)
    notes(
        sheet,
        y + 8,
        [
            "ご記入ありがとうございました。受付にお出しください。",
            "※ ご記入いただいた内容は診療以外の目的には使用いたしません。",
        ],
        size=7.5,
    )
    sheet.frame(Area(330, 758, 555, 800), 0.6)
    sheet.text(336, 770, "【看護師記入欄】", 7)
    sheet.blank("nurse_note", "【看護師記入欄】", Area(336, 773, 549, 798), lines=1)
    footer(sheet, f"内科問診票 Ver.{edition}")
    return sheet


def _complaints(block: Block) -> None:
    block.bar(_SYMPTOM_BAR, 16)
    block.row(78, ticks("symptoms", _SYMPTOM_BAR, 1, _SYMPTOMS, columns=4, size=8.5, several=True))
    block.row(54, head("具体的に", 14), blank("complaint", "具体的に", 86, lines=2))
    block.row(
        24,
        head("いつからですか", 20),
        blank("since", "いつからですか", 80, before="約", after="前から"),
    )
    block.bar(_ILLNESS_BAR, 16)
    block.row(
        44, ticks("illnesses", _ILLNESS_BAR, 1, _ILLNESSES, columns=5, size=8.5, several=True)
    )


def _patient(block: Block) -> None:
    block.row(
        15,
        head("ふりがな", 14, size=7),
        blank("patient_kana", "ふりがな", 46, T.KANA_NAME),
        head("性別", 10),
        circles("sex", "性別", 30, ("男性", "女性"), size=8),
    )
    block.row(
        30,
        *labelled("patient", "お名前", 14, 46, T.PERSON_NAME),
        head("生年月日", 10),
        blank("birth", "生年月日", 20, T.DATE),
        blank("age", "歳", 10, T.INTEGER, align="right", after="歳"),
    )
    block.row(
        24,
        *labelled("address", "ご住所", 14, 46, T.ADDRESS),
        *labelled("phone", "電話", 10, 30, T.PHONE),
    )
    block.row(
        24,
        *labelled("height", "身長", 14, 14, T.INTEGER, align="right", after="cm"),
        *labelled("weight", "体重", 10, 14, T.INTEGER, align="right", after="kg"),
        *labelled("temperature", "体温", 10, 38, align="right", after="℃"),
    )


def _habits(block: Block) -> None:
    block.row(
        26,
        head("現在のんでいる薬", 26),
        circles("takes_medicine", "現在のんでいる薬", 18, ("ある", "ない"), size=8.5),
        blank("medicine", "薬の名前", 56, before="薬の名前"),
    )
    block.row(
        26,
        head("薬・食物アレルギー", 26),
        circles("has_allergy", "薬・食物アレルギー", 18, ("ある", "ない"), size=8.5),
        blank("allergy", "内容", 56, before="内容"),
    )
    block.row(
        26,
        head("喫　煙", 26),
        circles("smokes", "喫煙", 18, ("吸う", "吸わない"), size=8),
        blank("cigarettes", "喫煙", 56, T.INTEGER, align="right", before="１日", after="本"),
    )
    block.row(
        26,
        head("飲　酒", 26),
        circles("drinks", "飲酒", 36, ("毎日", "時々", "飲まない"), size=8.5),
        head("ジェネリック医薬品", 18, size=7),
        circles("generic", "ジェネリック医薬品", 20, ("希望", "希望しない"), size=7.5),
    )
    block.row(
        26,
        head("妊娠の可能性", 26),
        ticks("pregnant", "妊娠の可能性", 36, ("ある", "ない", "授乳中")),
        head("健診結果の説明", 18, size=7),
        circles("checkup", "健診結果の説明", 20, ("要", "不要"), size=8),
    )


def _questionnaire_case(rng: Random) -> Case:
    who, day = ja_person(rng, born=(1935, 2010)), some_day(rng)
    medicine, allergy, smokes = rng.random() < 0.4, rng.random() < 0.2, rng.random() < 0.25
    return {
        "filled_on": day,
        "patient_kana": who.kana,
        "patient": who.name,
        "sex": "男性" if who.male else "女性",
        "birth": who.born,
        "age": who.age(day),
        "address": who.address,
        "phone": who.mobile,
        "height": rng.randint(146, 188),
        "weight": rng.randint(42, 98),
        "temperature": f"{rng.randint(358, 391) / 10}",
        "symptoms": tuple(rng.sample(_SYMPTOMS, rng.randint(1, 5))),
        "complaint": rng.choice(
            [
                "昨夜から熱があり、体がだるく食欲がありません。",
                "のどが痛くて水も飲みにくいです。",
                "階段をのぼると息が切れます。",
                "健康診断で血圧が高いと言われました。",
            ]
        ),
        "since": rng.choice(["三日", "一週間", "半月", "一か月", "二日"]),
        "illnesses": tuple(rng.sample(_ILLNESSES, rng.choice([0, 0, 1, 2]))),
        "takes_medicine": "ある" if medicine else "ない",
        "medicine": rng.choice(["アムロジピン", "ロキソニン", "漢方薬"]) if medicine else None,
        "has_allergy": "ある" if allergy else "ない",
        "allergy": rng.choice(["卵", "そば", "ペニシリン"]) if allergy else None,
        "smokes": "吸う" if smokes else "吸わない",
        "cigarettes": rng.choice([5, 10, 20]) if smokes else None,
        "drinks": rng.choice(["毎日", "時々", "飲まない"]),
        "generic": rng.choice(["希望", "希望", "希望しない"]),
        "pregnant": None if who.male or who.born < date(1970, 1, 1) else "ない",
        "checkup": rng.choice(["要", "不要"]),
    }


QUESTIONNAIRE = FormType(
    "questionnaire", "問診票", "ja", ("3.1",), (_questionnaire,), _questionnaire_case
)
