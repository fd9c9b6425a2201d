"""Formats whose library is an extra: one sentence says which, where it is not there."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from firingorder.errors import UsageError

if TYPE_CHECKING:
    from types import ModuleType


def needed(module: str, extra: str, what: str) -> ModuleType:
    """Return a module of an extra.

    Raises
    ------
    UsageError
        It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"{what} needs {module.partition('.')[0]}, which is not installed: "
            f"pip install 'firingorder[{extra}]'."
        ) from error
