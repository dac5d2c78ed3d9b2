"""The blocks that forms are made of. Each fills an area with print and places to fill in."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from eval.layouts.pen import Area, Pen
from eval.layouts.ruled import (
    combs,
    cuts,
    grid,
    label_rows,
    labelled_boxes,
    numbered_lines,
    seals,
    table,
)


def underlined(pen: Pen, area: Area) -> None:
    """Draw labels, each followed by a line to write on."""
    rng, issuer = pen.rng, pen.issuer
    pitch = issuer.pitch * rng.uniform(1.0, 1.6)
    y = area.y0
    while y + pitch <= area.y1 + 0.1:
        xs = cuts(pen, area.x0, area.x1, rng.choice([1, 1, 2, 2, 3]))
        for left, right in itertools.pairwise(xs):
            below = rng.random() < 0.2
            width = min((right - left) * 0.5, issuer.body * rng.uniform(2, 12))
            start = left if below else left + width + 3
            size = issuer.body
            pen.words(left, y + (pitch - 2 if below else pitch - 1.3 * size), width, size=size)
            pen.across(start, right - 6, y + pitch - 2)
            pen.put("entry", Area(start, y, right - 6, y + pitch - 2))
        y += pitch * (1.5 if pitch < 14 else 1.0)


def text(pen: Pen, area: Area) -> None:
    """Fill the area with paragraphs in one to three columns."""
    rng = pen.rng
    size = pen.issuer.body * rng.uniform(0.75, 1.1)
    columns = rng.choice([1, 1, 1, 2, 3])
    gutter = size * 1.5
    width = (area.width - gutter * (columns - 1)) / columns
    indent = rng.choice([0.0, 0.0, 2.0])
    for k in range(columns):
        left = area.x0 + k * (width + gutter)
        pen.paragraph(
            Area(left + indent * size, area.y0, left + width, area.y1), size, rng.uniform(1.2, 1.9)
        )


def choices(pen: Pen, area: Area) -> None:
    """Draw columns of small squares or rings, each with a line of print."""
    rng, body = pen.rng, pen.issuer.body
    columns = rng.randint(1, 4)
    pitch = pen.issuer.pitch * rng.uniform(0.7, 1.2)
    width = area.width / columns
    square = body * rng.uniform(0.7, 1.1)
    far = rng.random() < 0.3
    twice = far and rng.random() < 0.5
    for k in range(columns):
        left, y = area.x0 + k * width, area.y0
        while y + pitch <= area.y1 + 0.1:
            length = min(width * 0.75, body * rng.uniform(2, 40))
            spots = [left] if not far else [left + width - 2 * square]
            if twice:
                spots.append(left + width - 5 * square)
            for x in spots:
                box = Area(x, y + 1, x + square, y + 1 + square)
                pen.frame(box, 0.6)
                pen.put("tick", box)
            pen.words(left if far else left + square * 1.5, y, length)
            y += pitch


def bar(pen: Pen, area: Area) -> None:
    """Draw a heading over the width: white on black, on grey, or between rules."""
    rng, issuer = pen.rng, pen.issuer
    size = min(area.height / 1.4, issuer.body * 1.25)
    height = size * 1.4
    dark = issuer.shade > 0.5
    if issuer.shade:
        pen.put("shade", Area(area.x0, area.y0, area.x1, area.y0 + height), tone=issuer.shade)
    else:
        for y in rng.choice([(area.y0,), (area.y0 + height,), (area.y0, area.y0 + height)]):
            pen.across(area.x0, area.x1, y)
    width = min(area.width * 0.8, size * rng.uniform(4, 30))
    left = area.x0 + 3 if rng.random() < 0.7 else (area.x0 + area.x1 - width) / 2
    pen.words(left, area.y0, width, size=size, bold=True, tone=-1.0 if dark else 1.0)


def open_box(pen: Pen, area: Area) -> None:
    """Draw a large box with a caption, for free text; some have lines to write on."""
    pen.frame(area, pen.issuer.rule * pen.rng.choice([1, 1, 2]))
    pen.words(area.x0 + 3, area.y0 + 2, area.width * pen.rng.uniform(0.1, 0.6))
    if pen.rng.random() < 0.4:
        y = area.y0 + pen.issuer.pitch * 1.6
        while y < area.y1 - 2:
            pen.across(area.x0 + 4, area.x1 - 4, y, pen.issuer.rule * 0.6)
            y += pen.issuer.pitch * 1.3
    pen.put("note", Area(area.x0 + 4, area.y0 + pen.issuer.pitch * 0.7, area.x1 - 4, area.y1 - 3))


def scattered(pen: Pen, area: Area) -> None:
    """Strew labels with places beside them and no rules, as prints of business software do."""
    rng, body = pen.rng, pen.issuer.body
    y = area.y0
    while y + body * 1.4 <= area.y1:
        x = area.x0 + rng.choice([0.0, 0.0, rng.uniform(0, 0.5) * area.width])
        while x < area.x1 - 6 * body and rng.random() < 0.8:
            width = body * rng.uniform(1.5, 7)
            pen.words(x, y, min(width, area.x1 - x))
            room = body * rng.uniform(4, 20)
            pen.put(
                "entry", Area(x + width + 2, y - 1, min(area.x1, x + width + room), y + body * 1.5)
            )
            x += width + room + body
        y += pen.issuer.pitch * rng.choice([0.8, 1.0, 1.0, 1.6])


def codes(pen: Pen, area: Area) -> None:
    """Draw a barcode or a square code, with digits below, and some lines beside it."""
    rng, body = pen.rng, pen.issuer.body
    height = min(area.height, rng.uniform(20, 60))
    width = height if rng.random() < 0.4 else min(area.width * 0.5, height * rng.uniform(2, 6))
    left = rng.choice([area.x0, area.x1 - width])
    pen.put(
        "barcode",
        Area(left, area.y0, left + width, area.y0 + height - body),
        style=int(width == height),
    )
    pen.number(left, area.y0 + height - body, width * 0.8)
    other = Area(area.x0 + width + 8, area.y0, area.x1, area.y0 + height)
    if left > area.x0:
        other = Area(area.x0, area.y0, left - 8, area.y0 + height)
    pen.paragraph(
        Area(other.x0, other.y0, other.x0 + other.width * rng.uniform(0.3, 1), other.y1), body
    )


def blank(pen: Pen, area: Area) -> None:
    """Leave room, or a sketch in it."""
    if pen.rng.random() < 0.15:
        pen.put(
            "ellipse",
            Area(area.x0 + area.width * 0.3, area.y0, area.x0 + area.width * 0.7, area.y1),
        )


# A block and the height it usually takes, in lines of the issuer.
BLOCKS: tuple[tuple[Callable[[Pen, Area], None], float, float], ...] = (
    (table, 3, 22),
    (numbered_lines, 4, 26),
    (labelled_boxes, 3, 16),
    (label_rows, 2, 16),
    (combs, 1, 6),
    (underlined, 2, 8),
    (text, 1, 12),
    (choices, 2, 12),
    (open_box, 3, 14),
    (scattered, 3, 18),
    (seals, 2, 4),
    (codes, 2, 4),
    (grid, 4, 20),
    (blank, 1, 6),
)
