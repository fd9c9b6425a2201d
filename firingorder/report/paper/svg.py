"""Figures of the report as SVG, by the drawing code of screen and paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

if TYPE_CHECKING:
    from collections.abc import Callable

_HEAD = re.compile(r"<svg [^>]*>", re.DOTALL)
_BEFORE = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_ABOUT = re.compile(r"<(title|desc)>.*?</\1>\s*", re.DOTALL)
_FAMILY = re.compile(r'\s?font-family="[^"]*"')
#: What Qt writes on every group though it is the default of SVG.
_EMPTY = re.compile(r"<g [^>]*>\s*</g>\s*")


def svg_of(width: float, height: float, alt: str, draw: Callable[[QPainter, QRectF], None]) -> str:
    """Return a figure as an ``svg`` element for HTML: scales with its column, read out as ``alt``.

    The font is left to the page, so that text stays readable where ours is not installed.
    """
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(round(width), round(height)))
    generator.setViewBox(QRectF(0, 0, width, height))
    generator.setResolution(96)
    p = QPainter(generator)
    draw(p, QRectF(0, 0, width, height))
    p.end()
    buffer.close()
    text = bytes(data.data()).decode("utf-8")
    text = _ABOUT.sub("", _BEFORE.sub("", text))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'role="img" aria-label={quoteattr(alt)}>'
    )
    text = _HEAD.sub(lambda _match: head, text, count=1)
    while (less := _EMPTY.sub("", text)) != text:
        text = less
    return _FAMILY.sub("", text).strip()
