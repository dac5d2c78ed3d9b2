"""What corrections that agree suggest, and what those that do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chohyo.domain.geometry import Box
from chohyo.domain.ids import new_id
from chohyo.domain.suggestions import Correction, Suggestion, SuggestionKind
from chohyo.domain.templates import Field, FieldSpec, FieldType
from chohyo.services.agreement import suggestions

BOX = Box(0.3, 0.2, 0.5, 0.24)


def field(kind: FieldType = FieldType.TEXT, **more: object) -> Field:
    box = more.pop("box", BOX)
    spec = FieldSpec("applied", "申請", kind, 1, box, 0, **more)  # type: ignore[arg-type]
    return Field(new_id(), new_id(), new_id(), spec)


def corrected(*pairs: tuple[str, str], found: Box | None = None) -> list[Correction]:
    return [
        Correction(new_id(), new_id(), new_id(), new_id(), was, not was, raw, found is not None,
                   found)
        for was, raw in pairs
    ]  # fmt: skip


def kinds(of: Field, corrections: list[Correction], *others: Field) -> list[SuggestionKind]:
    return [each.kind for each in suggestions(of, corrections, others)]


def only(of: Field, corrections: list[Correction], *others: Field) -> Suggestion:
    (found,) = suggestions(of, corrections, others)
    return found


DATES = [("2O24/4/1", "2024/4/1"), ("20Z5/6/9", "2025/6/9"), ("2024/S/3", "2024/5/3")]


def test_values_that_all_are_dates_suggest_the_type() -> None:
    found = only(field(), corrected(*DATES))
    assert (found.kind, found.type, found.share) == (SuggestionKind.TYPE, FieldType.DATE, 1.0)
    assert len(found.evidence) == 3
    assert found.applied() == replace(found.field.spec, type=FieldType.DATE)


def test_values_that_break_the_type_suggest_text() -> None:
    written = [("1", "なし"), ("7", "別紙の通り"), ("0", "該当せず")]
    found = only(field(FieldType.AMOUNT), corrected(*written))
    assert found.type is FieldType.TEXT


@pytest.mark.parametrize(
    "corrections",
    [
        corrected(*DATES[:2]),  # two are chance
        corrected(*DATES, ("a", "b"), ("c", "d")),  # three of five
        [replace(each, page_id=new_id()) for each in corrected(*DATES[:1]) * 1] * 3,  # one page
        corrected(*[(raw, raw) for _, raw in DATES]),  # the machine was right
    ],
)
def test_too_few_or_divided_corrections_suggest_nothing(corrections: list[Correction]) -> None:
    assert kinds(field(), corrections) == []


def test_a_value_found_beyond_the_box_makes_it_reach_there() -> None:
    beyond = Box(0.45, 0.205, 0.62, 0.235)
    cut = corrected(("abc", "abcdef"), ("ghi", "ghijkl"), ("mno", "mnopqr"), found=beyond)
    found = only(field(), cut)
    assert found.kind is SuggestionKind.BOX
    assert found.box is not None
    assert found.box.x0 == BOX.x0
    assert found.box.x1 > beyond.x1


def test_values_that_all_stand_elsewhere_move_the_box() -> None:
    below = Box(0.32, 0.26, 0.4, 0.29)
    found = only(field(), corrected(("", "ab"), ("x", "cd"), ("", "ef"), ("y", "gh"), found=below))
    assert found.box is not None
    assert found.box.intersection(BOX) == 0


def test_a_box_that_belongs_to_another_field_is_not_taken() -> None:
    beyond = Box(0.45, 0.205, 0.62, 0.235)
    cut = corrected(("abc", "abcdef"), ("ghi", "ghijkl"), ("mno", "mnopqr"), found=beyond)
    assert kinds(field(), cut, field(box=Box(0.52, 0.2, 0.7, 0.24))) == []


def test_values_that_are_not_found_near_do_not_move_the_box() -> None:
    missed = [replace(each, looked=True) for each in corrected(("a", "b"), ("c", "d"), ("e", "f"))]
    assert kinds(field(), missed) == []


LISTED = [("営業邪", "営業部"), ("総努部", "総務部"), ("営業部", "営業部"), ("総務部", "総務部"),
          ("宮業部", "営業部"), ("総務郎", "総務部")]  # fmt: skip


def test_few_distinct_values_are_suggested_as_the_only_ones() -> None:
    found = only(field(), corrected(*LISTED))
    assert (found.kind, found.allowed) == (SuggestionKind.ALLOWED, ("営業部", "総務部"))


def test_values_that_may_tell_of_people_are_never_listed() -> None:
    assert kinds(field(pii=True), corrected(*LISTED)) == []
    assert kinds(field(FieldType.PERSON_NAME), corrected(*LISTED)) == []


def test_a_value_of_one_document_alone_is_not_listed() -> None:
    one = new_id()
    alone = [replace(each, document_id=one) for each in corrected(*LISTED)]
    assert kinds(field(), alone) == []


def test_values_that_were_overlooked_suggest_a_required_field() -> None:
    overlooked = corrected(("", "山"), ("", "川"), ("", "海"), ("空", "空"))
    found = only(field(), overlooked)
    assert (found.kind, found.applied().required) == (SuggestionKind.REQUIRED, True)
    assert kinds(field(), [*overlooked, *corrected(("", ""))]) == []  # one is left empty


def test_emptied_values_of_a_required_field_suggest_that_it_is_not() -> None:
    found = only(field(required=True), corrected(("ー", ""), ("、", ""), ("1", "")))
    assert (found.kind, found.applied().required) == (SuggestionKind.OPTIONAL, False)


def test_a_suggestion_keeps_its_id_and_another_has_another() -> None:
    of = field()
    one, again = (only(of, corrected(*DATES)).id for _ in range(2))
    assert one == again
    assert only(of, corrected(("", "山"), ("", "川"), ("", "海"))).id != one
