"""A board of BrainFlow as a link: opened, polled and released in threads of its own.

What the reads are is described in :mod:`firingorder.firmware_bridge.adapters.array_record`.
BrainFlow tells nobody that a device is gone: its silence does, and then it is opened anew.
"""

from __future__ import annotations

import contextlib
import time
import warnings
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.errors import LinkError, UsageError
from firingorder.firmware_bridge.adapters.array_record import ArrayRecord, describe, pack_array
from firingorder.firmware_bridge.adapters.brainflow import SHIMMER3
from firingorder.firmware_bridge.links.library_link import LibraryLink, LibraryPort

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


#: BrainFlow keeps samples for us so long; it is polled a hundred times a second.
KEPT_S = 60
POLL_S = 0.01
#: Where BrainFlow searches for a device it takes this limit; the host tries again.
SEARCH_S = 5
_TEXTS = ("serial_port", "mac_address", "ip_address", "serial_number")


class BrainflowLink(LibraryLink):
    """One board.

    Parameters
    ----------
    board
        Its number among BrainFlow's boards.
    options
        ``serial_port``, ``mac_address``, ``ip_address``, ``ip_port``, ``serial_number``: what
        BrainFlow asks for to find this board.
    clock_ns
        The clock that stamps the reads.

    Raises
    ------
    UsageError
        The package is missing, there is no such board, or it has no EMG.
    """

    def __init__(
        self,
        board: str,
        options: Mapping[str, str] | None = None,
        *,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self._shim = _load()
        self._board_id = _board_id(board)
        self._fields = _describe(self._shim, self._board_id)
        self._options = dict(options or {})
        self._params = _params(self._shim, self._options)
        super().__init__(f"brainflow:{board} ({self._fields['name']})", clock_ns)

    def _start(self) -> _BoardPort:
        board = self._shim.BoardShim(self._board_id, self._params)
        try:
            board.prepare_session()
            board.start_stream(max(450, round(KEPT_S * self._fields["rate_hz"])))
        except self._shim.BrainFlowError as error:
            _release(self._shim, board)
            raise LinkError(_words(self.description, error, self._options)) from error
        return _BoardPort(self._shim, board, describe(self._fields), self._clock_ns)


class _BoardPort(LibraryPort):
    """What the reader's thread calls."""

    def __init__(
        self, shim: Any, board: Any, description: bytes, clock_ns: Callable[[], int]
    ) -> None:
        self._shim = shim
        self._board = board
        super().__init__(description, clock_ns, POLL_S)

    def _gathered(self) -> tuple[bytes, int]:
        try:
            values = self._board.get_board_data()
        except self._shim.BrainFlowError as error:
            raise OSError(str(error)) from None
        taken_ns = self._clock_ns()
        if not values.shape[1]:
            return b"", 0
        return pack_array(ArrayRecord(np.asarray(values), taken_ns)), taken_ns

    def close(self) -> None:
        """Stop the board and release it."""
        _release(self._shim, self._board)


def _load() -> Any:
    try:
        with warnings.catch_warnings():
            # It imports pkg_resources, which warns whoever comes by; nobody here can mend that.
            warnings.simplefilter("ignore")
            shim = import_module("brainflow.board_shim")
            # Its words go to standard error; ours say what to do.
            shim.BoardShim.disable_board_logger()
    except ImportError as error:
        raise UsageError(
            "Boards of BrainFlow need the package brainflow: pip install 'firingorder[brainflow]'."
        ) from error
    return shim


def _board_id(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(
            f"brainflow:{text}: name the board by its number, as in brainflow:0 for a Cyton "
            "(brainflow.readthedocs.io, supported boards)."
        ) from None


def _describe(shim: Any, board_id: int) -> dict[str, Any]:
    try:
        found: dict[str, Any] = shim.BoardShim.get_board_descr(board_id)
    except shim.BrainFlowError as error:
        raise UsageError(f"brainflow:{board_id}: BrainFlow knows no such board.") from error
    # A Shimmer has its EMG in the rows that BrainFlow calls ECG.
    rows = found.get("ecg_channels" if board_id == SHIMMER3 else "emg_channels")
    if not rows:
        raise UsageError(f"brainflow:{board_id} ({found.get('name')}) has no EMG.")
    return {
        "format": 1,
        "brainflow": metadata.version("brainflow"),
        "board_id": board_id,
        "name": str(found.get("name", "")),
        "rate_hz": found["sampling_rate"],
        "rows": found["num_rows"],
        "emg_rows": list(rows),
        "package_row": found.get("package_num_channel"),
    }


def _params(shim: Any, options: Mapping[str, str]) -> Any:
    params = shim.BrainFlowInputParams()
    for name in _TEXTS:
        if name in options:
            setattr(params, name, options[name])
    port = options.get("ip_port", "0")
    if not port.isdigit() or int(port) > 65535:
        raise UsageError(f"brainflow: ip_port must be a port number, not {port!r}.")
    params.ip_port = int(port)
    params.timeout = SEARCH_S
    return params


def _release(shim: Any, board: Any) -> None:
    for step in (board.stop_stream, board.release_session):
        with contextlib.suppress(shim.BrainFlowError):
            step()


def _words(description: str, error: Exception, options: Mapping[str, str]) -> str:
    where = ", ".join(f"{name} {options[name]}" for name in _TEXTS if name in options)
    found = f" with {where}" if where else "; most boards need ?serial_port= or ?mac_address="
    said = str(error).rstrip(".")
    return f"BrainFlow cannot open {description}{found}: {said}. Is it switched on and free?"
