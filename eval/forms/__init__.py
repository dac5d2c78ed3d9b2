"""Our own procedural forms: drawn by code, filled with made-up values, with exact truth."""

from eval.forms.catalogue import FORM_TYPES, HELD_BACK, form_type
from eval.forms.corpus import CorpusSummary, write_corpus
from eval.forms.filling import FilledPage, filled_copies, render_template
from eval.forms.form import FormType
from eval.forms.pile import sample_pile
from eval.forms.truth import FieldTruth

__all__ = [
    "FORM_TYPES",
    "HELD_BACK",
    "CorpusSummary",
    "FieldTruth",
    "FilledPage",
    "FormType",
    "filled_copies",
    "form_type",
    "render_template",
    "sample_pile",
    "write_corpus",
]
