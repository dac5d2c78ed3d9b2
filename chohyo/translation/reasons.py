"""Why a page was decided as it was: what people read for a decision's code, as msgids."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "approved-with-proposal": "It belonged to the proposal that was approved.",
    "clear": "It fits one form type clearly better than all others.",
    "decided-by-person": "A person decided.",
    "edition-unclear": "It fits the form type, but two versions fit about equally well.",
    "edition-unknown": "It fits the form type, but seems to be a version that is not known yet.",
    "lone-exemplar": "It fits the form type, but one page alone is kept as its reference, which "
    "does not tell the version.",
    "looks-alike": "It looks like this form type and like no other, but hardly lies on it.",
    "low-probability": "It is not similar enough to the nearest form type.",
    "misplaced": "It does not lie on the form well enough to be read.",
    "no-candidate": "No known form type is similar.",
    "not-registered": "It could not be laid over any of the similar form types.",
    "print-beside": "Much other print lies beside the form: perhaps two forms on one page.",
    "settled-by-neighbours": "The pages around it tell which version of the form it is.",
    "taken-out-by-person": "A person took it out of the form type it was routed to.",
    "small-margin": "Two form types fit about equally well.",
}
