"""YAML as it may stand in a programme: plain values, nothing twice, nothing that grows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import yaml

from firingorder.errors import FileFormatError

if TYPE_CHECKING:
    from collections.abc import Hashable

#: A programme with copies of all exercises is far below; a proposal.
LONGEST_TEXT = 500_000
_TAG = "tag:yaml.org,2002:"


class _Plain(yaml.SafeLoader):
    """The core schema of YAML 1.2 (yaml.org/spec/1.2.2, chapter 10.3): 010 is no 8, no is no false.

    The library's own rules are those of YAML 1.1, where ``1:30`` is the number 90.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases: a few lines of them stand for gigabytes."""
        if self.check_event(yaml.AliasEvent):
            event = cast("Any", self).peek_event()
            mark = cast("yaml.Mark", event.start_mark)
            raise yaml.MarkedYAMLError(
                problem="a reference (*) is not allowed here; write the value out",
                problem_mark=mark,
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a field that stands there twice: only one of them would count."""
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{name} stands there twice; keep one", problem_mark=key.start_mark
                )
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


for _name, _pattern, _first in (
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?",
     list("-+.0123456789")),
):  # fmt: skip
    cast("Any", _Plain).add_implicit_resolver(_TAG + _name, re.compile(f"{_pattern}$"), _first)


def load(text: str, origin: str) -> object:
    """Return the value that a text holds; JSON is read, too.

    Raises
    ------
    FileFormatError
        With the file and the line that cannot be read.
    """
    if len(text) > LONGEST_TEXT:
        raise FileFormatError(
            f"{origin} has {len(text)} characters, which is no programme; choose another file."
        )
    if "\t" in text and text.lstrip()[:1] in ("{", "["):
        text = text.replace("\t", " ")  # JSON may be indented with tabs, YAML may not
    try:
        # A loader of plain values, derived from the safe one.
        return yaml.load(text, _Plain)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = "" if mark is None else f" in line {mark.line + 1}"
        raise FileFormatError(
            f"{origin} cannot be read{where}: {error.problem}; correct it, or export it again."
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FileFormatError(
            f"{origin} cannot be read: it is damaged, or no text; export it again."
        ) from error
