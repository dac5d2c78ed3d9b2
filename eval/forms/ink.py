"""Pens, typewriters and seals: how a value gets onto a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from eval.forms import fonts
from eval.forms.painting import Canvas, Color
from eval.forms.sheet import Align, Area

_VERMILION: Color = (0.83, 0.20, 0.14)


@dataclass(frozen=True, slots=True)
class Ink:
    """A way of writing. A hand turns, lifts and sizes each letter anew; a machine does not.

    `turn` in degrees, `lift` and `grow` as shares of the size, `slant` a shear; `bend` is how far,
    in points, the strokes themselves waver.
    """

    name: str
    latin: str
    color: Color
    stroke: float = 0.0
    turn: float = 0.0
    lift: float = 0.0
    grow: float = 0.0
    slant: float = 0.0
    spread: float = 1.0
    bend: float = 0.0

    @property
    def by_hand(self) -> bool:
        """Say whether a person wrote, rather than a machine."""
        return self.name.startswith("hand")


def choose_ink(rng: Random, *, hand_share: float = 0.6) -> Ink:
    """Draw an ink: a hand with its own habits, or one of three machines."""
    return choose_hand(rng) if rng.random() < hand_share else _choose_machine(rng)


def _choose_machine(rng: Random) -> Ink:
    name, latin = rng.choice(
        [
            ("typed-sans", fonts.SANS_JA),
            ("typed-courier", fonts.COURIER),
            ("typed-helvetica", fonts.HELVETICA),
        ]
    )
    shade = rng.choice([0.0, 0.08, 0.2])
    return Ink(name, latin, (shade, shade, shade))


def choose_hand(rng: Random) -> Ink:
    """Draw a hand with its own habits."""
    tool, color, stroke = rng.choice(
        [
            ("hand-ballpoint", (0.08, 0.10, 0.22), 0.006),
            ("hand-blue", (0.10, 0.16, 0.55), 0.008),
            ("hand-black", (0.05, 0.05, 0.06), 0.022),
            ("hand-pencil", (0.30, 0.30, 0.32), 0.004),
        ]
    )
    return Ink(
        name=tool,
        latin=rng.choice([fonts.SANS_JA, fonts.TIMES_ITALIC, fonts.HELVETICA_OBLIQUE]),
        color=color,
        stroke=stroke,
        turn=rng.uniform(1.5, 5.0),
        lift=rng.uniform(0.02, 0.06),
        grow=rng.uniform(0.04, 0.12),
        slant=rng.uniform(-0.08, 0.22),
        spread=rng.uniform(0.97, 1.10),
        bend=rng.uniform(0.25, 0.5),
    )


class Pen:
    """Writes with one ink onto a canvas."""

    def __init__(self, canvas: Canvas, ink: Ink, rng: Random) -> None:
        self._canvas, self._ink, self._rng = canvas, ink, rng
        self._size = rng.uniform(9.0, 11.5) if ink.by_hand else rng.choice([8.5, 9.0, 9.5, 10.0])

    def write(self, text: str, area: Area, *, align: Align = "left", lines: int = 1) -> None:
        """Write a text into an area, smaller where it would not fit, in up to `lines` lines."""
        face = fonts.covering(text, self._ink.latin)
        room = area.inset(1.0, 0.0)
        roomy = 0.52 * area.height / lines
        size = min(max(self._size, min(roomy, 15.0)), area.height / lines * 0.84)
        rows = [text]
        if lines > 1:
            size, rows = self._broken(text, face, size, room, lines)
        wide = max(fonts.measure(row, face, 1.0) for row in rows) * self._ink.spread
        size = min(size, room.width / (wide * (1.0 + self._ink.grow / 2) + 0.15))
        pitch = area.height / lines
        first = area.y0 + pitch / 2 if lines > 1 else (area.y0 + area.y1) / 2
        for i, row in enumerate(rows):
            self._line(row, room, first + i * pitch + 0.35 * size, size, face, align)

    def write_down(self, text: str, area: Area) -> None:
        """Write a text downwards, letter below letter, smaller where it would not fit."""
        face = fonts.covering(text, self._ink.latin)
        size = min(self._size * 1.15, area.width * 0.8, area.height / (1.06 * len(text) + 0.2))
        middle = (area.x0 + area.x1) / 2
        for i, letter in enumerate(text):
            x = middle - fonts.measure(letter, face, size) / 2
            y = area.y0 + (1.06 * i + 0.94) * size
            if self._ink.by_hand:
                self._letter(letter, x, y, size, face)
            else:
                self._canvas.glyphs(x, y, letter, size, face, color=self._ink.color)

    def _broken(
        self, text: str, face: str, size: float, room: Area, lines: int
    ) -> tuple[float, list[str]]:
        """Return the largest size at which the wrapped text has no more than `lines` lines."""
        while True:
            width = room.width / (self._ink.spread * (1.0 + self._ink.grow / 2))
            rows = fonts.wrapped(text, face, size, width - 0.15 * size)
            if len(rows) <= lines or size < 4.0:
                return size, rows[:lines]
            size *= 0.93

    def _line(self, text: str, room: Area, y: float, size: float, face: str, align: Align) -> None:
        width = fonts.measure(text, face, size) * self._ink.spread
        slack = max(0.0, room.width - width)
        x = room.x0 + slack * {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        if align == "left" and self._ink.by_hand:
            x += self._rng.uniform(0.0, min(6.0, slack / 3))
        if not self._ink.by_hand:
            self._canvas.glyphs(x, y, text, size, face, color=self._ink.color)
            return
        for letter in text:
            self._letter(letter, x, y, size, face)
            x += fonts.measure(letter, face, size) * self._ink.spread

    def _letter(self, letter: str, x: float, y: float, size: float, face: str) -> None:
        """Draw one letter the way this hand draws it this time."""
        ink, rng = self._ink, self._rng
        if not letter.strip():
            return
        turn = rng.uniform(-ink.turn, ink.turn)
        grown = size * (1.0 + rng.uniform(-ink.grow, ink.grow / 2))
        lifted = y + rng.uniform(-ink.lift, ink.lift) * size
        self._canvas.glyphs(
            x,
            lifted,
            letter,
            grown,
            face,
            color=ink.color,
            stroke=ink.stroke,
            turn=turn,
            slant=ink.slant,
        )

    def comb(self, text: str, area: Area, count: int, *, align: Align = "left") -> None:
        """Write one letter into each box of a comb."""
        boxes = area.columns([1.0] * count)
        start = count - len(text) if align == "right" else 0
        face = fonts.covering(text, self._ink.latin)
        size = min(self._size * 1.1, area.height * 0.8, boxes[0].width * 1.05)
        for letter, box in zip(text, boxes[max(0, start) :], strict=False):
            x = (box.x0 + box.x1 - fonts.measure(letter, face, size)) / 2
            y = (box.y0 + box.y1) / 2 + 0.35 * size
            if self._ink.by_hand:
                self._letter(letter, x, y, size, face)
            else:
                self._canvas.glyphs(x, y, letter, size, face, color=self._ink.color)

    def circle(self, area: Area) -> None:
        """Draw a ring around a word, not quite round and not quite closed by hand."""
        rough = 1.0 if self._ink.by_hand else 0.0
        self._ring(area, rough, self._ink.color, 0.9)

    def _ring(self, area: Area, rough: float, color: Color, width: float) -> None:
        rng = self._rng
        x, y = (area.x0 + area.x1) / 2, (area.y0 + area.y1) / 2
        start, swell = rng.uniform(0, 6.28), rng.uniform(-0.05, 0.05) * rough
        points = []
        for i in range(33):
            angle = start + 6.28318 * i / 32
            reach = 1.0 - 0.06 * rough + swell * math.sin(2 * angle) - rough * i * 0.002
            points.append(
                (
                    x + area.width / 2 * reach * math.cos(angle),
                    y + area.height / 2 * reach * math.sin(angle),
                )
            )
        self._canvas.polyline(points, color, width)

    def tick(self, area: Area) -> None:
        """Set a mark into a box: a check, or a cross by machine."""
        w, h = area.width, area.height
        if self._ink.by_hand:
            jog = self._rng.uniform(-0.06, 0.06)
            shape = [(0.08, 0.5 + jog), (0.38, 0.88), (0.98, 0.06 - jog)]
            self._canvas.polyline(_in(area, w, h, shape), self._ink.color, 1.1)
            return
        for shape in ([(0.15, 0.15), (0.85, 0.85)], [(0.85, 0.15), (0.15, 0.85)]):
            self._canvas.polyline(_in(area, w, h, shape), self._ink.color, 1.0)

    def stamp(self, name: str, area: Area) -> None:
        """Press a round vermilion seal with up to three letters of a surname, set downwards."""
        reach = min(area.width, area.height) / 2 * self._rng.uniform(0.80, 0.95)
        slack = min(area.width, area.height) / 2 - reach
        x = (area.x0 + area.x1) / 2 + self._rng.uniform(-slack, slack)
        y = (area.y0 + area.y1) / 2 + self._rng.uniform(-slack, slack)
        self._ring(Area(x - reach, y - reach, x + reach, y + reach), 0.0, _VERMILION, 1.0)
        letters = name[:3]
        size = {1: 1.15, 2: 0.82, 3: 0.58}[len(letters)] * reach
        top = y - size * (len(letters) - 1) / 2
        for i, letter in enumerate(letters):
            left = x - fonts.measure(letter, fonts.SANS_JA, size) / 2
            self._canvas.glyphs(
                left,
                top + i * size + 0.36 * size,
                letter,
                size,
                fonts.SANS_JA,
                color=_VERMILION,
                stroke=0.02,
            )


def _in(
    area: Area, w: float, h: float, shape: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Place a drawing in unit coordinates into an area."""
    return [(area.x0 + w * u, area.y0 + h * v) for u, v in shape]
