"""診断書: a doctor's certificate."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, blank, circles, head, labelled, seal_place, split_date, ticks
from eval.forms.form import FormType
from eval.forms.furniture import date_line, footer, title, underlined
from eval.forms.persona import digits, ja_company, ja_person, some_day
from eval.forms.sheet import Sheet
from eval.forms.values import Case

_DISEASES = (
    (
        "腰椎椎間板ヘルニア",
        "腰部及び左下肢の痛みを主訴に来院。画像検査の結果、上記と診断した。安静加療を要する。",
    ),
    ("右橈骨遠位端骨折", "転倒により受傷。レントゲン検査にて骨折を認め、ギプス固定を行った。"),
    (
        "急性肺炎",
        "発熱及び咳嗽が続き、胸部画像検査にて浸潤影を認める。入院のうえ抗菌薬による治療を行った。",
    ),
    (
        "適応障害",
        "不眠及び気分の落ち込みが続いており、当分の間、休養及び通院加療を要するものと認める。",
    ),
    ("左足関節捻挫", "運動中に受傷。腫脹及び圧痛を認める。固定及び安静を指示した。"),
)


def _certificate(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "2024"
    underlined(sheet, 420, 46, 135, "patient_no", "患者番号", T.CODE)
    title(sheet, "診　　断　　書", 92, 24)
    block = Block(sheet, 118, line=0.6, pitch=1.18)
    _patient(block)
    _illness(block)
    if late:
        block.row(
            24,
            head("就労の可否", 14),
            ticks("work", "就労の可否", 86, ("就労可", "制限付きで可", "就労不可")),
        )
        block.row(42, head("備　考", 14), blank("remarks", "備考", 86, lines=2))
    else:
        block.row(66, head("備　考", 14), blank("remarks", "備考", 86, lines=3))
    y = block.close(1.6)
    _doctor(sheet, y + 22)
    footer(
        sheet,
        "診－１" + ("（２０２４年６月改訂）" if late else "（２０２１年４月改訂）"),
        "再発行は有料となります",
    )
    return sheet


def _illness(block: Block) -> None:
    block.row(
        28,
        head("初診日", 14),
        split_date("first_visit", "初診日", 36),
        head("発病日", 12),
        split_date("onset", "発病日", 38),
    )
    block.row(
        28,
        head("原　因", 14),
        ticks("cause", "原因", 86, ("業務上", "通勤途上", "交通事故", "その他の傷病", "不明")),
    )
    block.row(
        132, head("症状・経過\n及び所見", 14), blank("findings", "症状・経過及び所見", 86, lines=7)
    )
    block.row(
        28,
        head("治療期間", 14),
        split_date("treated_from", "治療期間", 40),
        head("～", 6, shade=None),
        split_date("treated_to", "治療期間", 40),
    )
    block.row(
        28,
        head("入　院", 14),
        circles("admitted", "入院", 16, ("有", "無")),
        head("手術", 8),
        circles("operated", "手術", 16, ("有", "無")),
        head("今後の見込み", 14),
        blank("outlook", "今後の見込み", 32, T.INTEGER, align="right", after="週間の加療を要する"),
    )


def _patient(block: Block) -> None:
    block.row(
        16,
        head("フリガナ", 14, size=7),
        blank("patient_kana", "フリガナ", 46, T.KANA_NAME),
        head("性　別", 12),
        circles("sex", "性別", 28, ("男", "女")),
    )
    block.row(
        30,
        *labelled("patient", "患者氏名", 14, 46, T.PERSON_NAME),
        head("生年月日", 12),
        blank("birth", "生年月日", 28, T.DATE),
    )
    block.row(26, *labelled("address", "住　所", 14, 86, T.ADDRESS))
    block.row(34, *labelled("disease", "傷病名", 14, 86))


def _doctor(sheet: Sheet, y: float) -> None:
    sheet.text(60, y, "上記のとおり診断いたします。", 10.5)
    date_line(sheet, 262, y + 26, "issued_on", "診断日", lead="診断日", size=10)
    x = 285.0
    y = underlined(sheet, x, y + 26, 270, "clinic_address", "所在地", T.ADDRESS) + 20
    y = underlined(sheet, x, y, 270, "clinic", "医療機関名") + 20
    y = underlined(sheet, x, y, 270, "clinic_phone", "電話番号", T.PHONE) + 20
    underlined(sheet, x, y, 236, "doctor", "医師氏名", T.PERSON_NAME)
    seal_place(sheet, 540, y - 2, "seal_doctor", "医師氏名", reach=15)


def _certificate_case(rng: Random) -> Case:
    who, doctor, place = ja_person(rng), ja_person(rng, born=(1950, 1990)), ja_company(rng)
    issued = some_day(rng)
    first = issued - timedelta(days=rng.randint(1, 60))
    disease, findings = rng.choice(_DISEASES)
    return {
        "patient_no": digits(rng, 8),
        "patient_kana": who.kana,
        "patient": who.name,
        "sex": "男" if who.male else "女",
        "birth": who.born,
        "address": who.address,
        "disease": disease,
        "first_visit": first,
        "onset": first - timedelta(days=rng.randint(0, 10)),
        "cause": rng.choice(["業務上", "交通事故", "その他の傷病", "その他の傷病", "不明"]),
        "findings": findings,
        "treated_from": first,
        "treated_to": issued if rng.random() < 0.6 else None,
        "admitted": rng.choice(["有", "無", "無"]),
        "operated": rng.choice(["有", "無", "無", "無"]),
        "outlook": rng.randint(1, 12),
        "work": rng.choice(["就労可", "制限付きで可", "就労不可"]),
        "remarks": rng.choice([None, "症状の経過により期間を変更することがある。"]),
        "issued_on": issued,
        "clinic_address": place.address,
        "clinic": rng.choice(
            ["青葉内科クリニック", "山手整形外科医院", "医療法人みどり会 中央病院"]
        ),
        "clinic_phone": place.phone,
        "doctor": doctor.name,
        "seal_doctor": doctor.surname,
    }


CERTIFICATE = FormType(
    "certificate", "診断書", "ja", ("2021", "2024"), (_certificate,), _certificate_case
)
