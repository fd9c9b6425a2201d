"""Whether the pads of two channels are exchanged: only on strong evidence.

Either a montage check says so, or one side was asked for and the other answered, more than once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.signal_check_params import SignalCheckParams


@dataclass(slots=True)
class _Request:
    channel: int
    since_s: float
    swapped: int = 0
    right: int = 0


class SwapWatch:
    """Holds what was asked for against what answered."""

    def __init__(self, params: SignalCheckParams, channels: tuple[str, ...]) -> None:
        self._params = params
        self._channels = channels
        self._mirror = [_mirror(channels, name) for name in channels]
        self._hinted: dict[int, int] = {}
        self._request: _Request | None = None
        self._votes: dict[frozenset[int], list[bool]] = {}

    def hint(self, a: str, b: str) -> None:
        """Take the word of somebody who looked closer."""
        i, j = self._channels.index(a), self._channels.index(b)
        self._hinted |= {i: j, j: i}

    def asked(self, channel: str | None, t_s: float) -> None:
        """Begin a request for one muscle alone, or end the one under way."""
        if self._request is not None:
            self._close(self._request)
        self._request = None
        if channel is not None and self._mirror[self._channels.index(channel)] is not None:
            self._request = _Request(self._channels.index(channel), t_s)

    def look(self, t_s: float, active: FloatArray) -> None:
        """Take a look that ends at ``t_s``; only whole seconds within a request count."""
        p, one = self._params, self._request
        if one is None or t_s - p.quality.window_s < one.since_s:
            return
        other = self._mirror[one.channel]
        assert other is not None
        own, mirrored = float(active[one.channel]), float(active[other])
        one.right += own >= p.active_ratio
        # The one that was asked for must keep to its rest: both sides at once prove nothing.
        one.swapped += mirrored >= p.active_ratio and own < _SILENT

    def partner(self, k: int) -> int | None:
        """Return the channel this one is exchanged with, None without strong evidence."""
        if k in self._hinted:
            return self._hinted[k]
        other = self._mirror[k]
        if other is None:
            return None
        votes = self._votes.get(frozenset((k, other)), [])
        strong = len(votes) >= 2 and all(votes[-2:])
        return other if strong else None

    def _close(self, one: _Request) -> None:
        other = self._mirror[one.channel]
        assert other is not None
        pair = frozenset((one.channel, other))
        if one.swapped >= self._params.swap_looks and one.right == 0:
            self._votes.setdefault(pair, []).append(True)
        elif one.right >= self._params.swap_looks and one.swapped == 0:
            self._votes.setdefault(pair, []).append(False)


#: Power over that of the rest below which a channel does nothing: 3 dB.
_SILENT = 2.0


def _mirror(channels: tuple[str, ...], name: str) -> int | None:
    muscle, _, side = name.rpartition("_")
    other = {"left": f"{muscle}_right", "right": f"{muscle}_left"}.get(side, "")
    return channels.index(other) if other in channels else None
