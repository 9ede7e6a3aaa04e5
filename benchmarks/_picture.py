"""The picture of the peers: bars for time and processor, and what went wrong in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal
from xml.sax.saxutils import escape

import attrs

Theme = Literal["light", "dark"]


@attrs.frozen
class Bar:
    """What a job took a client, to what it took the first.

    Attributes:
        client: its name.
        wall: time.
        cpu: processor.
        wrong: how many outcomes were.
    """

    client: str
    wall: float
    cpu: float
    wrong: int


@attrs.frozen
class _Colours:
    text: str
    faint: str
    wrong: str
    clients: tuple[str, ...]


_COLOURS: Final[dict[Theme, _Colours]] = {
    "light": _Colours(
        "#1f2328", "#59636e", "#c1121f", ("#6e7781", "#afb8c1", "#d4a72c", "#0969da", "#80b3ee")
    ),
    "dark": _Colours(
        "#e6edf3", "#9198a1", "#ff7b72", ("#9198a1", "#57606a", "#bb8009", "#4493f8", "#2b5a96")
    ),
}
_WIDTH: Final = 880
_NAMES: Final = 215
"""Where the bars begin; left of that are the names of the jobs."""
_BETWEEN: Final = 335
"""From the bars of one measure to those of the other."""
_UNIT: Final = 55.0
"""The length of a bar of 1."""
_LONGEST: Final = 4.0
"""Longer bars are cut off."""
_HIGH, _APART, _TOP = 9, 14, 62


def drawn(jobs: Sequence[tuple[str, Sequence[Bar]]], theme: Theme, made_with: str) -> str:
    """The picture as SVG."""
    lines = [*_drawn(jobs, _COLOURS[theme], made_with)]
    height = _TOP + sum(len(bars) * (_HIGH + 3) + _APART for _, bars in jobs) + 37
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="system-ui, sans-serif" font-size="12" role="img">'
    )
    return "\n".join((head, *lines, "</svg>", ""))


def _drawn(
    jobs: Sequence[tuple[str, Sequence[Bar]]], colours: _Colours, made_with: str
) -> Iterator[str]:
    yield "<title>Time and processor of the same jobs through sitoo_async and its peers</title>"
    clients = list(dict.fromkeys(bar.client for _, bars in jobs for bar in bars))
    fills = dict(zip(clients, colours.clients, strict=True))
    left = 0.0
    for client, fill in fills.items():
        yield f'<rect x="{left:g}" y="4" width="10" height="10" fill="{fill}"/>'
        yield _text(left + 15, 13, client, colours.text)
        left += 35 + 6.3 * len(client)
    for column, title in enumerate(("time", "processor of the client")):
        yield _text(_NAMES + column * _BETWEEN, 44, title, colours.text, 'font-weight="600"')
    top = _TOP
    for job, bars in jobs:
        middle = top + len(bars) * (_HIGH + 3) / 2 + 2
        yield _text(0, middle, job, colours.text)
        for bar in bars:
            for left, value in ((_NAMES, bar.wall), (_NAMES + _BETWEEN, bar.cpu)):
                fill, length = fills[bar.client], _UNIT * min(value, _LONGEST)
                pale = ' opacity="0.4"' if bar.wrong else ""
                size = f'width="{length:.1f}" height="{_HIGH}"'
                yield f'<rect x="{left}" y="{top}" {size} fill="{fill}"{pale}/>'
                number = f"{'… ' if value > _LONGEST else ''}{value:.{2 if value < 10 else 0}f}"
                yield _text(left + length + 5, top + 8, number, colours.faint, 'font-size="10"')
                if bar.wrong and left == _NAMES:
                    after = left + length + 11 + 5.6 * len(number)
                    said = f"{bar.wrong:,} wrong"
                    yield _text(after, top + 8, said, colours.wrong, 'font-size="10"')
            top += _HIGH + 3
        top += _APART
    notes = (
        f"Ratios to {clients[0]}, the shorter the better; pale where outcomes are wrong.",
        f"python benchmarks/peers.py, {made_with}, one server process on loopback.",
    )
    for line, note in enumerate(notes):
        yield _text(0, top + 8 + 15 * line, note, colours.faint, 'font-size="11"')


def _text(left: float, base: float, text: str, fill: str, more: str = "") -> str:
    return f'<text x="{left:.1f}" y="{base:g}" fill="{fill}" {more}>{escape(text)}</text>'
