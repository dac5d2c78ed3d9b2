"""Another edition of a form: the same page with a date, a line, a box or a part changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from eval.layouts.composing import compose, moved
from eval.layouts.issuer import Issuer
from eval.layouts.items import Item, Layout
from eval.layouts.pen import Area, Pen

Change = Callable[[Layout, Issuer, Random], tuple[Item, ...]]


def revise(layout: Layout, issuer: Issuer, rng: Random) -> Layout:
    """Return another edition: one to four changes, sometimes so small that a lens is needed."""
    changes = rng.choice([1, 1, 2, 3, 4])
    revised = layout
    # A part that is dropped or moved may have been empty.
    while changes > 0 or revised.items == layout.items:
        (change,) = rng.choices(*zip(*_CHANGES, strict=True))
        revised = replace(revised, items=change(revised, issuer, rng))
        changes -= 1
    return revised


def _reworded(layout: Layout, issuer: Issuer, rng: Random) -> tuple[Item, ...]:
    """Write something else in some places: a year, a number, a sentence."""
    words = [i for i, item in enumerate(layout.items) if item.kind == "words"]
    # All of them: another form on the same grid, as the pages of one long form often are.
    count = rng.choice([2, 5, 10, 20, len(words), len(words)])
    chosen = set(rng.sample(words, min(len(words), count)))
    return tuple(_other_words(it, rng) if i in chosen else it for i, it in enumerate(layout.items))


def _other_words(item: Item, rng: Random) -> Item:
    width = item.width * (1.0 if rng.random() < 0.5 else rng.uniform(0.5, 1.2))
    return replace(item, seed=rng.getrandbits(32), x1=item.x0 + width)


def _pushed(layout: Layout, issuer: Issuer, rng: Random) -> tuple[Item, ...]:
    """Push what lies below a place up or down: a line was added or taken away."""
    y = rng.uniform(0.12, 0.8) * layout.height
    step = issuer.pitch * rng.choice([-2, -1, -0.5, 0.5, 1, 1, 2])
    kept: list[Item] = []
    for item in layout.items:
        if item.y0 >= y:
            kept.append(moved(item, 0, step))
        elif item.y1 > y + 2 and item.y1 + step > item.y0 + 1:
            kept.append(replace(item, y1=item.y1 + step))
        else:
            kept.append(item)
    if step > 0:
        pen = Pen(rng, issuer)
        edge = issuer.margin
        pen.words(edge, y, (layout.width - 2 * edge) * rng.uniform(0.2, 0.9))
        kept += pen.items
    return tuple(kept)


def _dropped(layout: Layout, issuer: Issuer, rng: Random) -> tuple[Item, ...]:
    """Take away what stands in a part of the page."""
    area = _part(layout, rng)
    return tuple(item for item in layout.items if not _inside(item, area))


def _shifted(layout: Layout, issuer: Issuer, rng: Random) -> tuple[Item, ...]:
    """Move what stands in a part of the page."""
    area = _part(layout, rng)
    dx, dy = rng.uniform(-30, 30), rng.uniform(-12, 12)
    return tuple(moved(it, dx, dy) if _inside(it, area) else it for it in layout.items)


def _redrawn(layout: Layout, issuer: Issuer, rng: Random) -> tuple[Item, ...]:
    """Draw a band of the page anew."""
    top = rng.uniform(0.1, 0.8) * layout.height
    area = Area(0, top, layout.width, top + rng.uniform(0.08, 0.4) * layout.height)
    kept = [item for item in layout.items if not _inside(item, area)]
    other = compose(rng, issuer)
    return tuple(kept + [item for item in other.items if _inside(item, area)])


def _ruled(layout: Layout, issuer: Issuer, rng: Random) -> tuple[Item, ...]:
    """Take some rules away, or move them, and add one."""
    rules = [i for i, item in enumerate(layout.items) if item.kind == "rule"]
    chosen = set(rng.sample(rules, min(len(rules), rng.choice([1, 2, 4]))))
    kept = [it for i, it in enumerate(layout.items) if i not in chosen]
    if rng.random() < 0.6:
        kept += [moved(layout.items[i], rng.uniform(-9, 9), rng.uniform(-9, 9)) for i in chosen]
    return tuple(kept)


def _restyled(layout: Layout, issuer: Issuer, rng: Random) -> tuple[Item, ...]:
    """Set the lower part a little wider or narrower."""
    factor = rng.uniform(0.96, 1.04)
    top = rng.uniform(0, 0.5) * layout.height
    return tuple(
        item
        if item.y0 < top
        else replace(item, y0=top + (item.y0 - top) * factor, y1=top + (item.y1 - top) * factor)
        for item in layout.items
    )


def _part(layout: Layout, rng: Random) -> Area:
    width = rng.uniform(0.15, 0.6) * layout.width
    height = rng.uniform(0.03, 0.15) * layout.height
    x, y = rng.uniform(0, layout.width - width), rng.uniform(0, layout.height - height)
    return Area(x, y, x + width, y + height)


def _inside(item: Item, area: Area) -> bool:
    return area.x0 <= item.x0 and item.x1 <= area.x1 and area.y0 <= item.y0 and item.y1 <= area.y1


_CHANGES: tuple[tuple[Change, float], ...] = (
    (_reworded, 2.0),
    (_pushed, 3.0),
    (_dropped, 1.0),
    (_shifted, 1.0),
    (_redrawn, 1.0),
    (_ruled, 1.0),
    (_restyled, 0.5),
)
