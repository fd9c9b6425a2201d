"""The documentation keeps its word: links, citations, command lines and tables are real."""

from __future__ import annotations

import re
import shlex
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path
from typing import get_args

import pytest

from firingorder.cli.parser import build_parser
from firingorder.findings import UnclearReason
from firingorder.session.addresses import Scheme
from firingorder.simulation.scenarios import SCENARIOS
from tests.firmware_bridge.golden_frames import COBS, RAW

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
FOLDERS = ("firingorder", "tests", "benchmarks", "tools", "docs", "hardware", "requirements")
SUFFIXES = {".py", ".md", ".toml", ".yaml", ".json", ".sh"}
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
PAGE = re.compile(r"(?<![\w/.:-])(?:[\w.-]+/)*[\w-]+\.md\b")
#: ``method.md section 2`` and ``[method.md](method.md) sections 1 and 8``, also over a line's end.
SECTION = re.compile(
    r"\b(\w+(?:\.md|_\w+)|wire protocol)(?:`*|\]\([^)]*\)) sections? "
    r"(\d+)(?:(?:,| and|, and) (\d+))?"
)
COMMENT_BREAK = re.compile(r"\s*\n\s*(?:#:?|\*)?\s*")


def texts() -> list[Path]:
    top = [path for path in ROOT.iterdir() if path.is_file()]
    inside = [path for name in FOLDERS for path in (ROOT / name).rglob("*")]
    found = [path for path in (*top, *inside) if path.suffix in SUFFIXES]
    return sorted(path for path in found if path != Path(__file__).resolve())


def pages() -> list[Path]:
    return [path for path in texts() if path.suffix == ".md"]


TEXTS, PAGES = texts(), pages()


def slug(heading: str) -> str:
    """Return the anchor that a heading gets on the usual hosts."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(page: Path) -> list[str]:
    body = FENCE.sub("", page.read_text(encoding="utf-8"))
    return re.findall(r"^#+ +(.+)$", body, re.MULTILINE)


def dead_links(text: str, folder: Path) -> list[str]:
    dead: list[str] = []
    for target in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = folder / name if name else None
        if path is not None and not path.exists():
            dead.append(target)
        elif path is not None and anchor and anchor not in map(slug, headings(path)):
            dead.append(target)
    return dead


def unknown_pages(text: str, folder: Path) -> list[str]:
    """Return the pages named in a text that are not in the repository."""
    known = {page.name for page in PAGES}
    return [
        name
        for name in PAGE.findall(text)
        if not (name in known or (ROOT / name).exists() or (folder / name).exists())
    ]


def unknown_sections(text: str) -> list[str]:
    """Return citations of sections that no reference page has."""
    unknown: list[str] = []
    for name, *numbers in SECTION.findall(COMMENT_BREAK.sub(" ", text)):
        stem = name.removesuffix(".md").replace(" ", "_")
        page = REFERENCE / f"{stem}.md"
        there = headings(page) if page.exists() else []
        for number in filter(None, numbers):
            if not any(heading.startswith(f"{number}. ") for heading in there):
                unknown.append(f"{name} section {number}")
    return unknown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert dead_links(page.read_text(encoding="utf-8"), page.parent) == []


def test_a_dead_link_is_found() -> None:
    text = (
        "[a](nowhere.md), [b](README.md#no-such-heading), [c](README.md#install), [d](https://x.y)"
    )
    assert dead_links(text, ROOT) == ["nowhere.md", "README.md#no-such-heading"]


def test_every_page_that_is_cited_is_in_the_repository() -> None:
    unknown: dict[str, list[str]] = {}
    for path in TEXTS:
        text = path.read_text(encoding="utf-8")
        if found := unknown_pages(text, path.parent) + unknown_sections(text):
            unknown[path.relative_to(ROOT).as_posix()] = found
    assert unknown == {}


def test_a_citation_of_nothing_is_found() -> None:
    assert unknown_pages("see nowhere.md, method.md and docs/README.md", ROOT) == ["nowhere.md"]
    text = '"""Limits (other_page section 1,\n    method.md\n    sections 2 and 99)."""'
    assert unknown_sections(text) == ["other_page section 1", "method.md section 99"]


def test_sections_without_a_page_stand_beside_the_page_they_mean() -> None:
    """A bare "section 6" is allowed where the same file names the page, nowhere else."""
    bare = re.compile(r"(?<!\.md )(?<!protocol )\bsections? \d", re.IGNORECASE)
    lost: list[str] = []
    for path in TEXTS:
        text = COMMENT_BREAK.sub(" ", path.read_text(encoding="utf-8"))
        if path.suffix == ".py" and bare.search(text) and ".md section" not in text:
            lost.append(path.relative_to(ROOT).as_posix())
    assert lost == []


def quoted_commands() -> list[tuple[str, str]]:
    """Return (page, command line) of every command quoted in the documentation."""
    found: list[tuple[str, str]] = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = FENCE.findall(text)
        lines = [line for block in blocks for line in block.splitlines()]
        lines += re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
        for line in lines:
            if line.startswith("firingorder ") and "[" not in line and "..." not in line:
                found.append((page.relative_to(ROOT).as_posix(), line))
    return found


def subparsers(parser: ArgumentParser) -> dict[str, ArgumentParser]:
    (commands,) = [a for a in parser._actions if isinstance(a, _SubParsersAction)]
    return dict(commands.choices)


@pytest.mark.parametrize(("page", "line"), quoted_commands())
def test_quoted_commands_are_understood(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    if len(words) == 1:  # only the name of a command
        assert words[0] in subparsers(build_parser())
    else:
        build_parser().parse_args(words)


def test_commands_are_quoted_at_all() -> None:
    assert len([line for _, line in quoted_commands() if len(line.split()) > 2]) >= 8
    with pytest.raises(SystemExit):
        build_parser().parse_args(["live", "--no-such-option"])


def test_the_synopsis_has_every_command_and_option() -> None:
    text = (REFERENCE / "interfaces.md").read_text(encoding="utf-8")
    written = {
        line.split()[1]: set(re.findall(r"--[a-z-]+", line))
        for line in FENCE.findall(text)[0].splitlines()
    }
    real = {
        name: {option for a in parser._actions for option in a.option_strings if option[:2] == "--"}
        - {"--help", "--debug"}
        for name, parser in subparsers(build_parser()).items()
    }
    assert written == real


def test_interfaces_name_every_scenario_and_every_address() -> None:
    text = (REFERENCE / "interfaces.md").read_text(encoding="utf-8")
    assert [name for name in SCENARIOS if f"`{name}`" not in text] == []
    assert [name for name in get_args(Scheme) if f"`{name}:" not in text] == []


def test_the_method_explains_every_reason() -> None:
    text = (REFERENCE / "method.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| ([^|]*`[^|]*) \|", text, re.MULTILINE)
    explained = {word for cell in first_cells for word in re.findall(r"`(\w+)`", cell)}
    assert set(get_args(UnclearReason)) <= explained


def test_the_protocol_prints_the_golden_frames() -> None:
    text = (REFERENCE / "wire_protocol.md").read_text(encoding="utf-8")
    block = next(part for part in FENCE.findall(text) if part.startswith("A1 raw"))
    printed: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        begins = re.match(r"([AB]\d (?:raw|cobs))\s+([0-9a-f]+)$", line)
        name = begins[1] if begins else name
        printed[name] = printed.get(name, "") + (begins[2] if begins else line.strip())
    frames = {f"{k} raw": v.hex() for k, v in RAW.items()}
    frames |= {f"{k} cobs": v.hex() for k, v in COBS.items()}
    assert printed == frames
