"""Corrections that agree suggest a change; a reviewer accepts or dismisses it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from console_seeds import SPECS, Seeds
from console_visitor import Visit

from chohyo.domain.access import Role
from chohyo.domain.documents import PageState
from chohyo.domain.geometry import Box
from chohyo.domain.suggestions import SuggestionKind
from chohyo.domain.templates import FieldSpec, FieldType, TemplateVersion
from chohyo.domain.values import ValueSource
from chohyo.errors import ConflictError, ForbiddenError, NotFoundError
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.services import audit as audits
from chohyo.services import forgetting, suggestions, values
from chohyo.services.runtime import Runtime
from chohyo.storage import corrections, templates, work
from chohyo.storage import values as stored_values
from chohyo.storage.work import WorkKind

# The date is taken for text, and the amount's box ends where the amount begins.
WRONG = (
    SPECS[0],
    replace(SPECS[1], type=FieldType.TEXT),
    replace(SPECS[2], type=FieldType.TEXT, box=Box(0.3, 0.32, 0.33, 0.37)),
)
READ = ("山田 花子", "令和6年4目1日", "1")


@pytest.fixture
def version(seeds: Seeds) -> TemplateVersion:
    return seeds.version(specs=WRONG)


def correct(
    runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion, texts: tuple[str, ...]
) -> None:
    """Have a person correct the values of one more document: a text for each field."""
    page = seeds.page(seeds.document(), PageState.ROUTED)
    for value, text in zip(seeds.read(page, version, READ), texts, strict=True):
        values.correct(runtime, callers["reviewer"].caller, value.id, text)


def corrected(runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion) -> None:
    """Have a person correct the date of three documents."""
    for day in (1, 2, 3):
        correct(runtime, callers, seeds, version, (READ[0], f"令和6年4月{day}日", READ[2]))


def test_three_corrections_suggest_a_type_and_nothing_applies_itself(
    runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion
) -> None:
    reviewer = callers["reviewer"].caller
    corrected(runtime, callers, seeds, version)
    (found,) = suggestions.list_suggestions(runtime, reviewer, version.id)
    assert (found.kind, found.type) == (SuggestionKind.TYPE, FieldType.DATE)
    assert [each.was_raw for each in found.evidence] == [READ[1]] * 3
    with runtime.database.transaction() as connection:
        assert templates.version(connection, version.id) == version


def test_an_accepted_suggestion_makes_a_version_in_the_place_of_the_old_one(
    runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion
) -> None:
    reviewer = callers["reviewer"].caller
    corrected(runtime, callers, seeds, version)
    (found,) = suggestions.list_suggestions(runtime, reviewer, version.id)
    added = suggestions.accept(runtime, reviewer, version.id, [found.id])
    with runtime.database.transaction() as connection:
        new, old = templates.version(connection, added), templates.version(connection, version.id)
    assert new is not None
    assert [field.spec for field in new.fields] == [
        WRONG[0], replace(WRONG[1], type=FieldType.DATE), WRONG[2],
    ]  # fmt: skip
    assert old is not None
    assert old.replaced_by == added
    assert [page.blank_blob for page in new.pages] == [page.blank_blob for page in old.pages]
    told = [e.action for e in audits.list_entries(runtime, reviewer, object_id=version.id)]
    assert told[0] == "suggestion.accepted"
    (entry,) = audits.list_entries(runtime, reviewer, object_id=added)
    assert (entry.action, entry.actor) == ("version.suggestions-accepted", reviewer.actor)
    assert suggestions.list_suggestions(runtime, reviewer, version.id) == []
    with pytest.raises(ConflictError):
        suggestions.accept(runtime, reviewer, version.id, [found.id])


def test_what_was_read_and_corrected_stays_with_the_version_that_is_replaced(
    runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion
) -> None:
    reviewer = callers["reviewer"].caller
    corrected(runtime, callers, seeds, version)
    date = version.fields[1].id
    with runtime.database.transaction() as connection:
        before = corrections.of_field(connection, date)
    (found,) = suggestions.list_suggestions(runtime, reviewer, version.id)
    added = suggestions.accept(runtime, reviewer, version.id, [found.id])
    with runtime.database.transaction() as connection:
        new = templates.version(connection, added)
        assert new is not None
        after = corrections.of_field(connection, date)
        kept = [stored_values.get(connection, each.value_id) for each in after]
        assert corrections.of_field(connection, new.fields[1].id) == []
    assert after == before
    assert len(after) == 3
    typed = {(each.field_id, each.reading.raw, each.reading.source) for each in kept if each}
    assert typed == {(date, f"令和6年4月{day}日", ValueSource.PERSON) for day in (1, 2, 3)}


def test_a_dismissed_suggestion_does_not_come_back(
    runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion
) -> None:
    reviewer = callers["reviewer"].caller
    corrected(runtime, callers, seeds, version)
    (found,) = suggestions.list_suggestions(runtime, reviewer, version.id)
    suggestions.dismiss(runtime, reviewer, version.id, found.id)
    corrected(runtime, callers, seeds, version)
    assert suggestions.list_suggestions(runtime, reviewer, version.id) == []
    newest = audits.list_entries(runtime, reviewer, object_id=version.id)[0]
    assert newest.action == "suggestion.dismissed"
    assert READ[1] not in str(newest)
    with pytest.raises(NotFoundError):
        suggestions.dismiss(runtime, reviewer, version.id, found.id)


def test_who_may_not_review_learns_nothing_of_corrections(
    runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion
) -> None:
    corrected(runtime, callers, seeds, version)
    for role in (Role.VIEWER, Role.OPERATOR):
        with pytest.raises(ForbiddenError):
            suggestions.list_suggestions(runtime, callers[role.value].caller, version.id)
    with pytest.raises(NotFoundError):
        suggestions.list_suggestions(runtime, callers["stranger"].caller, version.id)


def test_a_forgotten_document_takes_its_correction_along(
    runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion
) -> None:
    reviewer = callers["reviewer"].caller
    corrected(runtime, callers, seeds, version)
    (found,) = suggestions.list_suggestions(runtime, reviewer, version.id)
    gone = found.evidence[0].document_id
    forgetting.forget(runtime, callers["admin"].caller, gone)
    assert suggestions.list_suggestions(runtime, reviewer, version.id) == []
    with runtime.database.transaction() as connection:
        row = connection.execute("SELECT count(*) AS n FROM correction").fetchone()
    assert row == {"n": 6}  # three fields of each document that is left


def test_a_value_that_the_box_cuts_off_is_looked_for_and_widens_the_box(
    runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion
) -> None:
    reviewer = callers["reviewer"].caller
    for _ in range(3):
        correct(runtime, callers, seeds, version, (READ[0], READ[1], "12,800"))
    field = version.fields[2]
    with runtime.database.transaction() as connection:
        assert work.claim(connection, WorkKind.CORRECTION, field.id, "worker", 60) == 1
    assert suggestions.look(runtime, RapidTextRecognizer(), field.id) == 3
    found = suggestions.list_suggestions(runtime, reviewer, version.id)
    box = next(each.box for each in found if each.kind is SuggestionKind.BOX)
    assert box is not None
    assert box.x1 > field.spec.box.x1 + 0.02
    assert box.x1 < SPECS[2].box.x1
    added = suggestions.accept(runtime, reviewer, version.id, [each.id for each in found])
    with runtime.database.transaction() as connection:
        new = templates.version(connection, added)
    assert new is not None
    assert (new.fields[2].spec.box, new.fields[2].spec.type) == (box, FieldType.AMOUNT)


def test_the_template_page_shows_suggestions_with_their_evidence_and_accepts_them(
    visit: Visit, runtime: Runtime, callers, seeds: Seeds, version: TemplateVersion
) -> None:
    corrected(runtime, callers, seeds, version)
    correct(runtime, callers, seeds, version, (READ[0], "<b>4月</b>", READ[2]))
    reviewer, path = visit("reviewer"), f"/templates/{version.family_id}?version={version.id}"
    page = reviewer.get(path).text
    assert "Suggested by corrections" not in page  # three of four are not enough
    correct(runtime, callers, seeds, version, (READ[0], "令和6年4月9日", READ[2]))
    page = reviewer.get(path).text
    assert "Suggested by corrections" in page
    assert "80%" in page
    assert page.count("/crop") == 4
    assert "令和6年4月9日" in page
    assert "<b>4月</b>" not in page
    assert "Suggested by corrections" not in visit("operator").get(path).text
    found = re.search(r'name="suggestion" value="([0-9a-f-]{36})"', page)
    assert found is not None
    accept = f"/versions/{version.id}/suggestions/accept"
    assert visit("operator").post(accept, suggestion=found[1]).status_code == 403
    assert reviewer.client.post(accept, data={"suggestion": found[1]}).status_code == 403  # forged
    assert reviewer.post(accept).status_code == 422  # nothing ticked
    after = reviewer.post(accept, suggestion=found[1])
    assert after.status_code == 200
    assert "Suggested by corrections" not in after.text


def test_allowed_values_are_read_and_given_out(runtime: Runtime, callers, seeds: Seeds) -> None:
    specs: tuple[FieldSpec, ...] = (
        *SPECS[:2], replace(SPECS[2], type=FieldType.TEXT, allowed=("営業部", "総務部")),
    )  # fmt: skip
    version = seeds.version(specs=specs)
    page = seeds.page(seeds.document(), PageState.ROUTED)
    read = seeds.read(page, version, READ)
    reviewer = callers["reviewer"].caller
    assert not values.correct(runtime, reviewer, read[2].id, "工場").value.reading.valid
    done = values.correct(runtime, reviewer, read[2].id, "総務 部").value.reading
    assert (done.raw, done.normalized, done.valid) == ("総務 部", "総務部", True)
    with runtime.database.transaction() as connection:
        assert stored_values.get(connection, read[2].id).reading == done  # type: ignore[union-attr]
