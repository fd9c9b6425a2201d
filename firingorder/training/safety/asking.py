"""Makes a question out of texts. Docs: docs/reference/safety.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from firingorder.training.safety.records import Prompt
from firingorder.training.safety.texts import text

if TYPE_CHECKING:
    from firingorder.training.safety.records import PromptKind


def ask(
    key: str,
    says: str,
    kind: PromptKind,
    options: tuple[tuple[str, str], ...] = (),
    *,
    help_key: str = "",
    number: int = 1,
    of: int = 1,
) -> Prompt:
    """Return a question; ``says``, the words of ``options`` and ``help_key`` are keys of texts."""
    return Prompt(
        key=key,
        text=text(says),
        kind=kind,
        options=tuple((name, text(words)) for name, words in options),
        number=number,
        of=of,
        help=text(help_key) if help_key else "",
        spoken=(says,),
    )


def pain_prompt(when: Literal["after_set", "after"]) -> Prompt:
    """Return the question about pain after a set, or after the session (0 to 10)."""
    says = {"after_set": "question.pain_set", "after": "question.pain_after"}[when]
    return ask(f"pain_{when}", says, "scale", help_key="help.pain")
