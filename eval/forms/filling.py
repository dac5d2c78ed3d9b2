"""Filled copies of our forms, degraded, with the truth about every field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

import cv2
import numpy as np

from chohyo.domain.geometry import Transform
from chohyo.domain.templates import FieldType
from eval.degradation import Pixels, choose_kind, degrade
from eval.forms.calendars import date_parts
from eval.forms.catalogue import form_type
from eval.forms.compositing import overlaid, wavered
from eval.forms.form import FormType
from eval.forms.ink import Ink, Pen, choose_hand, choose_ink
from eval.forms.painting import Canvas, paint
from eval.forms.sheet import Blank, Sheet
from eval.forms.truth import FieldTruth, Placing, field_truth
from eval.forms.values import Meaning, meaning_of, written

DPI = 150

_BY_HAND = ("signature", "office_received", "reviewed_by")


@dataclass(frozen=True, slots=True)
class FilledPage:
    """One page of one filled copy.

    `image` is H × W grey, or H × W × 3 RGB when asked for in colour. `blank` is the undegraded
    blank form, H × W grey; `transform` maps fractions of it to fractions of `image`. `scan` holds
    the kind of degradation and its parameters.
    """

    image: Pixels
    blank: Pixels
    fields: tuple[FieldTruth, ...]
    transform: Transform
    form: FormType
    edition: str
    page: int
    seed: int
    dpi: int
    ink: str
    scan: Mapping[str, object]


@lru_cache(maxsize=4)
def blank_of(form: FormType, edition: str, page: int, dpi: int) -> Pixels:
    """Return the blank form as read-only H × W grey."""
    image = paint(form.sheet(edition, page), dpi)
    image.setflags(write=False)
    return image


def render_template(type_id: str, edition: str, page: int = 1, *, dpi: int = DPI) -> Pixels:
    """Return the blank form as read-only H × W grey.

    Raises:
        KeyError: there is no such form type or edition.
    """
    return blank_of(form_type(type_id), edition, page, dpi)


def filled_copies(
    type_id: str,
    edition: str,
    seeds: Sequence[int],
    kind: str = "scan",
    *,
    page: int = 1,
    dpi: int = DPI,
    color: bool = False,
) -> list[FilledPage]:
    """Return one filled and degraded copy of a page for each seed."""
    form, mix = form_type(type_id), {kind: 1.0}
    return [fill_page(form, edition, page, s, mix=mix, dpi=dpi, color=color) for s in seeds]


def fill_page(
    form: FormType,
    edition: str,
    page: int,
    seed: int,
    *,
    mix: Mapping[str, float] | None = None,
    dpi: int = DPI,
    color: bool = False,
) -> FilledPage:
    """Fill and degrade one page; all pages of a seed tell one case, in one ink."""
    instance = Random(f"{form.id}@{edition}/{seed}")
    case = form.case(instance)
    ink = choose_ink(instance)
    rng = Random(f"{form.id}@{edition}#{page}/{seed}")
    sheet = form.sheet(edition, page)
    meanings = [_remembered(blank, meaning_of(blank, case), rng) for blank in sheet.blanks]
    inks = _inks(sheet, ink, Random(f"hand/{form.id}@{edition}/{seed}"))
    layer = _ink_layer(sheet, meanings, inks, rng, dpi)
    blank = blank_of(form, edition, page, dpi)
    noise = np.random.default_rng(rng.getrandbits(64))
    worn = degrade(overlaid(blank, layer, color=color), choose_kind(noise, mix), noise)
    return FilledPage(
        image=worn.image,
        blank=blank,
        fields=_truths(sheet, meanings, inks, layer, worn.transform),
        transform=worn.transform,
        form=form,
        edition=edition,
        page=page,
        seed=seed,
        dpi=dpi,
        ink=ink.name,
        scan={"kind": worn.kind, **worn.params},
    )


def _remembered(blank: Blank, meaning: Meaning, rng: Random) -> Meaning:
    """Forget a free text now and then, as people do."""
    forgettable = blank.type in (FieldType.TEXT, FieldType.PHONE, FieldType.EMAIL)
    return None if forgettable and rng.random() < 0.05 else meaning


def _inks(sheet: Sheet, ink: Ink, rng: Random) -> list[Ink]:
    """Return the ink of each blank: a typed form is signed, and dealt with at the desk, by hand."""
    hand = ink if ink.by_hand else choose_hand(rng)
    return [hand if blank.name.startswith(_BY_HAND) else ink for blank in sheet.blanks]


def _truths(
    sheet: Sheet,
    meanings: Sequence[Meaning],
    inks: Sequence[Ink],
    layer: Pixels,
    transform: Transform,
) -> tuple[FieldTruth, ...]:
    placing = Placing(sheet, transform)
    grey = np.asarray(cv2.cvtColor(layer, cv2.COLOR_RGB2GRAY), np.uint8)
    written = zip(sheet.blanks, meanings, inks, strict=True)
    return tuple(
        field_truth(blank, meaning, placing, grey, by_hand=ink.by_hand)
        for blank, meaning, ink in written
    )


def _ink_layer(
    sheet: Sheet, meanings: Sequence[Meaning], inks: Sequence[Ink], rng: Random, dpi: int
) -> Pixels:
    """Return what was written, on white, as H × W × 3 RGB."""
    layers = []
    for ink in dict.fromkeys(inks):
        canvas = Canvas(sheet.width, sheet.height)
        pen = Pen(canvas, ink, rng)
        for blank, meaning, used in zip(sheet.blanks, meanings, inks, strict=True):
            if used == ink and meaning is not None and meaning is not False:
                _put(pen, blank, meaning, sheet.lang)
        layer = canvas.pixels(dpi)
        layers.append(wavered(layer, ink.bend * dpi / 72, rng) if ink.bend else layer)
    return np.asarray(np.minimum.reduce(layers), np.uint8)


def _put(pen: Pen, blank: Blank, meaning: Meaning, lang: str) -> None:
    """Write one value in the way its blank asks for."""
    if blank.kind == "seal":
        pen.stamp(str(meaning), blank.area)
    elif blank.kind == "circle":
        pen.circle(blank.area)
    elif blank.kind == "check":
        pen.tick(blank.area)
    elif blank.comb:
        pen.comb(written(blank, meaning, lang), blank.area, blank.comb, align=blank.align)
    elif isinstance(meaning, date) and blank.parts:
        for part, piece in zip(blank.parts, date_parts(meaning, blank.date_style), strict=True):
            if blank.vertical:
                pen.write_down(piece, part)
            else:
                pen.write(piece, part, align="center")
    elif blank.vertical:
        pen.write_down(written(blank, meaning, lang), blank.area)
    else:
        pen.write(written(blank, meaning, lang), blank.area, align=blank.align, lines=blank.lines)
