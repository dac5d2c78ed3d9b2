"""Bars with intervals, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_NAME_WIDTH = 170
_BAR_WIDTH = 360
_VALUE_WIDTH = 90
_ROW = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A value in 0..1 with its interval."""

    name: str
    value: float
    low: float
    high: float


def draw_bars(title: str, bars: Sequence[Bar]) -> str:
    """Return an SVG picture of horizontal bars on a scale from 0 to 1."""
    width, height = _NAME_WIDTH + _BAR_WIDTH + _VALUE_WIDTH, _ROW * (len(bars) + 1) + 8
    rows = "\n".join(_row(bar, _ROW * number) for number, bar in enumerate(bars, 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n'
        f'<text x="4" y="16" font-weight="bold">{escape(title)}</text>\n{rows}\n</svg>\n'
    )


def _row(bar: Bar, top: int) -> str:
    middle, base = top + _ROW // 2, top + _ROW // 2 + 4
    low, high = _place(bar.low), _place(bar.high)
    return (
        f'<text x="{_NAME_WIDTH - 8}" y="{base}" text-anchor="end">{escape(bar.name)}</text>'
        f'<rect x="{_NAME_WIDTH}" y="{top + 4}" width="{_BAR_WIDTH}" height="{_ROW - 8}" '
        'fill="#eef1f4"/>'
        f'<rect x="{_NAME_WIDTH}" y="{top + 4}" width="{_place(bar.value) - _NAME_WIDTH:.1f}" '
        f'height="{_ROW - 8}" fill="#4a7fb5"/>'
        f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8'
        f'M{high:.1f} {middle - 4}v8" stroke="#12263a" fill="none"/>'
        f'<text x="{_NAME_WIDTH + _BAR_WIDTH + 8}" y="{base}">{bar.value:.3f}</text>'
    )


def _place(value: float) -> float:
    return _NAME_WIDTH + _BAR_WIDTH * min(1.0, max(0.0, value))
