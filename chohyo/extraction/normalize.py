"""Turn what was read into the value its type promises, or say that it is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum import iban
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.jp import cn as jp_cn
from stdnum.jp import in_ as jp_in
from stdnum.us import ein as us_ein
from stdnum.us import itin as us_itin
from stdnum.us import ssn as us_ssn

from chohyo.domain.templates import FieldType
from chohyo.domain.values import Normalized

# The first year of each era, and its letter as forms print it.
_ERAS: Final = {
    "明": 1868, "大": 1912, "昭": 1926, "平": 1989, "令": 2019,
    "明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019,
    "M": 1868, "T": 1912, "S": 1926, "H": 1989, "R": 2019,
}  # fmt: skip
_ERA_DATE = re.compile(
    r"(明治|大正|昭和|平成|令和|[明大昭平令MTSHR])\.?(元|\d{1,2})[年./-](\d{1,2})[月./-](\d{1,2})日?"
)
_WESTERN = (
    re.compile(r"(?P<y>\d{4})[年./-](?P<m>\d{1,2})[月./-](?P<d>\d{1,2})日?"),
    re.compile(r"(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4}|\d{2})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)
# Year, month and day in cells of their own.
_SPACED = re.compile(r"(\d{4}) (\d{1,2}) (\d{1,2})")
_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_DAY_MONTH = re.compile(r"(?P<d>\d{1,2})(?P<n>[a-z]{3})[a-z]*\.?,?(?P<y>\d{4})", re.IGNORECASE)
_MONTH_DAY = re.compile(r"(?P<n>[a-z]{3})[a-z]*\.?(?P<d>\d{1,2}),?(?P<y>\d{4})", re.IGNORECASE)
_HALF_DAY = r"(午前|午後|[AaPp]\.?[Mm]\.?)?"
_CLOCK = re.compile(_HALF_DAY + r"(\d{1,2})[:·・時](\d{1,2}|半)?分?" + _HALF_DAY)
_DASHES = re.compile(r"[‐‑‒–—―−ー－~]")
# What a recogniser makes of digits where only digits can stand.
_LOOK_ALIKES = str.maketrans("OoQlI|SBZ", "000111582")
_TWO_DIGIT_PIVOT = 50


class NotOfTypeError(ValueError):
    """The text is no value of the field's type."""


def with_era(era: str, raw: str) -> str | None:
    """Return the date that a text without an era is in an era printed or circled beside it.

    None when the text, or the word for the era, is no such thing.
    """
    word = re.sub(r"[\d.,、・\s]", "", fold(era))
    if word not in _ERAS:
        return None
    try:
        return _date(f"{word}{re.sub(' ', '.', fold(raw))}")
    except NotOfTypeError:
        return None


def normalize(kind: FieldType, raw: str) -> Normalized:
    """Return the typed value of a text that is not empty.

    Text is folded to NFKC. Dates become ISO 8601 (`2024-05-01`), phones and postal codes digits
    with hyphens, amounts and counts numbers, percentages numbers of percent.

    Raises:
        NotOfTypeError: the text cannot be such a value.
    """
    text = fold(raw)
    return _READERS.get(kind, _as_is)(text)


def fold(raw: str) -> str:
    """Return the text in NFKC with single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", raw)).strip()


def _as_is(text: str) -> str:
    return text


def _integer(text: str) -> int:
    digits = re.sub(r"[,\s]", "", text)
    if not re.fullmatch(r"[-△▲]?\d+", digits):
        digits = digits.translate(_LOOK_ALIKES)
    if not re.fullmatch(r"[-△▲]?\d{1,15}", digits):
        raise NotOfTypeError(text)
    return int(re.sub("[△▲]", "-", digits))


def _amount(text: str) -> int | float:
    """Read an amount; △, ▲ and brackets mark what is owed."""
    bare = re.sub(r"[\s¥\\$€£円*]", "", _DASHES.sub("-", text)).rstrip("-.").lstrip("*")
    negative = bool(re.match(r"^[-△▲(]", bare))
    bare = bare.lstrip("-△▲(").rstrip(")")
    if not re.fullmatch(r"[\d,]*\.?\d*", bare):
        bare = bare.translate(_LOOK_ALIKES)
    # Groups may be set off by a dot that was a comma on paper.
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", bare):
        bare = bare.replace(".", "")
    plain = bare.replace(",", "")
    if not re.fullmatch(r"\d{1,15}(\.\d{1,4})?|\.\d{1,4}", plain):
        raise NotOfTypeError(text)
    value = float(plain) if "." in plain else int(plain)
    return -value if negative else value


def _date(text: str) -> str:
    if match := _SPACED.fullmatch(text):
        return _iso(int(match[1]), int(match[2]), int(match[3]), text)
    compact = re.sub(r"\s+", "", _DASHES.sub("-", text))
    if match := _ERA_DATE.fullmatch(compact):
        era, year, month, day = match.groups()
        first = _ERAS[era]
        return _iso(first - 1 + (1 if year == "元" else int(year)), int(month), int(day), text)
    for pattern in _WESTERN:
        if match := pattern.fullmatch(compact):
            year = int(match["y"])
            if year < 100:
                year += 2000 if year < _TWO_DIGIT_PIVOT else 1900
            return _iso(year, int(match["m"]), int(match["d"]), text)
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        match = pattern.fullmatch(compact)
        if match and (month := _MONTHS.get(match["n"].lower())):
            return _iso(int(match["y"]), month, int(match["d"]), text)
    raise NotOfTypeError(text)


def _iso(year: int, month: int, day: int, text: str) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise NotOfTypeError(text) from error


def _time(text: str) -> str:
    # A colon may have become any other mark before the minutes.
    clock = re.sub(r"(?<=\d)[.;,]:?(?=\d\d\b)", ":", text.replace(" ", ""))
    match = _CLOCK.fullmatch(clock)
    if not match:
        raise NotOfTypeError(text)
    half = (match[1] or match[4] or "").lower()
    hour, minute = int(match[2]), 30 if match[3] == "半" else int(match[3] or 0)
    if half[:1] == "p" or half == "午後":
        hour = hour % 12 + 12
    if hour > 24 or minute > 59:
        raise NotOfTypeError(text)
    return f"{hour:02d}:{minute:02d}"


def _phone(text: str) -> str:
    """Group a number as it was written, or as its country does where it was not grouped."""
    bare = _DASHES.sub("-", text)
    grouped = re.sub(r"[().\s]+", "-", bare).strip("-")
    grouped = re.sub(r"-+", "-", grouped)
    digits = grouped.lstrip("+").replace("-", "")
    if not re.fullmatch(r"\+?[\d-]+", grouped) or not 7 <= len(digits) <= 15:
        raise NotOfTypeError(text)
    return grouped if "-" in grouped else _grouped(grouped)


def _grouped(digits: str) -> str:
    """Group digits as Japan (a leading 0) or the United States do, where they are such a number."""
    region = "JP" if digits.startswith("0") else "US"
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return digits
    if not phonenumbers.is_valid_number(number):
        return digits
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return re.sub(r"[() ]+", "-", written).strip("-")


def _postal_code(text: str) -> str:
    bare = re.sub(r"[〒\s]", "", _DASHES.sub("-", text))
    if match := re.fullmatch(r"(\d{3})-?(\d{4})", bare):
        return f"{match[1]}-{match[2]}"
    if re.fullmatch(r"\d{5}(-\d{4})?", bare):
        return bare
    if match := re.fullmatch(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", bare.upper()):
        return f"{match[1]} {match[2]}"
    raise NotOfTypeError(text)


def _percent(text: str) -> int | float:
    value = _amount(text.replace("%", "").replace("パーセント", ""))
    if not -1000 <= value <= 1000:
        raise NotOfTypeError(text)
    return value


def _email(text: str) -> str:
    bare = text.replace(" ", "")
    try:
        # Nobody is asked whether the domain exists: documents never leave the machine.
        return validate_email(bare, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise NotOfTypeError(text) from error


def _my_number(text: str) -> str:
    return _checked(jp_in.validate, _digits(text), text)


def _corporate_number(text: str) -> str:
    """Read a corporate number; an invoice issuer's number is one with a T before it."""
    return _checked(jp_cn.validate, _digits(text.lstrip("TtＴ ")), text)


def _ssn(text: str) -> str:
    """Read a social security number, or the taxpayer number that is written in its place."""
    return _checked(_us_person, _digits(text), text)


def _us_person(digits: str) -> str:
    if us_itin.is_valid(digits):
        return str(us_itin.format(digits))
    return str(us_ssn.format(us_ssn.validate(digits)))


def _ein(text: str) -> str:
    return _checked(lambda digits: us_ein.format(us_ein.validate(digits)), _digits(text), text)


def _bank_account(text: str) -> str:
    """Read an account number: an IBAN by its check digits, else 4 to 17 digits."""
    bare = re.sub(r"[\s-]", "", _DASHES.sub("-", text)).upper()
    if iban.is_valid(bare):
        return bare
    digits = _digits(text)
    if not 4 <= len(digits) <= 17:
        raise NotOfTypeError(text)
    return digits


def _digits(text: str) -> str:
    """Return the digits of a number that hyphens and spaces may group, or "" for other text."""
    bare = re.sub(r"[\s-]", "", _DASHES.sub("-", text))
    return bare if bare.isdigit() else bare.translate(_LOOK_ALIKES)


def _checked(validate: Callable[[str], object], digits: str, text: str) -> str:
    if not digits.isdigit():
        raise NotOfTypeError(text)
    try:
        return str(validate(digits))
    except StdnumError as error:
        raise NotOfTypeError(text) from error


def _code(text: str) -> str:
    return re.sub(r"\s+", "", _DASHES.sub("-", text))


def _kana(text: str) -> str:
    if not re.fullmatch(r"[ぁ-ゖァ-ヺー・\s.]+", text):
        raise NotOfTypeError(text)
    return text


_READERS: Final[dict[FieldType, Callable[[str], Normalized]]] = {
    FieldType.INTEGER: _integer,
    FieldType.AMOUNT: _amount,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
    FieldType.PHONE: _phone,
    FieldType.POSTAL_CODE: _postal_code,
    FieldType.PERCENT: _percent,
    FieldType.EMAIL: _email,
    FieldType.MY_NUMBER: _my_number,
    FieldType.CORPORATE_NUMBER: _corporate_number,
    FieldType.SSN: _ssn,
    FieldType.EIN: _ein,
    FieldType.BANK_ACCOUNT: _bank_account,
    FieldType.CODE: _code,
    FieldType.KANA_NAME: _kana,
}
