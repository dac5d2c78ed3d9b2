"""Rings as narrow as digits, rings that touch, and digits that are none."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.discovery.blank_form import rebuild
from chohyo.discovery.close_rings import close_rings
from chohyo.discovery.field_regions import survey
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region import RegionKind
from chohyo.domain.geometry import Transform

SHAPE = (1100, 780)
SIGNS = [(300, 1), (318, 2), (340, 3)]
RINGS = [PixelBox(295, 390, 306, 405), PixelBox(312, 390, 325, 405), PixelBox(331, 390, 350, 405)]


def _signs() -> np.ndarray:
    """Draw a dash, a plus and two plus signs in a row."""
    drawn = np.zeros(SHAPE, np.uint8)
    for x, kind in SIGNS:
        cv2.line(drawn, (x - 2 - 2 * (kind - 1), 397), (x + 2 + 2 * (kind - 1), 397), 1, 2)
        for stroke in range(kind - 1):
            at = x + 5 * stroke - 2 * (kind - 2)
            cv2.line(drawn, (at, 393), (at, 401), 1, 1)
    return drawn > 0


def _ring(box: PixelBox, thick: int = 2) -> np.ndarray:
    drawn = np.zeros(SHAPE, np.uint8)
    middle = round(box.center[0]), round(box.center[1])
    cv2.ellipse(drawn, middle, (box.width // 2 - 1, box.height // 2 - 1), 0, 0, 360, 1, thick)
    return drawn > 0


def _grown(mask: np.ndarray) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3))) > 0


def _found(fills: np.ndarray, text: np.ndarray) -> list[tuple[int, PixelBox]]:
    ink = _grown(text)
    return sorted(close_rings(fills & ~ink, text, ink))


def test_rings_as_narrow_as_a_zero_around_signs_are_rings() -> None:
    fills = np.stack([_ring(box) for box in RINGS])
    found = _found(fills, _signs())
    assert [copy for copy, _ in found] == [0, 1, 2]
    assert all(box.iou(RINGS[copy]) > 0.6 for copy, box in found)


def test_rings_that_touch_are_one_each() -> None:
    beside = RINGS[0]._replace(x0=305, x1=318)
    text = _signs()
    text[395:400, 310:313] = True
    fills = (_ring(RINGS[0]) | _ring(beside))[None]
    assert len(cv2.connectedComponentsWithStats(fills[0].astype(np.uint8))[2]) == 2
    assert [box.iou(ring) > 0.6 for (_, box), ring in zip(
        _found(fills, text), (RINGS[0], beside), strict=True
    )] == [True, True]  # fmt: skip


def test_a_zero_where_other_copies_write_other_digits_is_no_ring() -> None:
    text = np.zeros(SHAPE, np.bool_)
    text[396:399, 300:303] = True
    others = []
    for digit in "538":
        drawn = np.zeros(SHAPE, np.uint8)
        cv2.putText(drawn, digit, (293, 406), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 1, 2)
        others.append(drawn > 0)
    alone = _ring(PixelBox(294, 386, 309, 408))[None]
    assert _found(alone, text)
    assert not _found(np.concatenate([alone, others]), text)


def test_a_ring_without_print_is_none() -> None:
    assert not _found(np.stack([_ring(box) for box in RINGS]), np.zeros(SHAPE, np.bool_))


WIDTH, HEIGHT, ROW, TOP = 900, 1200, 40, 200
COLUMNS = [(300, 500), (500, 700)]


def _results(copy: int) -> np.ndarray:
    """Draw a copy of a table of amounts, with signs of which one is ringed in the last two rows."""
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for row in range(9):
        y = TOP + row * ROW
        for x0, x1 in [(100, 300), *COLUMNS]:
            cv2.rectangle(page, (x0, y), (x1, y + ROW), 0, 2)
        cv2.putText(page, f"Result no. {row + 1}", (110, y + 28), 0, 0.7, 0, 2)
        for column, (x0, _) in enumerate(COLUMNS):
            if row < 7:
                amount = str((copy + 2) * (row + 3) * (column + 41) % 97 + 100)
                cv2.putText(page, amount, (x0 + 70, y + 30), 0, 0.8, 60, 2)
                continue
            for place, sign in enumerate(("-", "+", "++")):
                x = x0 + 50 + 34 * place
                cv2.putText(page, sign, (x, y + 28), 0, 0.5, 0, 2)
            chosen = (copy + row + column) % 3
            middle = (x0 + 55 + 34 * chosen + 4 * (chosen == 2), y + 23)
            cv2.ellipse(page, middle, (14 if chosen == 2 else 9, 13), 0, 0, 360, 70, 2)
    return page


def test_signs_that_copies_ring_in_a_column_of_amounts_are_options() -> None:
    blank = rebuild(
        [_results(copy) for copy in range(5)], [Transform.identity()] * 5, (WIDTH, HEIGHT)
    )
    regions, _ = survey(blank)
    for row in (7, 8):
        for x0, x1 in COLUMNS:
            cell = PixelBox(x0, TOP + row * ROW, x1, TOP + (row + 1) * ROW)
            kinds = [r.kind for r in regions if cell.intersection(r.box) > 0.7 * r.box.area]
            assert kinds.count(RegionKind.OPTION) == 3
            assert RegionKind.TEXT not in kinds
