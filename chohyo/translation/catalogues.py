"""Catalogues of translated texts, read from `.po` files at first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = ("ja", "en")
DOMAINS = ("errors", "words", "findings", "console", "cli", "search", "answers")
_SOURCE = "en"


@cache
def translations(locale: str) -> NullTranslations:
    """Return all catalogues of a locale as one; the source language needs none.

    Raises:
        ValueError: the locale is none of `LOCALES`.
    """
    if locale not in LOCALES:
        raise ValueError(f"{locale} is none of {', '.join(LOCALES)}")
    if locale == _SOURCE:
        return NullTranslations()
    # The first one lends the rest its rule for plurals.
    merged, *others = (_catalogue(locale, domain) for domain in DOMAINS)
    for other in others:
        merged.merge(other)
    return merged


def gettext(locale: str) -> Callable[[str], str]:
    """Return the function that translates a message into the locale."""
    return translations(locale).gettext


def ngettext(locale: str) -> Callable[[str, str, int], str]:
    """Return the function that translates a message that depends on a number."""
    return translations(locale).ngettext


def _catalogue(locale: str, domain: str) -> Translations:
    with files("chohyo.translation").joinpath(locale, f"{domain}.po").open("rb") as text:
        catalogue = read_po(text, locale=locale, domain=domain)
    # gettext only reads compiled catalogues: compiling in memory spares a build step.
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain=domain)
