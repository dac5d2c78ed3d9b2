"""What counts as other print: characters that changed, not entries that copies happen to share."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.domain.geometry import Transform
from chohyo.matching.edition import lean, tell_apart
from chohyo.matching.evidence import contradictions, seen_print
from chohyo.matching.fine_alignment import halved, lay_finely
from chohyo.matching.glyphs import replaced_glyphs
from chohyo.matching.print_model import learn_print, strokes
from chohyo.matching.streaks import streaks

_SHAPE = (1600, 1130)
_WORDS = ("Statement of account", "Name and address of holder", "Amount due in this period")


def _sheet(
    seed: int,
    year: str = "2023",
    entry: str | None = None,
    *,
    last: bool = True,
    issued: str = "2022.04",
    ticked: bool = False,
    era: str | None = None,
) -> np.ndarray:
    """Draw the ink of a form; an entry lies a little elsewhere on each copy, as writing does."""
    ink = np.zeros(_SHAPE, np.uint8)
    for row in range(26 if last else 25):
        y = 120 + 52 * row
        _text(ink, f"{row + 1} {_WORDS[row % 3]} {_WORDS[(row + 1) % 3]}", 70, y, 0.6)
        cv2.line(ink, (60, y + 14), (1060, y + 14), 255, 2)
    _text(ink, f"Form 12 ({year})", 70, 60, 0.5)
    _text(ink, f"since ({issued})", 800, 60, 0.4, darkness=190)
    cv2.rectangle(ink, (400, 46), (416, 62), 255, 1)
    _text(ink, "agreed", 424, 60, 0.5)
    if ticked:
        _text(ink, "x", 403, 59, 0.5)
    if era:
        _text(ink, era, 700, 1520, 0.6)
    rng = np.random.default_rng(seed)
    if entry:
        dx, dy = rng.integers(-3, 4, 2)
        _text(ink, entry, 800 + int(dx), 432 + int(dy), 0.7)
    noise = rng.normal(0, 6, _SHAPE)
    soft = cv2.GaussianBlur(ink, (0, 0), 0.8).astype(np.float32) + noise
    return np.clip(soft, 0, 255).astype(np.uint8)


def _text(ink: np.ndarray, words: str, x: int, y: int, size: float, darkness: int = 255) -> None:
    cv2.putText(ink, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, darkness, 1, cv2.LINE_AA)


def _learned(
    entry: str | None = None,
    year: str = "2023",
    seeds: tuple[int, ...] = (1, 2, 3),
    issued: str = "2022.04",
):
    copies = [(_sheet(seed, year, entry, issued=issued), Transform.identity()) for seed in seeds]
    return learn_print(copies, halved(copies[0][0]), _SHAPE)


def _laid(page: np.ndarray, model) -> np.ndarray:
    return strokes(lay_finely(page, Transform.identity(), halved(model.middle), model.shape))


@pytest.fixture(scope="module")
def model():
    """Give the print of a form without entries."""
    return _learned()


def test_one_digit_of_a_year_is_another_character(model):
    (found,) = replaced_glyphs(_laid(_sheet(9, "2024"), model), model)

    assert found.weight > 0.5
    assert 40 < found.y < 66
    assert 70 < found.x < 220
    assert replaced_glyphs(_laid(_sheet(9), model), model) == []


def test_a_digit_in_small_grey_print_is_another_character(model):
    (found,) = replaced_glyphs(_laid(_sheet(9, issued="2025.04"), model), model)

    assert found.weight > 0.5
    assert 800 < found.x < 920


def test_a_ticked_square_is_no_other_character(model):
    assert replaced_glyphs(_laid(_sheet(9, ticked=True), model), model) == []


def test_a_word_that_all_copies_share_is_no_other_character_where_a_page_has_another():
    shared = _learned("7")

    assert replaced_glyphs(_laid(_sheet(9, entry="2"), shared), shared) == []


def test_a_digit_makes_a_page_another_edition(model):
    own = contradictions(_laid(_sheet(9), model), model)
    other = contradictions(_laid(_sheet(9, "2024"), model), model)

    assert own is not None
    assert other is not None
    assert own.displaced < 0.1
    assert other.displaced > 0.5
    assert other.regions[0].box.y1 < 0.05


def test_a_word_that_is_another_one_altogether_is_print_where_nobody_writes():
    copies = [(_sheet(seed, era="Heisei"), Transform.identity()) for seed in (1, 2, 3)]
    model = learn_print(copies, halved(copies[0][0]), _SHAPE)

    found = replaced_glyphs(_laid(_sheet(9, era="Kouwa"), model), model)

    assert {glyph.y // 100 for glyph in found} == {15}
    assert max(glyph.weight for glyph in found) > 0.5
    assert replaced_glyphs(_laid(_sheet(9, era="Heisei"), model), model) == []


def test_what_is_written_over_a_character_leaves_it_what_it_is(model):
    page = _sheet(9)
    cv2.line(page, (60, 75), (240, 42), 255, 3)

    assert replaced_glyphs(_laid(page, model), model) == []


def test_an_entry_that_all_copies_share_is_not_missed_where_it_is_left_out():
    shared = _learned("none applies")
    empty = contradictions(_laid(_sheet(9), shared), shared)
    other = contradictions(_laid(_sheet(9, entry="see below"), shared), shared)

    assert empty is not None
    assert other is not None
    assert max(empty.lacking, empty.displaced, other.displaced) < 0.3


def test_a_printed_line_that_is_gone_is_missed(model):
    found = contradictions(_laid(_sheet(9, last=False), model), model)

    assert found is not None
    assert found.lacking > 0.5
    assert found.regions[0].agreement < 0.2


def test_an_entry_on_both_of_two_copies_is_no_difference_between_editions():
    filled, bare = _learned("none applies", seeds=(1, 2)), _learned(seeds=(3, 4))
    other = _learned(year="2024", seeds=(5, 6))
    page = _laid(_sheet(9), filled)

    assert lean(page, tell_apart(filled, bare, Transform.identity())).places == 0
    said = lean(page, tell_apart(filled, other, Transform.identity()))
    assert said.places > 0
    assert said.lean > 0.5


def test_print_that_the_copies_of_one_edition_show_more_boldly_does_not_differ():
    bold = np.ones((2, 2), np.uint8)
    copies = [cv2.dilate(_sheet(seed, "2024"), bold) for seed in (4, 5, 6)]
    bolder = learn_print(
        [(copy, Transform.identity()) for copy in copies], halved(copies[0]), _SHAPE
    )

    said = lean(_laid(_sheet(9), _learned()), tell_apart(_learned(), bolder, Transform.identity()))

    assert said.places == 1
    assert said.lean > 0.5


def test_a_digit_in_small_grey_print_tells_two_editions_apart(model):
    later = _learned(issued="2025.04", seeds=(4, 5, 6))
    again = _learned(seeds=(4, 5, 6))
    apart = tell_apart(model, later, Transform.identity())

    earlier, other = (
        lean(_laid(_sheet(9, issued=issued), model), apart) for issued in ("2022.04", "2025.04")
    )

    assert earlier.places == 1
    assert earlier.lean > 0.25
    assert other.lean < -0.25
    assert lean(model.middle, tell_apart(model, again, Transform.identity())).places == 0


def test_print_that_the_scan_cut_off_is_not_missed(model):
    page = _laid(_sheet(9), model)
    page[:62] = 0
    cut = Transform((1.0, 0.0, 0.0, 0.0, 1.0 - 62 / 1600, 62 / 1600, 0.0, 0.0, 1.0))

    missing = contradictions(page, model)
    found = contradictions(seen_print(page, model, cut), model)

    assert missing is not None
    assert found is not None
    assert missing.lacking > 0.2
    assert found.lacking + found.displaced < 0.1


def test_what_the_streak_of_a_fax_cuts_is_not_another_character(model):
    page = _sheet(9)
    page[:, 130:133] = 0
    laid, flat = _laid(page, model), Transform.identity()

    cut = contradictions(seen_print(laid, model, flat), model)
    spared = contradictions(seen_print(laid, model, flat, streaks(page)), model)

    assert cut is not None
    assert spared is not None
    assert cut.displaced + cut.lacking > 1
    assert spared.displaced + spared.lacking < 0.1


def test_a_character_beside_which_a_ring_is_drawn_says_nothing(model):
    page = _sheet(9, "2024")
    (found,) = replaced_glyphs(_laid(page, model), model)
    cv2.circle(page, (found.x + 4, found.y + 34), 16, 255, 2)

    assert replaced_glyphs(_laid(page, model), model) == []


def test_a_rule_that_a_fax_breaks_is_not_missed(model):
    page = _sheet(9)
    for row in range(26):
        page[120 + 52 * row + 10 : 120 + 52 * row + 18, 700:714] = 0

    found = contradictions(_laid(page, model), model)

    assert found is not None
    assert found.lacking / 26 < 0.3


def test_a_digit_of_a_year_whose_characters_run_together_is_another_character():
    def drawn(seed: int, year: str) -> np.ndarray:
        ink = _sheet(seed)
        cv2.putText(ink, f"No12-{year}", (300, 1560), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 255, 2)
        return ink

    copies = [(drawn(seed, "2023"), Transform.identity()) for seed in (1, 2, 3)]
    model = learn_print(copies, halved(copies[0][0]), _SHAPE)

    (found,) = replaced_glyphs(_laid(drawn(9, "2021"), model), model)

    assert found.weight > 0.5
    assert found.y > 1540
    assert replaced_glyphs(_laid(drawn(9, "2023"), model), model) == []


def test_a_table_that_no_copy_has_speaks_against_the_edition_and_a_flat_ring_does_not(model):
    table, ringed = _sheet(9), _sheet(9)
    cv2.line(table, (1085, 1100), (1085, 1548), 255, 2)
    for y in (1492, 1520, 1548):
        cv2.line(table, (300, y), (1085, y), 255, 2)
    cv2.ellipse(ringed, (600, 1520), (150, 16), 0, 0, 360, 255, 2)

    other = contradictions(_laid(table, model), model)
    own = contradictions(_laid(ringed, model), model)

    assert other is not None
    assert own is not None
    assert other.displaced > 2
    assert own.displaced < 0.3
