"""Forms whose labels are worded otherwise than those of the other types: held back, to measure by.

What they are called and what is written in them comes from `wordings.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from random import Random
from typing import NamedTuple

from stdnum.jp import cn as jp_cn
from stdnum.jp import in_ as jp_in

from chohyo.domain.templates import FieldType as T
from eval.forms.cells import Block, captioned, labelled
from eval.forms.form import FormType
from eval.forms.furniture import footer, title, underlined
from eval.forms.persona import digits, en_company, en_person, ja_company, ja_person, some_day
from eval.forms.sheet import Sheet
from eval.forms.values import Case, Meaning

_EDITIONS = ("1", "2", "3", "4")
# One wording in so many takes the unit of its value behind it.
_UNIT_SHARE = 0.4
_UNITS = {T.AMOUNT: {"ja": "円", "en": ""}, T.PERCENT: {"ja": "％", "en": "%"}}


class _Wording(NamedTuple):
    name: str
    label: str
    type: T
    unit: str


@cache
def _all() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(files("eval.forms").joinpath("wordings.toml").read_text("utf-8"))


@cache
def _wordings(lang: str) -> tuple[tuple[_Wording, ...], ...]:
    """Deal the wordings of a language to the editions, types mixed."""
    rng = Random(f"wordings/{lang}")
    each = [(label, T(kind)) for kind, labels in _all()[lang].items() for label in labels]
    rng.shuffle(each)
    dealt = []
    for first in range(len(_EDITIONS)):
        part = each[first :: len(_EDITIONS)]
        units = [
            _UNITS.get(kind, {}).get(lang, "") if rng.random() < _UNIT_SHARE else ""
            for _, kind in part
        ]
        dealt.append(
            tuple(
                _Wording(
                    f"w{first + 1}_{n}", label, kind, unit if rng.random() < _UNIT_SHARE else ""
                )
                for n, ((label, kind), unit) in enumerate(zip(part, units, strict=True))
            )
        )
    return tuple(dealt)


def _sheet(lang: str, edition: str) -> Sheet:
    sheet = Sheet(lang=lang)
    wordings = _wordings(lang)[int(edition) - 1]
    heading = {"ja": "登　録　票", "en": "REGISTRATION RECORD"}[lang] + f" {edition}"
    title(sheet, heading, 60, 16)
    lined = 6
    _cells(sheet, lang, wordings[lined:])
    for n, each in enumerate(wordings[:lined]):
        x, y = 40.0 + 265.0 * (n % 2), 700.0 + 26.0 * (n // 2)
        underlined(sheet, x, y, 245, each.name, each.label, each.type, after=each.unit)
    footer(sheet, f"W-{edition}", f"Rev. {edition}")
    return sheet


def _cells(sheet: Sheet, lang: str, wordings: Sequence[_Wording]) -> None:
    pitch = 580.0 / (22.0 * -(-len(wordings) // 2))
    block = Block(sheet, 84, pitch=pitch)
    for pair in zip(wordings[::2], [*wordings[1::2], None], strict=False):
        cells = []
        for each in filter(None, pair):
            if lang == "en" and not each.unit:
                cells.append(captioned(each.name, each.label, 50, each.type))
            else:
                cells += labelled(each.name, each.label, 18, 32, each.type, after=each.unit)
        block.row(22, *cells)
    block.close()


def _of_person(lang: str, rng: Random) -> Mapping[T, Meaning]:
    who = ja_person(rng) if lang == "ja" else en_person(rng)
    firm = ja_company(rng) if lang == "ja" else en_company(rng)
    return {
        T.PERSON_NAME: who.name, T.KANA_NAME: who.kana, T.ADDRESS: who.address,
        T.POSTAL_CODE: who.postal, T.PHONE: rng.choice((who.phone, who.mobile)),
        T.EMAIL: who.email, T.COMPANY_NAME: firm.name,
    }  # fmt: skip


def _ssn(rng: Random) -> str:
    return f"{rng.randint(100, 599)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"


def _ein(rng: Random) -> str:
    return f"{rng.choice((12, 20, 36, 41, 52, 77, 94))}-{digits(rng, 7)}"


def _my_number(rng: Random) -> str:
    body = digits(rng, 11)
    return body + jp_in.calc_check_digit(body)


def _corporate_number(rng: Random) -> str:
    body = digits(rng, 12)
    return jp_cn.calc_check_digit(body) + body


def _code(shape: str, rng: Random) -> str:
    return "".join(
        rng.choice("ABCDEGHKMNPRTX") if c == "A" else str(rng.randint(0, 9)) if c == "9" else c
        for c in shape
    )


_NUMBERS: Mapping[T, Callable[[Random], Meaning]] = {
    T.DATE: some_day,
    T.TIME: lambda rng: time(rng.randint(7, 21), rng.choice((0, 15, 20, 30, 45))),
    T.INTEGER: lambda rng: rng.randint(1, 180),
    T.PERCENT: lambda rng: Decimal(rng.randint(10, 990)) / 10,
    T.BANK_ACCOUNT: partial(digits, count=7),
    T.MY_NUMBER: _my_number,
    T.CORPORATE_NUMBER: _corporate_number,
    T.SSN: _ssn,
    T.EIN: _ein,
}
_CODES = ("99999999", "A-99999", "AA9999", "9999-999", "A99-9999", "999999")


def _case(lang: str, rng: Random) -> Case:
    case: dict[str, Meaning] = {}
    for number, wordings in enumerate(_wordings(lang)):
        for each in wordings:
            name = each.name
            # A field has one kind of code and one order of magnitude on all copies.
            own = Random(f"{lang}/{number}/{name}")
            if each.type is T.TEXT:
                case[name] = rng.choice(_all()["words"][lang])
            elif each.type is T.CODE:
                case[name] = _code(own.choice(_CODES), rng)
            elif each.type is T.AMOUNT:
                case[name] = rng.randint(4, 900) * own.choice((10, 100, 1000))
            elif maker := _NUMBERS.get(each.type):
                case[name] = maker(rng)
            else:
                case[name] = _of_person(lang, rng)[each.type]
    return case


def _form(lang: str) -> FormType:
    name = f"wordings-{lang}"
    return FormType(name, name, lang, _EDITIONS, (partial(_sheet, lang),), partial(_case, lang))


WORDINGS = (_form("ja"), _form("en"))
