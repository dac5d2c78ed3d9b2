"""Templates in the reader's language."""

from __future__ import annotations

from babel.dates import get_timezone
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.console.formats import Formats
from chohyo.translation import LOCALES, gettext, ngettext


class Views:
    """One template environment a language."""

    def __init__(self, timezone: str) -> None:
        self._environments = {locale: _environment(locale, timezone) for locale in LOCALES}

    def response(
        self, template: str, locale: str, *, status: int = 200, **context: object
    ) -> HTMLResponse:
        """Return a template, filled in, as a response."""
        return HTMLResponse(self.text(template, locale, **context), status_code=status)

    def text(self, template: str, locale: str, **context: object) -> str:
        """Return a template, filled in."""
        return self._environments[locale].get_template(template).render(**context)


def _environment(locale: str, timezone: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("api.console"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext(locale), ngettext(locale), newstyle=True
    )
    environment.globals["locale"] = locale
    environment.filters.update(Formats(locale, get_timezone(timezone)).filters())
    return environment
