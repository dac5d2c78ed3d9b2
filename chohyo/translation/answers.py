"""The sentences that answers, summaries and frequent questions are made of. Texts are msgids."""

from __future__ import annotations

from chohyo.translation.catalogues import gettext

ANSWERS: dict[str, str] = {
    # Counted
    "count": "Filled forms counted: {n} ({what}).",
    "sum": "Sum of {field}: {n}.",
    "average": "Average of {field}: {n}.",
    "least": "Smallest {field}: {n}.",
    "most": "Largest {field}: {n}.",
    "first": "Earliest {field}: {n}.",
    "last": "Latest {field}: {n}.",
    "missing": "{n} of them have no {field} that could be read and take no part in it.",
    "no-value": "None of them has a {field} that could be read.",
    "unclear": "Which field is meant is not clear. Fields with numbers: {fields}.",
    "no-number": "These forms have no field with a number.",
    "all-types": "all form types",
    "received": "day of receipt",
    "months": "{field} in month {months} of any year",
    "between": "{field} from {since} to {until}",
    "since": "{field} from {since} on",
    "until": "{field} up to {until}",
    "word": "with “{word}”",
    "ignored": "These words were not understood and are not taken into account: {words}.",
    # Found
    "value": "{label}: {text} ({filename}, page {page}).",
    "passage": "{filename}, page {page}: “{text}”",
    "unknown": "The documents do not tell. I don't know.",
    # Of one document
    "document": "{filename} has {pages} pages and was received on {day}.",
    "form": "Page {page}: {family} ({version}).",
    "field": "{label}: {text}.",
    "empty": "Left empty: {labels}.",
    "unknown-page": "Page {page} is of no known form type. It begins: “{text}”",
    "hidden-page": "Page {page} is of no known form type.",
    "nothing": "There is nothing to tell of.",
    # Of a selection
    "selection": "{documents} documents with {forms} filled forms.",
    "family": "{family}: {forms} filled forms in {documents} documents.",
    "figures": "{family}, {field}: sum {sum}, average {average}, from {least} to {most}.",
    "dates": "{family}, {field}: from {least} to {most}.",
    # Frequent questions
    "q-kind": "What kind of form is this?",
    "q-amount": "How much is “{label}”?",
    "q-date": "When is “{label}”?",
    "q-who": "Who is “{label}”?",
    "q-what": "What is “{label}”?",
    "q-missing": "Is anything amiss with {family}?",
    "q-forms": "Which forms are there, and how many of each?",
    "q-sum": "How much is “{field}” of {family} in all?",
    "q-span": "From when to when is “{field}” of {family}?",
    "ticked": "ticked",
    "unticked": "not ticked",
}


def say(code: str, locale: str, **params: object) -> str:
    """Return a sentence in the locale."""
    return gettext(locale)(ANSWERS[code]).format(**params)
