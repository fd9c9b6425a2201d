"""The PIN of the Therapist hat: a fence, no lock. Docs: docs/reference/safety.md section 5."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

from firingorder.errors import UsageError

#: scrypt (RFC 7914) with 16 MiB and five passes: one of the equal choices of the OWASP Password
#: Storage Cheat Sheet.
_N, _R, _P = 2**14, 8, 5
_KEY_BYTES = 32
SALT_BYTES = 16
SHORTEST, LONGEST = 4, 64
#: Wrong tries that cost nothing; then so many seconds, doubled each time up to the longest. A
#: proposal: slow for guessing, short for a slip of the finger.
FREE_TRIES, FIRST_WAIT_S, LONGEST_WAIT_S = 3, 5.0, 300.0


@dataclass(frozen=True, slots=True)
class PinTries:
    """Wrong tries since the last right one, and when the newest was (seconds of the epoch)."""

    wrong: int = 0
    last_s: float = 0.0


def hash_pin(pin: str, salt: bytes) -> str:
    """Return what is kept of a PIN: method, cost, salt and hash; never the PIN.

    Parameters
    ----------
    pin
        4 to 64 characters.
    salt
        Random bytes of the caller, at least 16, fresh for each PIN.

    Raises
    ------
    UsageError
        The PIN is too short or too long.
    ValueError
        The salt is too short.
    """
    plain = _plain(pin)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise UsageError(
            f"The PIN has {len(plain)} characters; choose {SHORTEST} to {LONGEST} of them."
        )
    if len(salt) < SALT_BYTES:
        raise ValueError(f"a salt of {len(salt)} bytes")
    key = _derive(plain, salt, _N, _R, _P, _KEY_BYTES)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${key.hex()}"


def is_hash(stored: str) -> bool:
    """Tell whether a text is what :func:`hash_pin` makes."""
    return _parts(stored) is not None


def pin_matches(pin: str, stored: str) -> bool:
    """Tell whether a PIN is the one that was set; the comparison takes as long either way.

    What is stored and cannot be read lets nobody in.
    """
    parts = _parts(stored)
    if parts is None:
        return False
    n, r, p, salt, key = parts
    return hmac.compare_digest(_derive(_plain(pin), salt, n, r, p, len(key)), key)


def wait_s(tries: PinTries, now_s: float) -> float:
    """Return how long the next try has to wait, seconds; 0: it may be made now.

    A clock that was set back does not shorten it, and makes it no longer than it was.
    """
    beyond = tries.wrong - FREE_TRIES
    if beyond < 0:
        return 0.0
    whole = min(FIRST_WAIT_S * 2.0 ** min(beyond, 30), LONGEST_WAIT_S)
    return min(whole, max(0.0, tries.last_s + whole - now_s))


def tried(tries: PinTries, *, right: bool, now_s: float) -> PinTries:
    """Return the count after one more try."""
    return PinTries() if right else PinTries(tries.wrong + 1, now_s)


def _plain(pin: str) -> str:
    """Return the PIN the same way whatever keyboard wrote it (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", pin.strip())


def _derive(plain: str, salt: bytes, n: int, r: int, p: int, length: int) -> bytes:
    memory = 128 * r * (n + p + 2) + 2**20
    return hashlib.scrypt(plain.encode(), salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=length)


def _parts(stored: str) -> tuple[int, int, int, bytes, bytes] | None:
    """Return cost, salt and key; None: damaged, or a cost that would stall this computer."""
    try:
        method, n, r, p, salt, key = stored.split("$")
        cost = (int(n), int(r), int(p))
        read = (bytes.fromhex(salt), bytes.fromhex(key))
    except ValueError:
        return None
    power = cost[0] > 1 and cost[0] & (cost[0] - 1) == 0
    fits = power and cost[0] <= 2**17 and 1 <= cost[1] <= 16 and 1 <= cost[2] <= 16
    whole = len(read[0]) >= SALT_BYTES and 16 <= len(read[1]) <= 64
    return (*cost, *read) if method == "scrypt" and fits and whole else None
