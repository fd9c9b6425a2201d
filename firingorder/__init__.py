"""firingorder: which muscle fired first, repetition by repetition, and how sure that is.

From Python::

    import firingorder

    result = firingorder.analyse(samples, rate_hz, channels)
    for repetition in result.repetitions:
        print(repetition.verdict, repetition.lead_ms, repetition.low_ms, repetition.high_ms)

``analyse`` takes arrays, ``read`` files of other programs, ``open_recording`` our own recordings.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firingorder.recording.reader import open_recording
    from firingorder.session.arrays import ImuSamples, analyse
    from firingorder.session.files import analyse_path
    from firingorder.session.foreign import PlacedSignals, read
    from firingorder.session.results import Analysis
    from firingorder.signal.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "ImuSamples",
    "PlacedSignals",
    "Settings",
    "analyse",
    "analyse_path",
    "open_recording",
    "read",
]

#: Loaded on first use: ``import firingorder`` and the command line's --help stay quick.
_HOMES = {
    "Analysis": "firingorder.session.results",
    "ImuSamples": "firingorder.session.arrays",
    "PlacedSignals": "firingorder.session.foreign",
    "Settings": "firingorder.signal.settings",
    "analyse": "firingorder.session.arrays",
    "analyse_path": "firingorder.session.files",
    "open_recording": "firingorder.recording.reader",
    "read": "firingorder.session.foreign",
}


def __getattr__(name: str) -> Any:
    """Return a public name from its room."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'firingorder' has no attribute {name!r}")
    return getattr(import_module(home), name)
