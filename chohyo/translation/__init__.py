"""The product's texts in the reader's language; English is the source."""

from chohyo.translation.catalogues import LOCALES, gettext, ngettext
from chohyo.translation.negotiation import negotiate
from chohyo.translation.rendering import (
    label,
    render,
    render_delivery,
    render_failure,
    render_finding,
    render_reason,
)

__all__ = [
    "LOCALES",
    "gettext",
    "label",
    "negotiate",
    "ngettext",
    "render",
    "render_delivery",
    "render_failure",
    "render_finding",
    "render_reason",
]
