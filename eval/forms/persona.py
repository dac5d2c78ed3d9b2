"""Made-up people and companies whose details agree with each other."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random


@cache
def _words(lang: str, kind: str) -> Sequence[str]:
    """Return a list of `words.toml`."""
    text = files("eval.forms").joinpath("words.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)[lang][kind])


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who fills in forms. `kana` is empty for people who write English."""

    surname: str
    given: str
    kana: str
    male: bool
    born: date
    postal: str
    address: str
    city: str
    region: str
    phone: str
    mobile: str
    email: str

    @property
    def name(self) -> str:
        """Return the full name in the order of the person's language."""
        return f"{self.surname}　{self.given}" if self.kana else f"{self.given} {self.surname}"

    def age(self, on: date) -> int:
        """Return the full years lived on a day."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass(frozen=True, slots=True)
class Company:
    """An employer, supplier or customer."""

    name: str
    postal: str
    address: str
    phone: str
    fax: str
    number: str
    head: str


def some_day(rng: Random, first: date = date(2022, 4, 1), last: date = date(2025, 9, 30)) -> date:
    """Return a day between two days, both included."""
    return first + timedelta(days=rng.randint(0, (last - first).days))


def digits(rng: Random, count: int) -> str:
    """Return a string of random digits that does not begin with 0."""
    return str(rng.randint(1, 9)) + "".join(str(rng.randint(0, 9)) for _ in range(count - 1))


def department(rng: Random) -> str:
    """Return a department of a Japanese company."""
    return rng.choice(_words("ja", "departments"))


def position(rng: Random) -> str:
    """Return a post in a Japanese company."""
    return rng.choice(_words("ja", "positions"))


def ja_person(rng: Random, *, born: tuple[int, int] = (1950, 2004), surname: str = "") -> Person:
    """Make up somebody in Japan; `surname` ("佐藤 サトウ") makes a relative."""
    male = rng.random() < 0.5
    family, family_kana = (surname or rng.choice(_words("ja", "surnames"))).split(" ")
    given, given_kana = rng.choice(_words("ja", "men" if male else "women")).split(" ")
    postal, address, code = _ja_place(rng)
    building = rng.choice(_words("ja", "buildings"))
    flat = f" {building}{rng.randint(1, 9)}0{rng.randint(1, 9)}" if building else ""
    return Person(
        surname=family,
        given=given,
        kana=f"{family_kana}　{given_kana}",
        male=male,
        born=some_day(rng, date(born[0], 1, 1), date(born[1], 12, 31)),
        postal=postal,
        address=address + flat,
        city="",
        region="",
        phone=f"{code}-{digits(rng, 6 - len(code))}-{digits(rng, 4)}",
        mobile=f"0{rng.choice('789')}0-{digits(rng, 4)}-{digits(rng, 4)}",
        email=f"{rng.choice('abcdefghkmnrsty')}.{digits(rng, 4)}@example.jp",
    )


def _ja_place(rng: Random) -> tuple[str, str, str]:
    """Return a postal code, an address and the telephone area code of the same place."""
    prefix, code, ward, town = rng.choice(_words("ja", "places")).split(" ")
    block = f"{rng.randint(1, 6)}-{rng.randint(1, 28)}-{rng.randint(1, 19)}"
    return f"{prefix}-{rng.randint(1, 89):04d}", f"{ward}{town}{block}", code


def ja_relative(rng: Random, person: Person, *, born: tuple[int, int]) -> Person:
    """Make up a relative who shares the person's surname."""
    kana = person.kana.split("　")[0]
    return ja_person(rng, born=born, surname=f"{person.surname} {kana}")


def ja_company(rng: Random) -> Company:
    """Make up a Japanese company."""
    stem, trade = rng.choice(_words("ja", "company_stems")), rng.choice(_words("ja", "trades"))
    name = f"株式会社{stem}{trade}" if rng.random() < 0.5 else f"{stem}{trade}株式会社"
    postal, address, code = _ja_place(rng)
    middle = digits(rng, 6 - len(code))
    head = ja_person(rng, born=(1948, 1980))
    return Company(
        name=name,
        postal=postal,
        address=address,
        phone=f"{code}-{middle}-{digits(rng, 4)}",
        fax=f"{code}-{middle}-{digits(rng, 4)}",
        number=f"T{digits(rng, 13)}",
        head=head.name,
    )


def en_person(rng: Random, *, born: tuple[int, int] = (1945, 2004)) -> Person:
    """Make up somebody in the United States."""
    male = rng.random() < 0.5
    surname = rng.choice(_words("en", "surnames"))
    given = rng.choice(_words("en", "men" if male else "women"))
    street = rng.choice(_words("en", "streets"))
    city, region, postal, code = rng.choice(_words("en", "cities")).rsplit(" ", 3)
    return Person(
        surname=surname,
        given=given,
        kana="",
        male=male,
        born=some_day(rng, date(born[0], 1, 1), date(born[1], 12, 31)),
        postal=postal,
        address=f"{rng.randint(10, 4999)} {street}",
        city=city,
        region=region,
        phone=f"({code}) 555-01{rng.randint(0, 99):02d}",
        mobile=f"({code}) 555-01{rng.randint(0, 99):02d}",
        email=f"{given[0].lower()}.{surname.lower()}@example.com",
    )


def en_company(rng: Random) -> Company:
    """Make up an American company."""
    who = en_person(rng)
    return Company(
        name=rng.choice(_words("en", "firms")),
        postal=who.postal,
        address=f"{who.address}, {who.city}, {who.region} {who.postal}",
        phone=who.phone,
        fax=who.mobile,
        number=f"{digits(rng, 2)}-{digits(rng, 7)}",
        head=en_person(rng).name,
    )
