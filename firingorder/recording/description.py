"""What the ``session`` message says: which software, on which machine, recorded what."""

from __future__ import annotations

import platform
import sys
from typing import Any

import numpy as np
import scipy

from firingorder import __version__


def describe_session(
    *,
    recording_id: str,
    decoder_version: str,
    person: str | None = None,
    task: str | None = None,
    simulated: bool = False,
    imported: bool = False,
    commit: str | None = None,
    **further: Any,
) -> dict[str, Any]:
    """Return the session message. ``person`` is a code, never a name.

    Replay is bit-identical only for the same software, numpy and scipy versions and processor
    family: they are all here. ``further`` fields are added as they are.
    """
    return {
        "recording_id": recording_id,
        "software_version": __version__,
        "commit": commit,
        "decoder_version": decoder_version,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "platform": sys.platform,
        "machine": platform.machine(),
        "person": person,
        "task": task,
        "simulated": simulated,
        "imported": imported,
        **further,
    }
