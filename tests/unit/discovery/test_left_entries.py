"""What most copies have written alike is no print of the form."""

from __future__ import annotations

import cv2
import numpy as np
import pymupdf
import pytest

from chohyo.discovery import left_entries
from chohyo.discovery.blank_form import BlankForm, first_form, rebuild
from chohyo.discovery.entry_signs import EntrySigns
from chohyo.discovery.left_entries import Candidate, Entries
from chohyo.domain.geometry import Transform

DPI = 180
LABELS = ("氏名", "住所", "電話", "備考", "職業", "続柄")
PHONES = ("58-1960-0060", "40-9087-1989", "96-8496-4855", "51-4541-6975", "22-4775-7344")


def _copy(number: int, name: str, phone: str, *, dates: bool = False) -> np.ndarray:
    document = pymupdf.open()
    sheet = document.new_page(width=595, height=842)
    for row, label in enumerate(LABELS):
        y = 60 + 60 * row
        sheet.draw_rect(pymupdf.Rect(40, y - 22, 380, y + 14), width=0.8)
        sheet.draw_line((110, y - 22), (110, y + 14), width=0.8)
        sheet.insert_text((55, y), label, fontname="japan", fontsize=13)
    off = np.random.default_rng(number).uniform(-0.6, 0.6, 2)
    for text, y in ((name, 60), (phone, 180)):
        place = (122 + off[0], y + off[1])
        sheet.insert_text(place, text, fontname=("japan", "japan-s")[number % 2], fontsize=12)
    for row in range(3, 6) if dates else ():
        y = 60 + 60 * row
        sheet.insert_text((150, y), "年", fontname="japan", fontsize=12)
        sheet.insert_text((141, y), str((number * 7 + row) % 9), fontname="japan", fontsize=12)
        if (number + row) % 2:
            sheet.draw_oval(pymupdf.Rect(302, y - 14, 321, y + 6), width=1.2)
        for text, x in (("有", 306), ("無", 324)):
            sheet.insert_text((x, y), text, fontname="japan", fontsize=11)
    pixels = sheet.get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY)
    page = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width)
    grain = np.random.default_rng(number).normal(0, 6, page.shape)
    soft = cv2.GaussianBlur(page, (0, 0), 0.7 + 0.1 * number)
    return np.clip(soft + grain, 0, 255).astype(np.uint8)


def _rebuilt(names: tuple[str, ...]) -> BlankForm:
    copies = [_copy(n, *each) for n, each in enumerate(zip(names, PHONES, strict=True))]
    height, width = copies[0].shape
    return rebuild(copies, [Transform.identity()] * len(copies), (width, height))


def _print_in(blank: BlankForm, x0: float, x1: float, y: float) -> int:
    top, bottom, left, right = (round(v * DPI / 72) for v in (y - 16, y + 8, x0, x1))
    return int(blank.constant_ink[top:bottom, left:right].sum())


@pytest.mark.parametrize(
    "names",
    [
        ("清水翔太", "斎藤和也", "斎藤翔太", "小林隆", "斎藤浩二"),
        ("山口由美", "林拓也", "山口恵子", "山口彩香", "前田真由美"),
        ("吉田翔太", "鈴木美咲", "池田美咲", "吉田結衣", "吉田真由美"),
    ],
)
def test_a_letter_that_most_names_begin_with_is_no_print(names: tuple[str, ...]) -> None:
    blank = _rebuilt(names)
    assert _print_in(blank, 118, 200, 60) == 0
    assert _print_in(blank, 50, 100, 60) > 300


def test_labels_before_values_stay_print() -> None:
    blank = _rebuilt(("橋本浩二", "田中美咲", "森結衣", "清水大輔", "山口誠"))
    for row in range(len(LABELS)):
        assert _print_in(blank, 50, 100, 60 + 60 * row) > 300


def _dated() -> tuple[BlankForm, list[Candidate]]:
    names = ("橋本浩二", "田中美咲", "森結衣", "清水大輔", "山口誠")
    copies = [_copy(n, *each, dates=True) for n, each in enumerate(zip(names, PHONES, strict=True))]
    height, width = copies[0].shape
    blank = first_form(copies, [Transform.identity()] * len(copies), (width, height))
    return blank, [piece for pieces in Entries(blank).beside_writing() for piece in pieces]


def _at(pieces: list[Candidate], x: float) -> list[Candidate]:
    return [p for p in pieces if abs(p.box.center[0] * 72 / DPI - x) < 4]


def test_a_letter_that_the_form_prints_in_several_places_is_no_entry() -> None:
    blank, pieces = _dated()
    years = _at(pieces, 156)
    assert years
    assert all(piece.repeated for piece in years)
    left, right = (round(x * DPI / 72) for x in (150, 163))
    assert not Entries(blank).mask()[:, left:right].any()


def test_print_beside_or_in_a_ring_is_no_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EntrySigns, "is_alone", lambda *_: False)
    _, pieces = _dated()
    assert not [p for p in pieces if p.box.x0 * 72 / DPI > 290]
    monkeypatch.setattr(left_entries, "find_circles", lambda *_: [])
    _, pieces = _dated()
    assert [p for p in pieces if p.box.x0 * 72 / DPI > 290]


def _boxes(number: int, digits: str) -> np.ndarray:
    """Draw a row of boxes with thick grey sides, filled in with digits, and more rows like it."""
    page = np.full((900, 2200), 255, np.uint8)
    rng = np.random.default_rng(number)
    for row in range(4):
        top = 200 + 120 * row
        cv2.rectangle(page, (300, top), (300 + 48 * 5, top + 42), 90, 4)
        for n in range(1, 5):
            page[top : top + 43, 292 + 48 * n : 308 + 48 * n] = 90
        for n, digit in enumerate(rng.permutation(list(digits))):
            place = (315 + 48 * n + int(rng.integers(-2, 3)), top + 33)
            cv2.putText(page, str(digit), place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 3)
    grain = rng.normal(0, 6, page.shape)
    return np.clip(cv2.GaussianBlur(page, (0, 0), 0.8) + grain, 0, 255).astype(np.uint8)


def _bars_of(*, guarded: bool) -> list[Candidate]:
    copies = [_boxes(n, digits) for n, digits in enumerate(("12345", "67890", "24680", "13579"))]
    blank = first_form(copies, [Transform.identity()] * 4, (2200, 900))
    with pytest.MonkeyPatch.context() as patch:
        if not guarded:
            patch.setattr(Entries, "_parts_cells", lambda *_: False)
        pieces = [piece for found in Entries(blank).beside_writing() for piece in found]
    return [piece for piece in pieces if piece.box.height > 30]


def test_the_thick_side_of_a_box_is_no_entry() -> None:
    assert _bars_of(guarded=False)
    assert not _bars_of(guarded=True)


def _bracketed(number: int, amount: str) -> np.ndarray:
    page = np.full((900, 1200), 255, np.uint8)
    rng = np.random.default_rng(number)
    for row in range(6):
        top = 100 + 120 * row
        cv2.putText(page, f"Amount {row}", (80, top), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
        if row == 2:
            cv2.putText(page, ")", (652, top), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
        if amount:
            place = (560 + int(rng.integers(-2, 3)), top)
            cv2.putText(page, amount, place, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    grain = rng.normal(0, 6, page.shape)
    return np.clip(cv2.GaussianBlur(page, (0, 0), 0.8) + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("last", "is_candidate"), [("36 471", True), ("", False)])
def test_what_a_copy_shows_that_has_written_nothing_there_is_print(
    last: str, is_candidate: bool
) -> None:
    amounts = ("13 925", "28 034", "57 160", "94 278", last)
    copies = [_bracketed(n, amount) for n, amount in enumerate(amounts)]
    blank = first_form(copies, [Transform.identity()] * 5, (1200, 900))
    pieces = [piece for found in Entries(blank).beside_writing() for piece in found]
    behind = [piece for piece in pieces if abs(piece.box.center[0] - 660) < 10]
    assert bool(behind) == is_candidate
