"""Blocks of rules: tables, boxes, rows and cells, with print and places to fill in."""

from __future__ import annotations

import itertools
from dataclasses import replace

from eval.layouts.pen import Area, Pen


def table(pen: Pen, area: Area) -> None:
    """Draw a ruled table with a head and, often, a first column of labels."""
    rng, issuer = pen.rng, pen.issuer
    row = min(area.height, issuer.pitch * rng.uniform(0.8, 1.4))
    rows = max(1, int(area.height / row))
    row = area.height / rows
    xs = cuts(pen, area.x0, area.x1, rng.randint(2, rng.choice([4, 8, 16])))
    head = rng.random() < 0.8 and rows > 2
    labelled = rng.random() < 0.6
    bars = rng.random() < 0.85
    every = rng.choice([1, 1, 1, 1, 5, 0])
    void = rng.choice([0.0, 0.0, 0.0, 0.1, 0.3])
    if head and issuer.shade:
        pen.put("shade", Area(area.x0, area.y0, area.x1, area.y0 + row), tone=issuer.shade)
    for i in range(rows + 1):
        if i in (0, rows) or (every and i % every == 0):
            pen.across(area.x0, area.x1, area.y0 + i * row)
    for j, x in enumerate(xs):
        if bars or j in (0, len(xs) - 1):
            pen.down(x, area.y0, area.y1)
    for i in range(rows):
        for j in range(len(xs) - 1):
            cell = Area(xs[j], area.y0 + i * row, xs[j + 1], area.y0 + (i + 1) * row)
            if head and i == 0:
                tone = -1.0 if issuer.shade > 0.5 else 1.0
                width = cell.width * rng.uniform(0.3, 0.9)
                left = cell.x0 + (cell.width - width) / 2
                size = min(issuer.body, row * 0.7)
                pen.words(left, cell.y0 + (row - size * 1.3) / 2, width, size=size, tone=tone)
            elif labelled and j == 0:
                pen.label(cell)
            elif void and rng.random() < void:
                pen.put("shade", cell, tone=0.3)
            else:
                pen.put("entry", cell)


def numbered_lines(pen: Pen, area: Area) -> None:
    """Draw numbered lines of print, each with a box for an amount at the right."""
    rng, issuer = pen.rng, pen.issuer
    pitch = issuer.pitch * rng.uniform(0.75, 1.1)
    column = area.width * rng.uniform(0.12, 0.24)
    number = issuer.body * 2
    inner = rng.random() < 0.4
    ruled = rng.random() < 0.8
    if ruled:
        pen.down(area.x1 - column, area.y0, area.y1)
        pen.down(area.x1 - column - number, area.y0, area.y1)
    y = area.y0
    while y + pitch <= area.y1 + 0.1:
        lines = rng.choice([1, 1, 1, 2, 3])
        bottom = min(area.y1, y + pitch * lines)
        right = area.x1 - column - number
        pen.number(area.x0, y + 1, issuer.body * rng.uniform(0.5, 1.2), size=issuer.body)
        top = y
        while top + pitch <= bottom + 0.1:
            last = top + 2 * pitch > bottom + 0.1
            width = (right - area.x0 - number) * (rng.uniform(0.2, 0.95) if last else 0.97)
            pen.words(area.x0 + number, top + 1, width)
            if last and rng.random() < 0.5:
                end = area.x0 + number + width
                pen.put(
                    "rule",
                    Area(end + 4, top + pitch * 0.6, right - 3, top + pitch * 0.65),
                    tone=0.35,
                )
            top += pitch
        pen.number(right + 2, bottom - pitch + 1, number * 0.6)
        pen.put("entry", Area(area.x1 - column, bottom - pitch, area.x1, bottom))
        pen.across(area.x1 - column - (number if ruled else 0), area.x1, bottom)
        if inner and rng.random() < 0.3:
            x = right - column
            pen.frame(Area(x, bottom - pitch, right - 3, bottom))
            pen.put("entry", Area(x, bottom - pitch, right - 3, bottom))
        y = bottom


def labelled_boxes(pen: Pen, area: Area) -> None:
    """Divide the area into boxes again and again, each with a small label in its corner."""
    pen.frame(area, pen.issuer.rule * pen.rng.choice([1, 1, 2]))
    limit = pen.issuer.pitch * pen.rng.uniform(1.1, 2.2)
    _divide(pen, area, limit, depth=0)


def _divide(pen: Pen, area: Area, limit: float, depth: int) -> None:
    rng = pen.rng
    tall, wide = area.height >= 2 * limit, area.width >= 5 * limit
    if depth < 7 and (tall or wide) and (depth < 2 or rng.random() < 0.9):
        flat = wide and (not tall or rng.random() < 0.45)
        share = rng.choice([0.5, 1 / 3, 2 / 3, rng.uniform(0.2, 0.8)])
        if flat:
            x = area.x0 + area.width * share
            pen.down(x, area.y0, area.y1)
            _divide(pen, Area(area.x0, area.y0, x, area.y1), limit, depth + 1)
            _divide(pen, Area(x, area.y0, area.x1, area.y1), limit, depth + 1)
        else:
            y = area.y0 + max(limit, round(area.height * share / limit) * limit)
            y = min(y, area.y1 - 0.5 * limit)
            pen.across(area.x0, area.x1, y)
            _divide(pen, Area(area.x0, area.y0, area.x1, y), limit, depth + 1)
            _divide(pen, Area(area.x0, y, area.x1, area.y1), limit, depth + 1)
        return
    size = pen.issuer.body * 0.8
    pen.words(area.x0 + 2, area.y0 + 1, min(area.width * 0.9, size * rng.uniform(2, 12)), size=size)
    pen.put("entry", Area(area.x0, area.y0 + size * 0.9, area.x1, area.y1))


def label_rows(pen: Pen, area: Area) -> None:
    """Draw ruled rows of a label and a place, or two of each, as Japanese forms have them."""
    rng, issuer = pen.rng, pen.issuer
    pen.frame(area, issuer.rule * rng.choice([1, 1, 2, 3]))
    share = rng.uniform(0.1, 0.32)
    shaded = issuer.shade if rng.random() < 0.5 and issuer.shade < 0.5 else 0.0
    grouped = rng.random() < 0.3
    x = area.x0
    if grouped:
        x += issuer.body * 2
        pen.down(x, area.y0, area.y1)
        length = min(area.height * 0.9, issuer.body * rng.uniform(3, 12))
        top = (area.y0 + area.y1 - length) / 2
        pen.put(
            "stacked",
            Area(area.x0 + issuer.body * 0.4, top, x - issuer.body * 0.4, top + length),
            style=issuer.plain,
        )
    y = area.y0
    while y < area.y1 - 1:
        bottom = min(area.y1, y + issuer.pitch * rng.choice([1.0, 1.0, 1.3, 2.0, 3.5]))
        if area.y1 - bottom < issuer.pitch * 0.7:
            bottom = area.y1
        parts = rng.choice([1, 1, 1, 2, 2, 3])
        xs = [x + (area.x1 - x) * k / parts for k in range(parts + 1)]
        for left, right in itertools.pairwise(xs):
            middle = left + (right - left) * (share if parts == 1 else 0.35)
            if shaded:
                pen.put("shade", Area(left, y, middle, bottom), tone=shaded)
            pen.label(Area(left, y, middle, bottom), bold=rng.random() < 0.1)
            pen.down(middle, y, bottom)
            if right < area.x1:
                pen.down(right, y, bottom)
            _place(pen, Area(middle, y, right, bottom))
        pen.across(x, area.x1, bottom)
        y = bottom


def _place(pen: Pen, area: Area) -> None:
    """Leave a place for an entry: plain, with comb cells, choices, or printed units."""
    rng, body = pen.rng, pen.issuer.body
    way = rng.random()
    if way < 0.55 or area.width < 8 * body:
        pen.put("note" if area.height > 3 * body else "entry", area)
    elif way < 0.7:
        comb(pen, Area(area.x0 + body, area.y0, area.x1 - body, area.y1))
    elif way < 0.88:
        x = area.x0 + body
        top = (area.y0 + area.y1) / 2 - body * 0.65
        while x < area.x1 - 4 * body:
            width = body * rng.uniform(1.2, 4)
            pen.words(x, top, width)
            pen.put("tick", Area(x - 0.2 * body, top, x + width, top + 1.3 * body))
            x += width + body * rng.uniform(0.8, 3)
    else:
        units = rng.randint(1, 4)
        for k in range(units):
            x = area.x0 + area.width * (k + 1) / units - 1.5 * body
            pen.words(x, (area.y0 + area.y1) / 2 - body * 0.65, body)
            pen.put("entry", Area(x - 5 * body, area.y0, x, area.y1))


def comb(pen: Pen, area: Area) -> None:
    """Draw a label and a row of small cells for single characters."""
    rng, body = pen.rng, pen.issuer.body
    height = min(area.height * 0.85, body * rng.uniform(1.4, 2.2))
    top = (area.y0 + area.y1 - height) / 2
    cell = height * rng.uniform(0.6, 1.0)
    count = max(2, min(rng.randint(4, 14), int(area.width * 0.8 / cell)))
    left = area.x0 + rng.uniform(0, 1) * max(0.0, area.width - count * cell)
    if left - area.x0 > 3 * body:
        pen.label(Area(area.x0, area.y0, left, area.y1))
    box = Area(left, top, left + count * cell, top + height)
    pen.frame(box, pen.issuer.rule * 0.7)
    for k in range(1, count):
        pen.down(left + k * cell, top, top + height, pen.issuer.rule * 0.6)
    pen.put("comb", box, style=count)


def combs(pen: Pen, area: Area) -> None:
    """Draw rows of combs, several beside each other: forms that machines were to read."""
    rng, issuer = pen.rng, pen.issuer
    pitch = max(issuer.pitch, 2.3 * issuer.body)
    rows = max(1, int(area.height / pitch))
    # Cells are often printed so pale that a machine sees only what is written in them.
    pale = replace(issuer, rule_tone=rng.choice([issuer.rule_tone, 0.5, 0.3]))
    cells = Pen(rng, pale, pen.items)
    regular = cuts(pen, area.x0, area.x1, rng.randint(1, 3)) if rng.random() < 0.5 else None
    for row in range(rows):
        y = area.y0 + row * pitch
        xs = regular or cuts(pen, area.x0, area.x1, rng.randint(1, 3))
        for left, right in itertools.pairwise(xs):
            comb(cells, Area(left, y, right - 4, y + pitch))


def grid(pen: Pen, area: Area) -> None:
    """Draw a fine even grid with digits along its edges, as attendance sheets have it."""
    rng = pen.rng
    columns = rng.choice([7, 12, 16, 31])
    rows = max(2, int(area.height / (pen.issuer.pitch * rng.uniform(0.7, 1.2))))
    label = area.width * rng.uniform(0.05, 0.25)
    width, height = (area.width - label) / columns, area.height / rows
    for i in range(rows + 1):
        pen.across(area.x0, area.x1, area.y0 + i * height, pen.issuer.rule * 0.7)
    for j in range(columns + 1):
        pen.down(area.x0 + label + j * width, area.y0, area.y1, pen.issuer.rule * 0.7)
    pen.down(area.x0, area.y0, area.y1)
    for j in range(columns):
        pen.number(
            area.x0 + label + (j + 0.25) * width,
            area.y0 + 1,
            width * 0.5,
            size=min(height, width) * 0.7,
        )
    for i in range(1, rows):
        y = area.y0 + i * height
        pen.label(Area(area.x0, y, area.x0 + label, y + height))
        for j in range(columns):
            pen.put(
                "tick",
                Area(area.x0 + label + j * width, y, area.x0 + label + (j + 1) * width, y + height),
            )


def seals(pen: Pen, area: Area) -> None:
    """Draw a row of boxes with captions at one side, for seals and initials."""
    rng, body = pen.rng, pen.issuer.body
    side = min(area.height - 1.5 * body, body * rng.uniform(3.5, 6))
    if side < body:
        return
    count = rng.randint(2, 6)
    left = area.x1 - count * side if rng.random() < 0.7 else area.x0
    for k in range(count):
        x = left + k * side
        pen.frame(Area(x, area.y0, x + side, area.y0 + 1.5 * body + side))
        pen.words(x + side * 0.15, area.y0, side * 0.7)
        pen.put("tick", Area(x, area.y0 + 1.5 * body, x + side, area.y0 + 1.5 * body + side))
    pen.across(left, left + count * side, area.y0 + 1.5 * body)


def cuts(pen: Pen, start: float, stop: float, parts: int) -> list[float]:
    """Return the edges of so many parts, even or not."""
    if pen.rng.random() < 0.3:
        shares = [1.0] * parts
    else:
        shares = [pen.rng.uniform(0.4, 2.5) for _ in range(parts)]
    edges = [start]
    for share in shares:
        edges.append(edges[-1] + (stop - start) * share / sum(shares))
    return edges
