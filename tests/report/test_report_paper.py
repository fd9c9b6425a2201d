"""The report on paper and as HTML: read back by poppler and an HTML parser, never by ourselves."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QPicture
from PySide6.QtPrintSupport import QPrinter

from firingorder.errors import UsageError
from firingorder.report.content.build import build_report
from firingorder.report.content.model import Mark
from firingorder.report.content.records import ReportOptions
from firingorder.report.paper.canvas import FOOT_Y
from firingorder.report.paper.figures import draw_mark
from firingorder.report.paper.front import draw_front, fit_of
from firingorder.report.paper.make import html_text, pdf_bytes
from firingorder.report.theme import LIGHT
from firingorder.report.wording import Target
from firingorder.session import reporting
from tests.report.told import (
    LEADS,
    NAME,
    THERAPIST,
    analysis,
    material,
    numbers,
    repetition,
    sets_of,
    texts,
    wanted,
)
from tests.report.told import repetitions as reps

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.report.content.model import ReportContent

HOSTILE = '<script>alert("x")</script> & "quoted" \N{MINUS SIGN}98 <b>'
OPTIONS = ReportOptions(patient=True, note=HOSTILE)


def poppler(tool: str, *args: str) -> str:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} (Debian: poppler-utils) is not installed: no PDF can be read back")
    done = subprocess.run([tool, *args], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def content(qapp: object) -> ReportContent:
    return build_report(material(), OPTIONS)


@pytest.fixture(scope="module")
def pdf(content: ReportContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reporting.make(content, tmp_path_factory.mktemp("made") / "report.pdf")


@pytest.fixture(scope="module")
def pdf_text(pdf: Path) -> str:
    return poppler("pdftotext", str(pdf), "-")


class Read(HTMLParser):
    """What a browser would find."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.words)


@pytest.fixture(scope="module")
def page(content: ReportContent) -> Read:
    return Read(html_text(content))


def test_pdf_and_html_hold_every_number_of_the_result(pdf_text: str, page: Read) -> None:
    asked = wanted(analysis().to_dict())
    assert len(asked) > 300
    assert sorted(asked - numbers(pdf_text)) == []
    assert sorted(asked - numbers(page.text)) == []
    assert "-77" not in numbers(pdf_text)  # the control: a lead that is not in the result


def test_signs_and_names_can_be_copied_from_the_pdf(pdf_text: str) -> None:
    for text in ("+108 ±21", "\N{MINUS SIGN}98 ±21", "30°", "µV", "95 %", "Glute max"):
        assert text in pdf_text
    assert "For training feedback. Not a diagnostic result." in pdf_text
    assert "Training record. Not a diagnosis." in pdf_text
    assert "recording 7f3a91c27f3a" in pdf_text
    assert "Glutes fired first in 6 of 9 reps" in pdf_text


def test_every_sheet_is_counted_and_nobody_is_named(pdf: Path, pdf_text: str) -> None:
    info = poppler("pdfinfo", str(pdf))
    sheets = int(re.search(r"Pages:\s+(\d+)", info).group(1))  # type: ignore[union-attr]
    for k, sheet in enumerate(pdf_text.split("\f")[:-1], start=1):
        assert re.search(rf"result\.\s+{k} ?/ ?{sheets}$", sheet.strip()), k
    assert "Title:           Glute bridge training report, 2026-11-14" in info
    assert re.search(r"Page size:\s+59[45][.\d]* x 84[12]", info)
    for name in (*NAME.split(), *THERAPIST.split()):
        assert name not in info + pdf_text
    for whole in (NAME, THERAPIST):
        assert whole.encode() not in pdf.read_bytes()
        assert whole.encode("utf-16-be") not in pdf.read_bytes()


def test_pdf_and_html_say_what_the_content_says(
    content: ReportContent, pdf_text: str, page: Read
) -> None:
    flat = re.sub(r"\s+", "", pdf_text)
    html = re.sub(r"\s+", "", page.text)
    drawn = {p.raster.alt for p in content.pages if p.raster}
    drawn |= {t.alt for p in content.pages for t in p.trends}
    drawn |= {content.patient.ladder_alt} if content.patient else set()
    missing = [
        text
        for text in texts(content)
        if " " in text and text not in drawn and re.sub(r"\s+", "", text) not in html
    ]
    assert not missing, missing
    for text in (content.note, content.method, content.pages[0].line, *content.banners):
        assert re.sub(r"\s+", "", text) in flat


def test_html_is_safe_whole_and_readable_aloud(page: Read, content: ReportContent) -> None:
    names = [tag for tag, _ in page.tags]
    assert HOSTILE in page.text
    assert "script" not in names
    assert "b" not in names
    for _, attrs in page.tags:
        assert not {"src", "onload", "onclick"} & attrs.keys()
        assert "://" not in (attrs.get("href") or "")
        assert attrs.get("xlink:href") is None
    assert names.count("h1") == 1
    assert names.count("title") == 1
    figures = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(figures) == 4  # raster, two trends, the ladder of the page in plain words
    assert all(attrs["role"] == "img" and len(attrs["aria-label"] or "") > 20 for attrs in figures)
    assert all(attrs.get("scope") for tag, attrs in page.tags if tag == "th")
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert content.pages[0].headline in page.text


def test_outcomes_are_told_apart_in_grey(qapp: object) -> None:
    """Four shapes, drawn in the colours of a target and turned grey, differ by their shape."""

    def grey(shape: str, tone: str) -> np.ndarray:
        image = QImage(48, 48, QImage.Format.Format_RGB32)
        image.fill(LIGHT.surface)
        p = QPainter(image)
        draw_mark(p, QPointF(24, 24), 40, Mark(shape, tone, ""))  # type: ignore[arg-type]
        p.end()
        flat = image.convertToFormat(QImage.Format.Format_Grayscale8)
        rows = np.frombuffer(flat.constBits(), np.uint8).reshape(48, -1)[:, :48]
        return (rows < 160).astype(float)  # ink or paper, no shades

    drawn = {
        shape: grey(shape, tone)
        for shape, tone in (
            ("glutes_first", "ok"), ("together", "close"), ("back_first", "back"),
            ("unclear", "muted"),
        )
    }  # fmt: skip
    for one, other in combinations(drawn, 2):
        assert np.mean(drawn[one] != drawn[other]) > 0.08, (one, other)
    assert np.mean(drawn["unclear"] != grey("unclear", "muted")) == 0.0


def test_simulated_sheets_are_striped_all_of_them(qapp: object) -> None:
    def shades(image: QImage) -> int:
        return len({image.pixel(x, 6) for x in range(0, image.width(), 3)})

    real = reporting.render_pages(build_report(material(), ReportOptions(patient=True)), 60)
    made = reporting.render_pages(
        build_report(material(simulated=True), ReportOptions(patient=True)), 60
    )
    assert {shades(image) for image in real} == {1}
    assert min(shades(image) for image in made) >= 3
    assert len(made) == len(real)
    assert (real[0].width(), real[0].height()) == (496, 702)


def test_options_take_sheets_away(qapp: object) -> None:
    def sheets(options: ReportOptions) -> int:
        return len(reporting.render_pages(build_report(material(), options), 30))

    assert sheets(ReportOptions(annex=False)) == 1
    assert sheets(ReportOptions(annex=False, patient=True)) == 2
    assert sheets(ReportOptions()) > 3


@pytest.mark.parametrize("leads", [(), (50.0,), LEADS * 5])
def test_any_number_of_repetitions_fits_its_page(qapp: object, leads) -> None:
    """Nothing is drawn below the footer or beyond the margins."""
    content = build_report(material(reps(leads)), ReportOptions(annex=False, target=Target()))
    for image in reporting.render_pages(content, 75):
        flat = image.convertToFormat(QImage.Format.Format_Grayscale8)
        rows = np.frombuffer(flat.constBits(), np.uint8).reshape(flat.height(), -1)
        ink = rows[:, : flat.width()] < 200
        assert not ink[:, : round(75 * 0.5)].any()
        assert not ink[:, -round(75 * 0.5) :].any()
        assert not ink[-round(75 * 0.35) :, :].any()


def test_what_does_not_fit_goes_on_and_nothing_is_lost(qapp: object, tmp_path: Path) -> None:
    """Fourteen repetitions, sessions, two further exercises and a note of a page's length."""
    crowd = [*reps((*LEADS, *LEADS[:5])), repetition(30, 40.0, task="squat", set_index=2),
             repetition(31, 40.0, task="prone_raise", side="left", set_index=3)]  # fmt: skip
    note = " ".join(f"word{k}" for k in range(300))
    made = material(crowd, recovered=True, simulated=True, origin="imported")
    made = replace(made, found=replace(made.found, sets=sets_of(crowd)))
    content = build_report(made, ReportOptions(note=note, annex=False))
    for k, page in enumerate(content.pages):
        fit = fit_of(content, page, first=k == 0)
        p = QPainter(picture := QPicture())
        assert draw_front(p, content, page, first=k == 0, fit=fit) <= FOOT_Y
        p.end()
        del picture
    text = poppler("pdftotext", str(reporting.make(content, tmp_path / "crowd.pdf")), "-")
    assert set(note.split()) <= set(text.split())


def test_a_file_that_cannot_be_written_is_told_and_loses_nothing(
    content: ReportContent, tmp_path: Path
) -> None:
    there = tmp_path / "there.html"
    there.write_text("before")
    with pytest.raises(UsageError, match=r"is a \.pdf or a \.html file"):
        reporting.make(content, tmp_path / "report.docx")
    with pytest.raises(UsageError, match="there is no folder"):
        reporting.make(content, tmp_path / "nowhere" / "report.pdf")
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        reporting.make(content, tmp_path / "folder.pdf")
    assert there.read_text() == "before"
    reporting.make(content, there)
    assert there.read_text().startswith("<!DOCTYPE html>")
    assert there.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder.pdf", "there.html"]


def test_a_printer_gets_the_same_sheets(
    content: ReportContent, pdf_text: str, tmp_path: Path
) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    reporting.print_on(printer, content)
    printed = poppler("pdftotext", str(tmp_path / "printed.pdf"), "-")
    assert printed.count("\f") == pdf_text.count("\f")
    assert numbers(printed) == numbers(pdf_text)


def test_a_report_is_made_beside_the_window(content: ReportContent, tmp_path: Path) -> None:
    """In a thread, while this one draws with the same fonts: both give what they give alone."""
    alone = reporting.render_pages(content, 60)
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(reporting.render_pages, content, 60)
        here = reporting.render_pages(content, 60)
        assert beside.result() == here == alone


def test_the_same_content_gives_the_same_sheets(content: ReportContent) -> None:
    def still(data: bytes) -> bytes:
        return re.sub(rb"(CreationDate|ModDate|/ID|uuid:|CreateDate|xmp:)[^\n]*", b"", data)

    assert still(pdf_bytes(content)) == still(pdf_bytes(content))
    assert html_text(content) == html_text(content)


def test_without_qt_one_sentence_names_the_package(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "class Gone:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('PySide6', 'shiboken6'):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Gone())\n"
        "from firingorder.cli import main\n"
        f"sys.exit(main(['report', 'x.mcap', '--out', {str(tmp_path / 'r.pdf')!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "PySide6-Essentials" in done.stderr
    assert len(done.stderr.splitlines()) == 1
