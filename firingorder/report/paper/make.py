"""Makes the files and images of a report: PDF, HTML, pages for a preview, a printer.

Needs a Qt application; :func:`application` makes one without a screen where there is none.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QApplication

from firingorder import __version__
from firingorder.report.paper.canvas import HEIGHT, THEME, UNITS_PER_INCH, WIDTH
from firingorder.report.paper.html import html_page
from firingorder.report.paper.sheets import sheets_of
from firingorder.report.theme import load_fonts

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtGui import QPagedPaintDevice

    from firingorder.report.content.model import ReportContent

PDF_DPI = 1200


def application() -> QCoreApplication:
    """Return the running Qt application, else one that needs no screen; fonts are loaded."""
    running = QApplication.instance()
    if running is None:
        running = QApplication([sys.argv[0] or "firingorder", "-platform", "offscreen"])
    load_fonts()
    return running


def pdf_bytes(content: ReportContent) -> bytes:
    """Return the report as a PDF with embedded fonts and a text layer."""
    application()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(PDF_DPI)
    writer.setTitle(content.document_title)
    writer.setCreator(f"firingorder {__version__}")
    print_on(writer, content)
    buffer.close()
    return bytes(data.data())


def print_on(device: QPagedPaintDevice, content: ReportContent) -> None:
    """Draw all sheets on a printer or a PDF: the same function for both."""
    device.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    device.setPageOrientation(QPageLayout.Orientation.Portrait)
    device.setPageMargins(QMarginsF(0, 0, 0, 0))
    full_page = getattr(device, "setFullPage", None)  # of a printer; a PDF has no such thing
    if full_page is not None:
        full_page(True)
    p = QPainter(device)
    scale = device.logicalDpiX() / UNITS_PER_INCH
    for k, sheet in enumerate(sheets_of(content)):
        if k:
            device.newPage()
        p.save()
        p.scale(scale, scale)
        sheet(p)
        p.restore()
    p.end()


def render_pages(content: ReportContent, dpi: float = 96.0) -> list[QImage]:
    """Return the sheets as images, for a preview."""
    application()
    scale = dpi / UNITS_PER_INCH
    images: list[QImage] = []
    for sheet in sheets_of(content):
        image = QImage(round(WIDTH * scale), round(HEIGHT * scale), QImage.Format.Format_RGB32)
        image.fill(THEME.surface)
        p = QPainter(image)
        p.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
        p.scale(scale, scale)
        sheet(p)
        p.end()
        images.append(image)
    return images


def html_text(content: ReportContent) -> str:
    """Return the report as one HTML file."""
    application()
    return html_page(content)
