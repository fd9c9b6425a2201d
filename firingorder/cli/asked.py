"""What several options may say: each is read or refused here, before the work begins."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.common import say
from firingorder.errors import UsageError
from firingorder.session.naming import name_for_a_code
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence


def load_settings(path: str | None) -> Settings | None:
    """Return the settings of a TOML file, None if no file was named.

    Raises
    ------
    UsageError
        The file is missing, is no TOML, or names an unknown setting.
    """
    if path is None:
        return None
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Settings {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"Settings {path} is no text file.") from error
    try:
        return Settings.from_toml(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"Settings {path} is no valid TOML: {error}.") from error


def recording_target(name: str) -> Path:
    """Return where a recording is to be written.

    Raises
    ------
    UsageError
        Under this name nothing could read it, or there is a file.
    """
    path = Path(name)
    if path.suffix.lower() != ".mcap":
        raise UsageError(f"{path}: a recording is called FILE.mcap.")
    if path.exists():
        raise UsageError(f"{path} exists already. Recordings are never overwritten.")
    return path


def refuse_rate(rate_hz: float | None, paths: Sequence[Path]) -> None:
    """Refuse a rate where there is no file that could want it.

    Raises
    ------
    UsageError
        All files are recordings of ours, which know their rates.
    """
    if rate_hz is not None and all(path.suffix.lower() == ".mcap" for path in paths):
        raise UsageError(f"{paths[0]} knows the rates of its channels: leave --rate out.")


def warn_of_name(person: str | None) -> None:
    """Say that codes are kept where one looks like a name; who calls people so goes on."""
    if said := name_for_a_code(person):
        say(said)
