"""A small writer of SVG: shapes and words by coordinates in pixels, escaped, no other program.

Colours are those of the light theme; its own module draws with Qt and cannot be read here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

TEXT, TEXT2, TEXT3 = "#0F1B27", "#47586A", "#586A7E"
LINE, STRONG_LINE, SURFACE, SURFACE2 = "#DBE3EB", "#B9C6D3", "#FFFFFF", "#F0F4F8"
ACCENT, PELVIS = "#0B63C4", "#34495E"
#: Between the accent and the ground: for what lies between two ends.
PALE_ACCENT = "#A9CBEF"
FONT = "Inter, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
#: Letters of this font are this wide on average, as a share of the size; wide enough for capitals.
LETTER = 0.58
Anchor = Literal["start", "middle", "end"]


@dataclass(slots=True)
class Svg:
    """One picture that grows shape by shape; what comes later lies above."""

    width: float
    parts: list[str] = field(default_factory=list[str])

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: str,
        *,
        stroke: str = "none",
        radius: float = 0.0,
        hint: str = "",
    ) -> None:
        """Draw a box; ``hint`` shows where a pointer rests on it."""
        about = f"<title>{escape(hint)}</title>" if hint else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0.0):.1f}" height="{h:.1f}" '
            f'rx="{radius:g}" fill={quoteattr(fill)} stroke="{stroke}">{about}</rect>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str, *, width: float = 1.0,
        dashed: bool = False,
    ) -> None:  # fmt: skip
        """Draw a straight line."""
        dash = ' stroke-dasharray="3 3"' if dashed else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{stroke}" stroke-width="{width:g}"{dash}/>'
        )

    def dot(self, x: float, y: float, radius: float, fill: str, *, stroke: str = SURFACE) -> None:
        """Draw a filled circle."""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{stroke}"/>'
        )

    def arrow(self, x: float, y: float, towards: Literal[-1, 1], fill: str) -> None:
        """Draw a tip that says: it goes on beyond the edge."""
        back = x - 7.0 * towards
        self.parts.append(
            f'<path d="M{x:.1f} {y:.1f} L{back:.1f} {y - 4:.1f} L{back:.1f} {y + 4:.1f} Z" '
            f'fill="{fill}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 13.0,
        fill: str = TEXT,
        anchor: Anchor = "start",
        bold: bool = False,
    ) -> None:
        """Write words on a baseline."""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" '
            f'text-anchor="{anchor}"{weight}>{escape(words)}</text>'
        )

    def done(self, height: float, about: str) -> str:
        """Return the whole picture; ``about`` is read to those who do not see it."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {height:.0f}" '
            f'width="{self.width:g}" height="{height:.0f}" role="img" '
            f"aria-label={quoteattr(about)} font-family={quoteattr(FONT)} "
            'style="font-variant-numeric: tabular-nums">'
            '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{SURFACE}"/>'
            f'<line x1="0" y1="0" x2="0" y2="6" stroke="{STRONG_LINE}" stroke-width="3"/>'
            f'</pattern></defs><rect width="100%" height="100%" fill="{SURFACE}"/>'
            f"{''.join(self.parts)}</svg>\n"
        )


def room_for(words: str, size: float = 13.0) -> float:
    """Return how wide words are at most, about."""
    return LETTER * size * len(words)


def ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Return round numbers from ``low`` to ``high``, at most so many."""
    raw = max(high - low, 1e-9) / (most - 1)
    ten = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * ten for factor in (1.0, 2.0, 5.0, 10.0) if factor * ten >= raw)
    return [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
