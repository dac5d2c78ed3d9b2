"""住所変更届: a new address, and the way to work from it."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import (
    Block,
    blank,
    circles,
    comb,
    head,
    labelled,
    split_date,
    ticks,
)
from eval.forms.form import FormType
from eval.forms.furniture import (
    Column,
    approvals,
    date_line,
    footer,
    notes,
    table,
    title,
    underlined,
)
from eval.forms.persona import (
    department,
    digits,
    ja_person,
    some_day,
)
from eval.forms.sheet import Sheet
from eval.forms.values import Case, Meaning


def _address_change(edition: str) -> Sheet:
    sheet = Sheet()
    late = edition == "r6"
    date_line(sheet, 555, 46, "filed_on", "届出年月日", lead="届出年月日")
    title(sheet, "住所・氏名等変更届", 90, 17)
    sheet.text(40, 120, "総務部　御中", 10)
    y = underlined(sheet, 330, 128, 225, "department", "所　属")
    y = underlined(sheet, 330, y + 20, 225, "employee_no", "社員番号", T.CODE)
    underlined(sheet, 330, y + 20, 195, "applicant", "氏　名", T.PERSON_NAME)
    block = Block(sheet, 190, line=0.6, pitch=1.06)
    _change(block)
    block.gap(8)
    _home(block, "new", "新住所")
    block.gap(8)
    _home(block, "old", "旧住所")
    block.gap(8)
    _commute(block, late=late)
    y = block.close()
    words = [
        "【添付書類】　住民票の写し（発行後３か月以内のもの）　・　通勤経路図",
        "※ 変更のあった日から１４日以内に提出してください。"
        "届出が遅れた場合、通勤手当は遡って支給しません。",
    ]
    if late:
        words.append("※ 個人番号（マイナンバー）は記入しないでください。")
    notes(sheet, y + 8, words)
    approvals(sheet, 555, 718, ("総務部長", "担当", "給与係"), height=36, cell=46)
    edition_words = "令和６年１０月版" if late else "令和３年１０月版"
    footer(sheet, f"総務－様式第７号（{edition_words}）")
    return sheet


def _change(block: Block) -> None:
    block.row(
        20,
        head("変更する事項", 18),
        ticks(
            "changed",
            "変更する事項",
            82,
            ("住所", "電話番号", "氏名", "通勤経路", "扶養家族", "その他"),
            several=True,
        ),
    )
    block.row(
        24,
        head("変更年月日", 18),
        split_date("changed_on", "変更年月日", 40),
        head("世帯主", 14),
        circles("householder", "世帯主", 28, ("本人", "本人以外")),
    )


def _home(block: Block, which: str, label: str) -> None:
    block.bar(label, 15)
    block.row(
        22,
        head("郵便番号", 18),
        comb(f"{which}_postal", "郵便番号", 30, 7, T.POSTAL_CODE, dividers=(3,)),
        *labelled(f"{which}_phone", "電話番号", 14, 38, T.PHONE),
    )
    block.row(15, head("フリガナ", 18, size=6.5), blank(f"{which}_town_kana", "フリガナ", 82))
    block.row(44, *labelled(f"{which}_address", "住　所", 18, 82, T.ADDRESS, lines=2))


def _commute(block: Block, *, late: bool) -> None:
    block.bar("通勤経路" if not late else "通勤経路及び通勤手当", 15)
    columns = (
        Column("means", "交通機関", 18),
        Column("from", "乗車駅", 20),
        Column("to", "降車駅", 20),
        Column("minutes", "所要時間（分）", 16, T.INTEGER, "right"),
        Column("pass", "１か月定期代（円）", 26, T.AMOUNT, "right"),
    )
    table(block, columns, 4, prefix="leg", row_height=22)
    if late:
        block.row(
            20,
            head("片道合計", 18),
            blank("distance", "片道合計", 40, T.TEXT, align="right", after="km"),
            head("合　計", 16),
            blank("pass_total", "合計", 26, T.AMOUNT, align="right"),
        )
    else:
        block.row(20, head("備　考", 18), blank("remarks", "備考", 82))


def _address_case(rng: Random) -> Case:
    who = ja_person(rng, born=(1962, 2003))
    before = ja_person(rng)
    filed = some_day(rng)
    stations = ("大宮", "浦和", "新宿", "品川", "横浜", "千葉", "柏", "川崎", "立川", "池袋")
    lines = ("ＪＲ線", "私鉄", "地下鉄", "バス")
    legs = rng.randint(1, 3)
    case: dict[str, Meaning] = {}
    fares = [rng.randint(400, 1600) * 10 for _ in range(legs)]
    for row, fare in enumerate(fares, start=1):
        case |= {
            f"leg_{row}_means": rng.choice(lines),
            f"leg_{row}_from": rng.choice(stations),
            f"leg_{row}_to": rng.choice(stations),
            f"leg_{row}_minutes": rng.randint(4, 45),
            f"leg_{row}_pass": fare,
        }
    return case | {
        "filed_on": filed,
        "department": department(rng),
        "employee_no": digits(rng, 6),
        "applicant": who.name,
        "changed": tuple(
            rng.sample(("住所", "電話番号", "通勤経路", "扶養家族"), rng.randint(1, 3))
        ),
        "changed_on": filed - timedelta(days=rng.randint(1, 14)),
        "householder": rng.choice(["本人", "本人以外"]),
        "new_postal": who.postal.replace("-", ""),
        "new_phone": who.mobile,
        "new_address": who.address,
        "old_postal": before.postal.replace("-", ""),
        "old_phone": before.phone if rng.random() < 0.6 else None,
        "old_address": before.address,
        "pass_total": sum(fares),
        "distance": f"{rng.randint(20, 480) / 10}",
        "seal_approval_2": ja_person(rng).surname,
    }


ADDRESS_CHANGE = FormType(
    "address-change", "住所変更届", "ja", ("r3", "r6"), (_address_change,), _address_case
)
