"""Grouping the pages of a pool by their print."""

from __future__ import annotations

import random
from functools import lru_cache

import cv2
import numpy as np
import pytest

from chohyo.discovery.copies import GroupingRules, PoolPage
from chohyo.discovery.editions import split_editions
from chohyo.discovery.grouping import group_pages
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.profiles import cpu_models
from eval.forms.filling import filled_copies

_SEEDS = range(4)
_EMBEDDER = cpu_models().embedders.own


@lru_cache(maxsize=128)
def _copy(type_id: str, edition: str, seed: int, page: int) -> tuple[np.ndarray, PageFeatures]:
    kind = ("scan", "light", "photo", "scan")[seed % 4]
    (copy,) = filled_copies(type_id, edition, [seed], kind, page=page, dpi=100)
    features = extract_features(copy.image)
    return _EMBEDDER.embed([copy.image])[0], features


def _page(key: str, image: np.ndarray) -> PoolPage:
    features = extract_features(image)
    return PoolPage(key, _EMBEDDER.embed([image])[0], lambda: features)


def _pool(*forms: tuple[str, str], page: int = 1, seeds=_SEEDS) -> list[PoolPage]:
    pages = []
    for type_id, edition in forms:
        for seed in seeds:
            vector, features = _copy(type_id, edition, seed, page)
            pages.append(PoolPage(f"{type_id}@{edition}/{seed}", vector, lambda f=features: f))
    return pages


def _forms(groups) -> list[tuple[set[str], int]]:
    """Return for each group the forms in it and its number of members."""
    return [({key.split("/")[0] for key in group.keys}, len(group.keys)) for group in groups]


@pytest.fixture(scope="module")
def mixed():
    """Two editions of one form, and two other forms."""
    return _pool(
        ("travel-expense", "2021"),
        ("travel-expense", "2024"),
        ("order", "2020"),
        ("intake", "2021"),
    )


@pytest.fixture(scope="module")
def groups(mixed):
    return group_pages(mixed)


def test_copies_of_each_form_and_edition_come_together(groups):
    assert sorted(_forms(groups), key=str) == [
        ({"intake@2021"}, 4),
        ({"order@2020"}, 4),
        ({"travel-expense@2021"}, 4),
        ({"travel-expense@2024"}, 4),
    ]


def test_editions_share_a_family_and_other_forms_do_not(groups):
    family = {
        next(iter(forms)): group.family
        for group in groups
        for forms in [{key.split("/")[0] for key in group.keys}]
    }

    assert family["travel-expense@2021"] == family["travel-expense@2024"]
    assert len(set(family.values())) == 3


def test_the_order_of_arrival_changes_nothing(mixed, groups):
    shuffled = random.Random(3).sample(mixed, len(mixed))

    assert group_pages(shuffled) == groups


@pytest.mark.parametrize("cores", [1, 3])
def test_the_number_of_cores_changes_nothing(mixed, groups, cores, monkeypatch):
    for module in ("cores", "copies"):
        monkeypatch.setattr(f"chohyo.discovery.{module}.usable_cores", lambda: cores)

    assert group_pages(mixed) == groups


def test_members_lie_on_the_reference_of_their_own_group(groups):
    for group in groups:
        reference = next(m for m in group.members if m.key == group.reference)
        assert reference.transform.point(0.3, 0.7) == pytest.approx((0.3, 0.7))
        assert all(member.agreement > 0.8 for member in group.members)


def test_a_page_without_a_copy_waits(mixed):
    lonely = _pool(("receipt", "2023"), seeds=[1])

    grouped = {key for group in group_pages([*mixed, *lonely]) for key in group.keys}

    assert lonely[0].key not in grouped
    assert len(grouped) == len(mixed)


def test_blank_sheets_are_no_group():
    rng = np.random.default_rng(5)
    sheets = [
        _page(f"sheet/{i}", np.clip(rng.normal(245, 3, (1000, 707)), 0, 255).astype(np.uint8))
        for i in range(4)
    ]

    assert group_pages(sheets) == []


def test_letters_of_different_text_are_no_group():
    def letter(seed: int) -> np.ndarray:
        rng = random.Random(seed)
        image = np.full((1000, 707), 255, np.uint8)
        for y in range(120, 120 + 22 * rng.randint(12, 30), 22):
            words = " ".join(
                "".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(2, 9)))
                for _ in range(rng.randint(5, 9))
            )
            cv2.putText(image, words[:58], (70, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 0, 1)
        return image

    assert group_pages([_page(f"letter/{i}", letter(i)) for i in range(5)]) == []


def test_a_copy_whose_rules_the_scanner_broke_is_no_letter():
    one, other = (copy.image for copy in filled_copies("order", "2020", [0, 1], "clean", dpi=100))
    ink = 255 - other
    ruled = np.maximum(
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, 40), np.uint8)),
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((40, 1), np.uint8)),
    )
    gap = (np.add.outer(np.arange(ink.shape[0]), np.arange(ink.shape[1])) % 30) < 5
    broken = np.where((cv2.dilate(ruled, np.ones((3, 3), np.uint8)) > 40) & gap, 255, other)
    all_are_letters = GroupingRules(most_unlike=0.0)

    pages = [_page("ruled", one), _page("broken", broken.astype(np.uint8))]
    (group,) = group_pages(pages, all_are_letters)

    assert group.keys == ("broken", "ruled")


def test_an_empty_pool_has_no_groups():
    assert group_pages([]) == []


def _sheet(year: str, values: int, ticks: int) -> np.ndarray:
    """Draw strokes of a small form: a year printed three times, entries and tick boxes."""
    rng = random.Random(values)
    ink = np.zeros((400, 300), np.uint8)
    for y in range(60, 360, 30):
        cv2.line(ink, (20, y), (280, y), 255, 1)
        cv2.putText(ink, f"Line {y}", (22, y - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 255, 1)
        amount = str(rng.randint(100, 99_999))
        cv2.putText(ink, amount, (150, y - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
        cv2.rectangle(ink, (260, y - 20), (272, y - 8), 255, 1)
        if ticks >> ((y - 60) // 30) & 1:
            cv2.line(ink, (261, y - 19), (271, y - 9), 255, 2)
    for place in ((20, 25), (150, 25), (20, 385)):
        cv2.putText(ink, year, place, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    return ink


def _editions(stack) -> list[tuple[int, ...]]:
    return [edition.copies for edition in split_editions(stack)]


def test_a_year_printed_otherwise_divides_copies_that_share_all_else():
    stack = [_sheet("2023" if i % 2 else "2024", i, 7 * i) for i in range(8)]

    assert _editions(stack) == [(0, 2, 4, 6), (1, 3, 5, 7)]


def test_the_places_that_divide_are_shown():
    stack = [_sheet("2023" if i % 2 else "2024", i, 7 * i) for i in range(8)]

    boxes = split_editions(stack)[0].differs

    assert boxes
    for box in boxes:
        assert box.y1 * 400 < 45 or box.y0 * 400 >= 360


def test_ticks_alone_divide_nothing():
    half = [_sheet("2024", i, 0b1111111111 if i % 2 else 0) for i in range(8)]

    assert _editions(half) == [tuple(range(8))]


def test_entries_alone_divide_nothing():
    assert _editions([_sheet("2024", i, 7 * i) for i in range(8)]) == [tuple(range(8))]


def test_one_digit_of_small_print_divides_when_every_copy_shows_it():
    def sheet(edition: str, values: int) -> np.ndarray:
        ink = _sheet("2024", values, 0)
        cv2.putText(ink, f"rev {edition}", (100, 385), cv2.FONT_HERSHEY_PLAIN, 0.7, 255, 1)
        return ink

    stack = [sheet("7-23" if i % 3 == 0 else "7-24", i) for i in range(12)]

    assert _editions(stack) == [
        tuple(i for i in range(12) if i % 3 == 0),
        tuple(i for i in range(12) if i % 3),
    ]


def test_a_line_of_print_that_only_some_copies_have_divides_them_with_a_changed_year():
    def sheet(year: str, values: int) -> np.ndarray:
        ink = _sheet(year, values, values)
        if year == "2024":
            cv2.putText(ink, "Keep this copy for your records", (80, 52), 0, 0.4, 255, 1)
        return ink

    (first, second) = split_editions([sheet("2023" if i % 2 else "2024", i) for i in range(8)])

    assert first.copies == (0, 2, 4, 6)
    assert any(box.x0 * 300 < 100 < box.x1 * 300 or box.width > 0.3 for box in second.differs)


def _faxed(ink: np.ndarray) -> np.ndarray:
    noisy = ink.astype(float) + np.random.default_rng(3).normal(0, 60, ink.shape)
    return np.where(noisy > 110, 255, 0).astype(np.uint8)


def test_a_fax_joins_the_edition_whose_print_it_shows():
    stack = [_sheet("2023" if i % 2 else "2024", i, 7 * i) for i in range(10)]
    stack[3], stack[6] = _faxed(stack[3]), _faxed(stack[6])

    assert _editions(stack) == [(0, 2, 4, 6, 8), (1, 3, 5, 7, 9)]


def test_a_fax_that_shows_neither_edition_is_in_none():
    stack = [_sheet("2023" if i % 2 else "2024", i, 7 * i) for i in range(10)]
    blotted = _sheet("202", 10, 3)
    for x, y in ((45, 0), (175, 0), (45, 370)):
        cv2.rectangle(blotted, (x, y), (x + 30, y + 29), 255, -1)

    assert _editions([*stack, _faxed(blotted)]) == [(0, 2, 4, 6, 8), (1, 3, 5, 7, 9)]


def test_three_copies_are_too_few_to_tell_editions():
    assert _editions([_sheet(year, i, 0) for i, year in enumerate(("2023", "2024", "2024"))]) == [
        (0, 1, 2)
    ]


def test_copies_beyond_those_compared_join_the_edition_they_resemble():
    stack = [_sheet("2023" if i % 3 == 0 else "2024", i, i) for i in range(60)]

    first, second = _editions(stack)

    assert set(first) == {i for i in range(60) if i % 3 == 0}
    assert set(second) == {i for i in range(60) if i % 3}
