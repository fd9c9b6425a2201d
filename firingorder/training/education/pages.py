"""Texts that therapists read: debates with both sides, and pages of what is and is not known.

Docs: docs/reference/practise.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, cast

import yaml

from firingorder.errors import FileFormatError
from firingorder.training.fields import Evidence, Fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.training.fields import Words

DEBATES_SCHEMA = "firingorder.debates/1"
PAGE_SCHEMA = "firingorder.reading_page/1"
PageId = Literal["not_known", "how_sure"]
_EVIDENCE = ("V", "A", "GK", "P")
_PARAGRAPH = frozenset({"text", "evidence", "sources"})


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A statement with where it comes from. ``evidence`` "A" is the opinion of an article."""

    text: Words
    evidence: Evidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One side of a debate: what it is called, and its statements."""

    title: Words
    said: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Debate:
    """A question with two sides of equal weight, and what the product does meanwhile."""

    id: str
    short: Words
    question: Words
    one: View
    other: View
    product: Words


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: Words
    said: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """A page of text."""

    id: str
    title: Words
    lead: Words
    sections: tuple[Section, ...]


@cache
def load_debates() -> tuple[Debate, ...]:
    """Return every debate, in the order of the file.

    Raises
    ------
    FileFormatError
        The file is damaged.
    """
    return parse_debates(_read("debates.yaml"), "debates.yaml")


@cache
def load_page(page: PageId) -> ReadingPage:
    """Return a page of text.

    Raises
    ------
    FileFormatError
        The file is damaged.
    """
    return parse_page(_read(f"{page}.yaml"), f"{page}.yaml")


def parse_debates(data: object, origin: str) -> tuple[Debate, ...]:
    """Check decoded debates and return them typed.

    Raises
    ------
    FileFormatError
        Naming the file, the field and the value.
    """
    record = Fields(data, origin, frozenset({"schema", "debates"}), "a list of debates")
    record.choice("schema", (DEBATES_SCHEMA,))
    found = tuple(
        _debate(one, f"{origin}, debate {k}")
        for k, one in enumerate(_several(record, "debates"), 1)
    )
    ids = [one.id for one in found]
    if len(set(ids)) != len(ids):
        raise FileFormatError(f"{origin} has a debate twice: {', '.join(ids)}.")
    return found


def parse_page(data: object, origin: str) -> ReadingPage:
    """Check a decoded page and return it typed. Errors as :func:`parse_debates`."""
    known = frozenset({"schema", "id", "title", "lead", "sections"})
    record = Fields(data, origin, known, "a page of text")
    record.choice("schema", (PAGE_SCHEMA,))
    return ReadingPage(
        record.code("id"),
        record.words("title"),
        record.words("lead"),
        tuple(
            _section(one, f"{origin}, section {k}")
            for k, one in enumerate(_several(record, "sections"), 1)
        ),
    )


def _debate(data: object, origin: str) -> Debate:
    known = frozenset({"id", "short", "question", "one", "other", "product"})
    record = Fields(data, origin, known, "a debate")
    return Debate(
        record.code("id"),
        record.words("short"),
        record.words("question"),
        _view(record.get("one"), f"{origin}, one side"),
        _view(record.get("other"), f"{origin}, other side"),
        record.words("product"),
    )


def _view(data: object, origin: str) -> View:
    record = Fields(data, origin, frozenset({"title", "said"}), "a side of a debate")
    return View(record.words("title"), _paragraphs(record, "said"))


def _section(data: object, origin: str) -> Section:
    record = Fields(data, origin, frozenset({"title", "said"}), "a section")
    return Section(record.words("title"), _paragraphs(record, "said"))


def _paragraphs(record: Fields, name: str) -> tuple[Paragraph, ...]:
    return tuple(
        _paragraph(one, f"{record.origin}, statement {k}")
        for k, one in enumerate(_several(record, name), 1)
    )


def _paragraph(data: object, origin: str) -> Paragraph:
    record = Fields(data, origin, _PARAGRAPH, "a statement")
    sources = tuple(record.as_text("sources", one) for one in record.sequence("sources"))
    evidence = record.choice("evidence", _EVIDENCE)
    if evidence in ("V", "A") and not sources:
        raise record.wrong("sources", "is empty, but somebody else said this")
    return Paragraph(record.words("text"), cast("Evidence", evidence), sources)


def _several(record: Fields, name: str) -> Sequence[object]:
    found = record.sequence(name)
    if not found:
        raise record.wrong(name, "is empty")
    return found


def _read(name: str) -> object:
    text = (files("firingorder.training.education") / name).read_text(encoding="utf-8")
    return yaml.safe_load(text)
