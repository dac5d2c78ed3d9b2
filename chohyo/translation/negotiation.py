"""Choose a language for a reader who has not chosen one."""

from __future__ import annotations

from chohyo.translation.catalogues import LOCALES


def negotiate(accept_language: str | None, default: str) -> str:
    """Return the locale that an Accept-Language header (RFC 9110, 12.5.4) likes best.

    A header that names none of ours, or is malformed, gives the default.
    """
    ranges = [_range(item) for item in (accept_language or "").split(",")]
    # A stable sort: of equal weights the one named first wins.
    for quality, language in sorted(ranges, key=lambda each: -each[0]):
        if quality > 0 and language in LOCALES:
            return language
    return default


def _range(item: str) -> tuple[float, str]:
    tag, _, parameter = item.partition(";")
    language = tag.strip().partition("-")[0].lower()
    name, _, weight = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0, language
    try:
        return float(weight), language
    except ValueError:
        return 0.0, language
