"""Where a name might leave with what is meant to hold codes only.

Files hold codes; a name stands in the library alone, where it can be erased. Nobody can tell names
in general: found are codes of several words, and words of the name that the library keeps.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: Shorter words of a name ("de", "Al") stand in any text.
_LEAST_LETTERS = 3
#: Files that people's words get into; pictures are looked at by nobody but people.
_TEXT = (".json", ".jsonl", ".yaml")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def name_for_a_code(person: str | None) -> str:
    """Return what is to be said of a code that looks like a name; empty where it does not."""
    if person is None or len(person.split()) < 2:
        return ""
    return (
        f"{person!r} looks like a name: files keep what --person says, so take a code (p07). "
        "Names stand in the library alone, where they can be erased."
    )


def named_in(folder: Path, name: str) -> dict[str, tuple[str, ...]]:
    """Return which files of a folder have words of a name, and which words.

    Parameters
    ----------
    folder
        What is about to be given away; files of text are read, in it and below it.
    name
        As the library keeps it; nothing is found for an empty one.

    Notes
    -----
    Words count as they are written in the name, or in capitals: somebody called Back is not found
    in "back first".
    """
    words = {word for word in _WORD.findall(name) if len(word) >= _LEAST_LETTERS}
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.rglob("*")):
        if words and path.suffix in _TEXT:
            there = set(_WORD.findall(_plain(path)))
            hit = sorted(word for word in words if {word, word.upper()} & there)
            if hit:
                found[path.relative_to(folder).as_posix()] = tuple(hit)
    return found


def _plain(path: Path) -> str:
    """Return a text with its letters: JSON may hold them as escapes."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".yaml":
        return text
    parts: list[str] = []
    for line in text.splitlines() if path.suffix == ".jsonl" else [text]:
        try:
            parts.append(json.dumps(json.loads(line), ensure_ascii=False))
        except ValueError:
            parts.append(line)
    return "\n".join(parts)
