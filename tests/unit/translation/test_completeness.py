"""Everything a reader may be shown is there in Japanese."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files
from string import Formatter

import message_sources as sources
import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from api.problems import problem_title
from chohyo.domain.access import ActorKind, Role
from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.matches import Outcome
from chohyo.domain.proposals import ProposalKind, ProposalState, RunState
from chohyo.domain.templates import FieldType
from chohyo.domain.values import ValueSource
from chohyo.storage.work import WorkKind
from chohyo.translation.answers import ANSWERS
from chohyo.translation.catalogues import DOMAINS
from chohyo.translation.reasons import REASONS
from chohyo.translation.words import FAILURES, FINDINGS, LABELS

# Names of things: the same in every language.
NAMES = {"PostgreSQL", "chohyo.pages.worker"}
ENUMS: dict[str, type[StrEnum]] = {
    "document_state": DocumentState,
    "page_state": PageState,
    "outcome": Outcome,
    "run_state": RunState,
    "proposal_state": ProposalState,
    "proposal_kind": ProposalKind,
    "role": Role,
    "actor_kind": ActorKind,
    "field_type": FieldType,
    "value_source": ValueSource,
    "work_kind": WorkKind,
}


def _entries(domain: str) -> list[Message]:
    with files("chohyo.translation").joinpath("ja", f"{domain}.po").open("rb") as text:
        return [message for message in read_po(text, locale="ja") if message.id]


@pytest.fixture(scope="module")
def translated() -> set[sources.Message]:
    entries = [message for domain in DOMAINS for message in _entries(domain)]
    return {
        tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id
        for message in entries
        if message.string and all(message.string)
    }


def test_every_error_has_a_japanese_message(translated: set[sources.Message]) -> None:
    assert {kind.message for kind in sources.error_kinds()} - translated == set()


def test_every_problem_of_the_interface_has_a_japanese_title() -> None:
    kinds = [kind for kind in sources.error_kinds() if not kind.__module__.startswith("cli.")]
    titles = {code: problem_title(code, "ja") for code in {*(k.code for k in kinds), *FAILURES}}
    assert {code for code, title in titles.items() if title == problem_title(code, "en")} == set()


def test_every_fixed_word_given_to_an_error_is_translated(translated: set[sources.Message]) -> None:
    assert sources.error_words() - translated - NAMES == set()


@pytest.mark.parametrize("kind", [DocumentState, PageState, ProposalState, RunState, Role])
def test_states_and_roles_that_errors_carry_are_translated(
    kind: type[StrEnum], translated: set[sources.Message]
) -> None:
    assert {member.value for member in kind} - translated == set()


@pytest.mark.parametrize("group", ENUMS)
def test_every_value_of_an_enumeration_has_a_label(group: str) -> None:
    assert {member.value for member in ENUMS[group]} == set(LABELS[group])


def test_every_label_reason_finding_and_failure_is_translated(
    translated: set[sources.Message],
) -> None:
    texts = {text for group in LABELS.values() for text in group.values()}
    texts |= {*REASONS.values(), *FINDINGS.values(), *FAILURES.values(), *ANSWERS.values()}
    assert texts - translated == set()


def test_every_audited_action_has_a_label() -> None:
    assert sources.audit_actions() - set(LABELS["action"]) == set()


def test_every_code_that_people_read_has_a_sentence() -> None:
    assert sources.codes_in("chohyo/matching") - set(REASONS) == set()
    assert sources.codes_in("chohyo/discovery/soundness.py") - set(FINDINGS) == set()
    assert sources.codes_in("workers/perform.py") - set(FAILURES) == set()


def test_every_text_of_console_and_command_line_is_translated(
    translated: set[sources.Message],
) -> None:
    assert sources.messages_in_doors() - translated == set()


def test_a_message_means_the_same_in_every_catalogue() -> None:
    seen: dict[str, object] = {}
    for message in (message for domain in DOMAINS for message in _entries(domain)):
        assert seen.setdefault(str(message.id), message.string) == message.string


def test_a_translation_keeps_the_parameters_of_its_message() -> None:
    for message in _entries("errors") + _entries("findings") + _entries("answers"):
        assert _parameters(str(message.string)) == _parameters(str(message.id))


def _parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
