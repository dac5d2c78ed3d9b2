"""The form types there are."""

from __future__ import annotations

from collections.abc import Mapping

from eval.forms.form import FormType
from eval.forms.types.en_intake import INTAKE
from eval.forms.types.en_purchase_order import PURCHASE_ORDER
from eval.forms.types.en_timesheet import TIMESHEET
from eval.forms.types.en_travel import TRAVEL
from eval.forms.types.en_vehicle import VEHICLE
from eval.forms.types.ja_address_change import ADDRESS_CHANGE
from eval.forms.types.ja_attendance import ATTENDANCE
from eval.forms.types.ja_certificate import CERTIFICATE
from eval.forms.types.ja_direct_debit import DIRECT_DEBIT
from eval.forms.types.ja_enrolment import ENROLMENT
from eval.forms.types.ja_expenses import EXPENSES
from eval.forms.types.ja_invoice import INVOICE
from eval.forms.types.ja_leave import LEAVE
from eval.forms.types.ja_membership import MEMBERSHIP
from eval.forms.types.ja_order import ORDER
from eval.forms.types.ja_questionnaire import QUESTIONNAIRE
from eval.forms.types.ja_receipt import RECEIPT
from eval.forms.types.ja_resignation import RESIGNATION
from eval.forms.types.ja_tenancy import TENANCY
from eval.forms.types.wordings import WORDINGS

_JAPANESE = (
    LEAVE,
    EXPENSES,
    ADDRESS_CHANGE,
    ATTENDANCE,
    ENROLMENT,
    INVOICE,
    RECEIPT,
    ORDER,
    DIRECT_DEBIT,
    MEMBERSHIP,
    CERTIFICATE,
    QUESTIONNAIRE,
    TENANCY,
    RESIGNATION,
)
_ENGLISH = (TRAVEL, PURCHASE_ORDER, TIMESHEET, VEHICLE, INTAKE)

FORM_TYPES: Mapping[str, FormType] = {form.id: form for form in (*_JAPANESE, *_ENGLISH)}
# Drawn where they are asked for by name alone, to measure words that nobody fitted anything to.
HELD_BACK: Mapping[str, FormType] = {form.id: form for form in WORDINGS}


def form_type(type_id: str) -> FormType:
    """Return a form type by its id.

    Raises:
        KeyError: there is no such form type.
    """
    return HELD_BACK[type_id] if type_id in HELD_BACK else FORM_TYPES[type_id]
