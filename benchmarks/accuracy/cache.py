"""Results that do not depend on the product's code, kept in ``out/accuracy_cache``.

The key holds what was asked for, the versions of all packages, and the text of every module that
takes part, so a change of a scenario or of the simulator makes them anew.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from typing import TYPE_CHECKING, Any

from benchmarks.accuracy.peers import versions

if TYPE_CHECKING:
    from pathlib import Path

_SIMULATOR = tuple(
    f"firingorder/simulation/{name}.py"
    for name in ("bursts", "contaminants", "motor_units", "noise", "synth")
)
_TRIALS = ("benchmarks/accuracy/scenarios.py", "benchmarks/accuracy/trials.py", *_SIMULATOR)
SOURCES = {
    "tune": ("tuning", "peers", "literature"),
    "peers": ("tuning", "peers", "literature"),
    "oracle": ("oracle",),
    "bound": ("oracle", "bounds"),
}


class Cache:
    """A folder of pickled results; ``fresh`` ignores what is there."""

    def __init__(self, folder: Path, root: Path, *, fresh: bool) -> None:
        self._folder = folder
        self._root = root
        self._fresh = fresh
        self.hits = 0

    def path(self, kind: str, asked: object) -> Path:
        """Return where the result of ``kind`` for ``asked`` (of a stable repr) lies."""
        names = [f"benchmarks/accuracy/{name}.py" for name in SOURCES[kind]]
        text = json.dumps([kind, repr(asked), versions()])
        digest = hashlib.sha256(text.encode())
        for name in (*names, *_TRIALS):
            digest.update((self._root / name).read_bytes())
        return self._folder / f"{kind}-{digest.hexdigest()[:20]}.pickle"

    def load(self, kind: str, asked: object) -> Any | None:
        """Return a kept result, or None."""
        path = self.path(kind, asked)
        if self._fresh or not path.exists():
            return None
        self.hits += 1
        return pickle.loads(path.read_bytes())

    def keep(self, kind: str, asked: object, result: Any) -> None:
        """Keep a result."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.path(kind, asked).write_bytes(pickle.dumps(result))
