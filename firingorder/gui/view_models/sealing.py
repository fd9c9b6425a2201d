"""How a file that leaves is sealed: what a form asks for, and why it cannot be done so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.recording.sealed import Lock

LEAST_PASSPHRASE = 8
TOO_SHORT = f"A passphrase has {LEAST_PASSPHRASE} characters or more."
NO_KEY = "A key begins with age1: ask the receiver for it."


def seal_wrong(seal: str, secret: str) -> str:
    """Return why a file cannot be sealed so; empty: it can, or it stays open."""
    if seal == "passphrase" and len(secret) < LEAST_PASSPHRASE:
        return TOO_SHORT
    if seal == "key" and not secret.startswith("age1"):
        return NO_KEY
    return ""


def seal_lock(seal: str, secret: str) -> Lock | None:
    """Return to whom it is sealed, None where it stays open."""
    from firingorder.recording.sealed import Lock

    if seal == "passphrase":
        return Lock(passphrase=secret)
    if seal == "key":
        return Lock(recipients=(secret,))
    return None
