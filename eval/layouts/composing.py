"""Compose whole pages: an issuer's furniture, and blocks below each other."""

from __future__ import annotations

from random import Random

from eval.layouts.blocks import BLOCKS, bar, text
from eval.layouts.issuer import Issuer, draw_issuer
from eval.layouts.items import Item, Layout
from eval.layouts.pen import Area, Pen

KINDS = len(BLOCKS)


def compose(rng: Random, issuer: Issuer | None = None) -> Layout:
    """Compose a form page, of the given issuer or of a new one."""
    issuer = issuer or draw_issuer(rng, KINDS)
    pen = Pen(rng, issuer)
    edge = issuer.margin
    area = Area(edge, edge, issuer.width - edge, issuer.height - edge)
    area = _furnish(pen, area)
    way = rng.random()
    if way < 0.06:
        _letter(pen, area)
    elif way < 0.16:
        middle = (area.x0 + area.x1) / 2 + rng.uniform(-0.15, 0.15) * area.width
        _stack(pen, Area(area.x0, area.y0, middle - 4, area.y1))
        _stack(pen, Area(middle + 4, area.y0, area.x1, area.y1))
    elif way < 0.22:
        _repeated(pen, area)
    else:
        _stack(pen, area)
    return Layout(issuer.width, issuer.height, tuple(pen.items), issuer.language)


def _furnish(pen: Pen, area: Area) -> Area:
    """Draw title, letterhead and footer; return what is left for the form itself.

    The letterhead is drawn from the issuer's own seed: it is the same on all its forms.
    """
    issuer, rng = pen.issuer, pen.rng
    top, bottom = area.y0, area.y1
    if issuer.letterhead:
        own = Pen(Random(issuer.seed), issuer)
        top = _letterhead(own, area)
        bottom = _footer(own, area)
        pen.items += own.items
    elif rng.random() < 0.6:
        bottom = _footer(pen, area)
    if rng.random() < 0.88:
        top = _title(pen, Area(area.x0, top, area.x1, bottom))
    rest = Area(area.x0, top, area.x1, bottom)
    if issuer.framed:
        pen.frame(rest, issuer.rule * 1.8)
        return Area(rest.x0 + 3, rest.y0 + 3, rest.x1 - 3, rest.y1 - 3)
    return rest


def _letterhead(pen: Pen, area: Area) -> float:
    rng, body = pen.rng, pen.issuer.body
    height = rng.uniform(18, 55)
    width = height * rng.uniform(0.8, 2.5)
    left = rng.choice([area.x0, area.x1 - width, (area.x0 + area.x1 - width) / 2])
    pen.put("logo", Area(left, area.y0, left + width, area.y0 + height))
    length = area.width * rng.uniform(0.15, 0.4)
    x = area.x1 - length if left < area.x0 + 0.4 * area.width else area.x0
    y = area.y0
    for _ in range(rng.randint(1, 4)):
        if y + body * 1.3 < area.y0 + height:
            pen.words(x, y, length * rng.uniform(0.5, 1), size=body)
            y += body * 1.4
    if rng.random() < 0.5:
        pen.across(area.x0, area.x1, area.y0 + height + 3, rng.choice([0.5, 1.0, 2.5]))
    return area.y0 + height + 8


def _footer(pen: Pen, area: Area) -> float:
    rng, body = pen.rng, pen.issuer.body
    y = area.y1 - body * 1.4
    for left in rng.choice([(0.0,), (0.0, 0.8), (0.45,), (0.75,), (0.0, 0.4, 0.75)]):
        pen.words(area.x0 + left * area.width, y, area.width * rng.uniform(0.05, 0.22))
    if rng.random() < 0.5:
        pen.across(area.x0, area.x1, y - 2)
    return y - 5


def _title(pen: Pen, area: Area) -> float:
    """Draw what stands at the head of a form: its name, number, year, and where it goes."""
    rng, body = pen.rng, pen.issuer.body
    size = body * rng.uniform(1.2, 2.6)
    width = min(area.width * 0.75, size * rng.uniform(3, 20))
    place = rng.choice([0.0, 0.5, 0.5, 0.5, rng.uniform(0, 1)])
    left = area.x0 + (area.width - width) * place
    y = area.y0 + rng.uniform(0, 2) * body
    pen.words(left, y, width, size=size, bold=rng.random() < 0.7)
    if rng.random() < 0.6:
        pen.words(area.x0, area.y0, min(area.width * 0.15, body * rng.uniform(2, 9)), size=body)
    if rng.random() < 0.5:
        length = min(area.width * 0.22, body * rng.uniform(4, 14))
        large = rng.random() < 0.3
        pen.number(area.x1 - length, area.y0, length, size=size if large else body)
    y += size * 1.6
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        width = area.width * rng.uniform(0.2, 0.9)
        pen.words(area.x0 + (area.width - width) * place, y, width)
        y += body * 1.4
    for _ in range(rng.choice([0, 0, 0, 1, 3])):
        width = area.width * rng.uniform(0.15, 0.35)
        left = area.x1 - width - rng.uniform(0, 0.1) * area.width
        pen.words(left, y, width * 0.4)
        entry = Area(left + width * 0.45, y - 1, area.x1, y + body * 1.5)
        pen.put("entry", entry)
        if rng.random() < 0.5:
            pen.across(entry.x0, entry.x1, entry.y1)
        y += body * 1.8
    if rng.random() < 0.4:
        pen.across(area.x0, area.x1, y, rng.choice([0.5, 1.0, 2.0]))
    return y + body * rng.uniform(0.3, 1.5)


def _stack(pen: Pen, area: Area) -> None:
    """Put blocks below each other until the area, or a share of it, is full."""
    rng, issuer = pen.rng, pen.issuer
    fullness = 1.0 if rng.random() < 0.7 else rng.uniform(0.35, 1.0)
    bottom = area.y0 + area.height * fullness
    y = area.y0
    while bottom - y > 1.5 * issuer.pitch:
        if rng.random() < 0.3:
            bar(pen, Area(area.x0, y, area.x1, bottom))
            y += issuer.body * 2.0
        elif rng.random() < 0.15:
            height = min(bottom - y, issuer.body * 1.5 * rng.randint(1, 4))
            text(pen, Area(area.x0, y, area.x1, y + height))
            y += height
        draw, least, most = rng.choices(BLOCKS, issuer.liking)[0]
        height = issuer.pitch * rng.uniform(least, most)
        if bottom - y - height < 3 * issuer.pitch:
            height = bottom - y
        if height <= issuer.pitch:
            break
        _beside(pen, Area(area.x0, y, area.x1, y + height), draw)
        y += height + issuer.gap


def _beside(pen: Pen, area: Area, draw) -> None:  # type: ignore[no-untyped-def]
    """Draw a block, now and then with another one beside it."""
    rng = pen.rng
    if rng.random() < 0.15 and area.width > 250:
        middle = area.x0 + area.width * rng.uniform(0.3, 0.7)
        other = rng.choices(BLOCKS, pen.issuer.liking)[0][0]
        draw(pen, Area(area.x0, area.y0, middle - 3, area.y1))
        other(pen, Area(middle + 3, area.y0, area.x1, area.y1))
    else:
        draw(pen, area)


def _letter(pen: Pen, area: Area) -> None:
    """Write a letter: address, date, paragraphs, a place to sign."""
    rng, body = pen.rng, pen.issuer.body
    y = area.y0 + rng.uniform(0, 60)
    for _ in range(rng.randint(2, 5)):
        pen.words(area.x0, y, area.width * rng.uniform(0.15, 0.4))
        y += body * 1.5
    pen.words(area.x0 + area.width * 0.7, y, area.width * rng.uniform(0.15, 0.3))
    y += body * rng.uniform(2, 5)
    while y < area.y1 - 12 * body:
        height = body * 1.5 * rng.randint(2, 8)
        pen.paragraph(Area(area.x0, y, area.x1, min(area.y1 - 9 * body, y + height)), body, 1.5)
        y += height + body
        if rng.random() < 0.15:
            break
    pen.words(area.x0, y + body, area.width * 0.3)
    pen.across(area.x0, area.x0 + area.width * 0.4, y + 5 * body)
    pen.put("entry", Area(area.x0, y + 2 * body, area.x0 + area.width * 0.4, y + 5 * body))


def _repeated(pen: Pen, area: Area) -> None:
    """Print one thing two or three times on the sheet, as slips with a stub are."""
    rng = pen.rng
    count = rng.choice([2, 2, 3])
    height = area.height / count
    slip = Pen(Random(rng.getrandbits(32)), pen.issuer)
    _stack(slip, Area(area.x0, area.y0, area.x1, area.y0 + height - 8))
    for k in range(count):
        pen.items += [moved(item, 0, k * height) for item in slip.items]
        pen.across(0, pen.issuer.width, area.y0 + (k + 1) * height - 4, 0.5)
        pen.words(area.x0, area.y0 + k * height, area.width * 0.1)


def moved(item: Item, dx: float, dy: float) -> Item:
    """Return the item elsewhere."""
    return Item(
        item.kind,
        item.x0 + dx,
        item.y0 + dy,
        item.x1 + dx,
        item.y1 + dy,
        item.seed,
        item.tone,
        item.style,
    )
