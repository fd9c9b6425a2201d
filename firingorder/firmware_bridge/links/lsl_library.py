"""The library of Lab Streaming Layer, loaded when it is needed and not before."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firingorder.errors import UsageError

if TYPE_CHECKING:
    from types import ModuleType

#: Where liblsl looks for its settings (liblsl ``src/api_config.cpp``), beside ``LSLAPICFG``.
_SETTINGS = ("lsl_api.cfg", "~/lsl_api/lsl_api.cfg", "/etc/lsl_api/lsl_api.cfg")
#: liblsl writes every lost stream to standard error; what matters is said by this program.
_QUIET = "[log]\nlevel = -3\n"


def load_pylsl() -> Any:
    """Return the module; where nobody has settings for it, it keeps quiet.

    Raises
    ------
    UsageError
        It is not installed, or finds no library for this system.
    """
    try:
        module: ModuleType = import_module("pylsl")
    except ImportError as error:
        raise UsageError(
            "Streams of the lab network need the package pylsl: pip install 'firingorder[lsl]'."
        ) from error
    except RuntimeError as error:  # pylsl's own word for a missing liblsl
        raise UsageError(f"pylsl finds no liblsl on this system: {error}") from error
    if not _has_settings() and hasattr(module, "set_config_content"):
        module.set_config_content(_QUIET)  # without effect once anything was sent or looked for
    return module


def _has_settings() -> bool:
    if os.environ.get("LSLAPICFG"):
        return True
    return any(Path(name).expanduser().is_file() for name in _SETTINGS)
