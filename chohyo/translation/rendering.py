"""Turn errors, codes and fixed words into sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chohyo.errors import ChohyoError
from chohyo.translation.catalogues import gettext
from chohyo.translation.reasons import REASONS
from chohyo.translation.words import DELIVERIES, FAILURES, FINDINGS, LABELS

Params = Mapping[str, str | int | float]

# Parameters that hold our own fixed words; the others hold ids, names and figures.
OWN_WORDS = frozenset({"kind", "state", "field", "reason", "part", "needed"})


def render(error: ChohyoError, locale: str) -> str:
    """Return an error's message in the locale."""
    return _sentence(error.message, _translated(error.params, locale), locale)


def render_failure(code: str, params: Params, locale: str) -> str:
    """Return the message of a stored failure; a code nobody knows reads as an internal error."""
    messages = FAILURES | {kind.code: kind.message for kind in _kinds(ChohyoError)}
    message = messages.get(code, ChohyoError.message)
    return _sentence(message, _translated(params, locale), locale)


def render_finding(code: str, params: Params, locale: str) -> str:
    """Return what the check of a proposal noticed; an unknown code is shown as it is."""
    return _sentence(FINDINGS[code], params, locale) if code in FINDINGS else code


def render_reason(code: str, locale: str) -> str:
    """Return why a page was decided as it was; an unknown code is shown as it is."""
    return gettext(locale)(REASONS[code]) if code in REASONS else code


def render_delivery(code: str, locale: str) -> str:
    """Return why a notice did not arrive; an unknown code is shown as it is."""
    return gettext(locale)(DELIVERIES[code]) if code in DELIVERIES else code


def label(group: str, value: str, locale: str) -> str:
    """Return the name people read for a value of a group of fixed words (see `LABELS`)."""
    text = LABELS[group].get(value)
    return gettext(locale)(text) if text else value


def _sentence(message: str, params: Params, locale: str) -> str:
    text = gettext(locale)(message)
    try:
        return text.format(**params)
    except KeyError:  # stored by a version with other parameters
        return text


def _translated(params: Params, locale: str) -> Params:
    translate = gettext(locale)
    # An empty msgid would give the catalogue's header.
    return {
        name: translate(value) if name in OWN_WORDS and isinstance(value, str) and value else value
        for name, value in params.items()
    }


def _kinds(kind: type[ChohyoError]) -> Iterator[type[ChohyoError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)
