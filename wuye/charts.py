"""Small charts as SVG text: values in, text out, told by hatching and by numbers, never by colour (design.md 8).

They carry no style and no script: presentation attributes and the page's own sheet make their look. Every text is
escaped. Each value stands beside its mark in the words it was given, so that a chart says what its table says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape
from typing import NamedTuple

NONE = "—"
EM = 9.0
ROW, BAR, GAP = 11.5, 8.0, 4.0
LONGEST = 11.0
TOP = 18.0
FILLS = ("full", "hatch", "none", "dots", "cross", "grey")
HATCHES = {
    "hatch": '<path d="M0 5L5 0" stroke="#000" stroke-width=".9"/>',
    "dots": '<circle cx="2.5" cy="2.5" r="1" fill="#000"/>',
    "cross": '<path d="M0 0L5 5M0 5L5 0" stroke="#000" stroke-width=".6"/>',
}
WIDE = "·—…“”‘’×％"
DASHES = ("", "5 2.5", "1.5 2", "8 2 1.5 2")

Value = Decimal | int | None


class Series(NamedTuple):
    """Values of one name, one a label, and what is written at each; None where nothing is known."""

    name: str
    values: Sequence[Value]
    told: Sequence[str] = ()

    def word(self, place: int) -> str:
        """What is written at a value."""
        value = self.values[place]
        return self.told[place] if self.told else NONE if value is None else str(value)


def ems(words: str) -> float:
    """About how wide a text is, in widths of a Chinese character."""
    return sum(1.0 if ord(c) > 0x2E7F or c in WIDE else 0.6 for c in words)


def _plain(words: str) -> str:
    return escape("".join(c if c.isprintable() else "�" for c in words))


def _cut(words: str, most: float) -> str:
    """The text, ended with … where it is wider than so many characters."""
    if ems(words) <= most:
        return words
    kept = ""
    for c in words:
        if ems(kept + c) > most - 1:
            break
        kept += c
    return f"{kept}…"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _text(x: float, y: float, words: str, anchor: str = "start", clear: bool = False) -> str:
    """A text; a clear one keeps a white rim, so that a line behind it does not cross it out."""
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    at += ' stroke="#fff" stroke-width="2.5" paint-order="stroke"' if clear else ""
    return f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(EM)}"{at}>{_plain(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, more: str = "") -> str:
    ends = f'x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
    return f'<line {ends} stroke="#000" stroke-width=".7"{more}/>'


def _box(key: str, place: int, x: float, y: float, width: float, height: float) -> str:
    """A bar with the filling of the series at that place."""
    fill = FILLS[place % len(FILLS)]
    shown = {"full": "#222", "none": "#fff", "grey": "#bbb"}.get(fill) or f"url(#{key}-{fill})"
    box = f'x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0))}" height="{_n(max(height, 0))}"'
    return f'<rect {box} fill="{shown}" stroke="#000" stroke-width=".7"/>'


def _hatches(key: str, count: int) -> str:
    found = "".join(
        f'<pattern id="{key}-{name}" width="5" height="5" patternUnits="userSpaceOnUse">'
        f'<rect width="5" height="5" fill="#fff"/>{HATCHES[name]}</pattern>'
        for name in FILLS[:count]
        if name in HATCHES
    )
    return f"<defs>{found}</defs>" if found else ""


def _drawn(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """The whole picture, with its name for those who cannot see it."""
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{_plain(title)}">'
    return "".join((head, *parts, "</svg>"))


def _legend(key: str, names: Sequence[str], width: float) -> tuple[list[str], float]:
    """Boxes with the names of the series, in as many lines as they take; the height below which the chart begins."""
    if len(names) < 2:
        return [], 4.0
    parts, x, y = [], 0.0, 3.0
    for place, name in enumerate(names):
        name = _cut(name, 16)
        wide = 14 + ems(name) * EM + 12
        if x and x + wide > width:
            x, y = 0.0, y + ROW
        parts += [_box(key, place, x, y, 10, 8), _text(x + 14, y + 8, name)]
        x += wide
    return parts, y + ROW + 4


def _span(series: Sequence[Series]) -> tuple[float, float]:
    """The lowest and the highest value, nought within."""
    known = [float(v) for one in series for v in one.values if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return low, high if high > low else low + 1


def bars(key: str, title: str, labels: Sequence[str], series: Sequence[Series], width: float = 330) -> str:
    """Upright bars, those of a label side by side, each with its number above."""
    parts, top = _legend(key, [one.name for one in series], width)
    height, (low, high) = 84.0, _span(series)
    room = width / max(len(labels), 1)
    thick = min(24.0, (room - GAP) / max(len(series), 1))
    base = top + EM + height * high / (high - low)
    for place, label in enumerate(labels):
        left = place * room + (room - thick * len(series)) / 2
        for number, one in enumerate(series):
            value, x = one.values[place], left + number * thick
            tall = 0.0 if value is None else height * float(value) / (high - low)
            if value is not None:
                parts.append(_box(key, number, x, min(base - tall, base), thick, abs(tall)))
            parts.append(_text(x + thick / 2, min(base - tall, base) - 2, one.word(place), "middle"))
        parts.append(_text(place * room + room / 2, top + EM + height + 12, _cut(label, room / EM), "middle"))
    parts.append(_line(0, base, width, base))
    return _drawn(width, top + EM + height + 16, title, [_hatches(key, len(series)), *parts])


def rows(key: str, title: str, labels: Sequence[str], series: Sequence[Series], width: float = 330) -> str:
    """Lying bars, those of a label below each other, each with its number at its end."""
    parts, y = _legend(key, [one.name for one in series], width)
    side = min(LONGEST, max(map(ems, labels), default=0)) * EM + 6
    wordy = max((ems(one.word(i)) for one in series for i in range(len(labels))), default=0) * EM + 6
    low, high = _span(series)
    scale = max(width - side - wordy, 40) / (high - low)
    zero = side - low * scale
    first = y
    for place, label in enumerate(labels):
        parts.append(_text(side - 6, y + (ROW * len(series) + EM) / 2 - 1.5, _cut(label, LONGEST), "end"))
        for number, one in enumerate(series):
            long = float(one.values[place] or 0) * scale
            if one.values[place] is not None:
                parts.append(_box(key, number, min(zero, zero + long), y + 1, abs(long), BAR))
            parts.append(_text(max(zero, zero + long) + 3, y + BAR, one.word(place)))
            y += ROW
        y += GAP
    parts.append(_line(zero, first - 2, zero, y - GAP + 1))
    return _drawn(width, y, title, [_hatches(key, len(series)), *parts])


def stacked(
    key: str, title: str, labels: Sequence[str], series: Sequence[Series], totals: Sequence[str] = (),
    width: float = 330,
) -> str:
    """Lying bars made of parts, the numbers of the parts beneath, the whole at the end. Parts are not negative."""
    parts, y = _legend(key, [one.name for one in series], width)
    side = min(LONGEST, max(map(ems, labels), default=0)) * EM + 6
    wordy = max(map(ems, totals), default=0) * EM + 6
    whole = [sum(max(float(one.values[i] or 0), 0) for one in series) for i in range(len(labels))]
    scale = max(width - side - wordy, 40) / (max(whole, default=0) or 1)
    first = y
    for place, label in enumerate(labels):
        x = side
        parts.append(_text(side - 6, y + BAR, _cut(label, LONGEST), "end"))
        for number, one in enumerate(series):
            long = max(float(one.values[place] or 0), 0) * scale
            if long:
                parts.append(_box(key, number, x, y + 1, long, BAR))
            x += long
        if totals:
            parts.append(_text(x + 3, y + BAR, totals[place]))
        told = "，".join(f"{_cut(one.name, 8)} {one.word(place)}" for one in series)
        parts.append(_text(side + 3, y + BAR + ROW - 1, told))
        y += ROW * 2 + GAP - 2
    parts.append(_line(side, first - 2, side, y - GAP + 1))
    return _drawn(width, y, title, [_hatches(key, len(series)), *parts])


def lines(key: str, title: str, labels: Sequence[str], series: Sequence[Series], width: float = 680) -> str:
    """A line a series over the labels, told apart by dashes and marks, each point with its number."""
    parts, x = [], 0.0
    for place, one in enumerate(series):
        parts += [_stroke(place, [(x, 7), (x + 26, 7)]), _mark(place, x + 13, 7), _text(x + 30, 10, one.name)]
        x += 30 + ems(one.name) * EM + 16
    height, (low, high) = 80.0, _span(series)
    top, room = TOP + EM + 4, width / max(len(labels), 1)

    def at(place: int, value: Value) -> tuple[float, float]:
        return room * (place + 0.5), top + height * (high - float(value or 0)) / (high - low)

    foot = top + height
    for number, one in enumerate(series):
        parts += [_stroke(number, [at(i, one.values[i]) for i in run]) for run in _runs(one.values)]
    for number, one in enumerate(series):
        for place, value in enumerate(one.values):
            if value is not None:
                x, y = at(place, value)
                below = number % 2 and y + 14 < foot
                parts.append(_mark(number, x, y))
                parts.append(_text(x, y + (12 if below else -4), one.word(place), "middle", clear=True))
    for place, label in enumerate(labels):
        parts.append(_text(room * (place + 0.5), foot + 13, _cut(label, room / EM + 1), "middle"))
    parts.append(_line(0, foot, width, foot))
    return _drawn(width, foot + 17, title, parts)


def _runs(values: Sequence[Value]) -> list[list[int]]:
    """The places of values that follow each other: a line is broken where nothing is known."""
    found: list[list[int]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append(place)
    return [run for run in found if run]


def _stroke(place: int, points: Sequence[tuple[float, float]]) -> str:
    dash = DASHES[place % len(DASHES)]
    told = f' stroke-dasharray="{dash}"' if dash else ""
    places = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="#000" stroke-width="1.1"{told}/>'


def _mark(place: int, x: float, y: float) -> str:
    if place % 2:
        return f'<rect x="{_n(x - 2.2)}" y="{_n(y - 2.2)}" width="4.4" height="4.4" fill="#fff" stroke="#000"/>'
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2.2" fill="#000"/>'
