"""How templates write dates, figures, codes and places in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup

from api.problems import problem_title
from chohyo.domain.documents import Failure
from chohyo.domain.findings import Finding
from chohyo.domain.geometry import Box
from chohyo.domain.values import Normalized, Reading, needs_review
from chohyo.translation import label, render_failure, render_finding, render_reason
from chohyo.translation.words import LABELS

# Where the words for a detail's value are; a kind is that of a principal or of a proposal.
_DETAIL_GROUPS = {
    "kind": ("actor_kind", "proposal_kind"),
    "outcome": ("outcome",),
    "role": ("role",),
    "trigger": ("trigger",),
    "was": ("outcome",),
}
_UNITS = ("B", "KiB", "MiB", "GiB")
# Width, in drawing units, of the SVG that lies over a page.
DRAWING_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Formats:
    """The filters of a language and a time zone."""

    locale: str
    timezone: tzinfo

    def filters(self) -> dict[str, Callable[..., str]]:
        """Return the filters by the names templates use."""
        return {
            "when": self._when,
            "count": self._count,
            "percent": self._percent,
            "emphasis": emphasis,
            "share": self._share,
            "label": self._label,
            "failure": self._failure,
            "finding": self._finding,
            "because": self._because,
            "detail": self._detail,
            "bytes": self._bytes,
            "normalized": self._normalized,
            "rect": rect,
        }

    def _when(self, moment: datetime) -> str:
        return format_datetime(moment, "medium", tzinfo=self.timezone, locale=self.locale)

    def _count(self, number: float) -> str:
        return format_decimal(number, locale=self.locale)

    def _percent(self, fraction: float) -> str:
        return format_percent(fraction, "#,##0.0%", locale=self.locale)

    def _share(self, fraction: float) -> str:
        return format_percent(fraction, locale=self.locale)

    def _label(self, value: str, group: str) -> str:
        return label(group, value, self.locale)

    def _failure(self, failure: Failure) -> str:
        return render_failure(failure.code, failure.params, self.locale)

    def _finding(self, finding: Finding) -> str:
        return render_finding(finding.code, finding.params, self.locale)

    def _because(self, code: str) -> str:
        return render_reason(code, self.locale)

    def _detail(self, value: str | int | float | bool, name: str) -> str:
        """Return a detail of an audit entry: words for our own codes, figures in the language."""
        if not isinstance(value, str):
            return self._percent(value) if name == "probability" else self._normalized(value)
        if name == "code":
            return problem_title(value, self.locale)
        if name == "reason":
            return self._because(value)
        for group in _DETAIL_GROUPS.get(name, ()):
            if value in LABELS[group]:
                return self._label(value, group)
        return value

    def _bytes(self, size: float) -> str:
        unit = 0
        while size >= 1024 and unit < len(_UNITS) - 1:
            size, unit = size / 1024, unit + 1
        return f"{format_decimal(size, '#,##0.#', locale=self.locale)} {_UNITS[unit]}"

    def _normalized(self, value: Normalized) -> str:
        if isinstance(value, bool):
            return "✓" if value else "✗"
        if isinstance(value, int | float):
            return format_decimal(value, locale=self.locale)
        return value or ""


def emphasis(reading: Reading) -> str:
    """Return the class of a region whose value a person should look at."""
    return "weak" if needs_review(reading) and not reading.empty else ""


def rect(box: Box, ratio: float) -> Markup:
    """Return a box as SVG attributes; `ratio` is the page's height over its width."""
    height = DRAWING_WIDTH * ratio
    return Markup('x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"').format(
        box.x0 * DRAWING_WIDTH,
        box.y0 * height,
        max(0.0, box.width) * DRAWING_WIDTH,
        max(0.0, box.height) * height,
    )
