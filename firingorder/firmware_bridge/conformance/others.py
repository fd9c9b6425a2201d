"""What applies to devices of other makers: what they are, their rate, and what was lost.

They follow no specification of this project, so there are no commands to try and no frames to
judge; the pages behind each of them are named in docs/devices.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.conformance.clause import Clause
from firingorder.firmware_bridge.conformance.clocks import drift_of, whole_stretch
from firingorder.firmware_bridge.conformance.ledger import Ledger
from firingorder.firmware_bridge.items import ProfileItem
from firingorder.samples import EmgChunk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.firmware_bridge.conformance.ledger import ClauseResult
    from firingorder.firmware_bridge.items import Item, ReceiverStats
    from firingorder.firmware_bridge.profile import CapabilityProfile

PAGE = "devices.md"
OTHER_CLAUSES: tuple[Clause, ...] = (
    Clause(
        "other.profile",
        PAGE,
        "the device says, or is known, what it is",
        "Look whether the address names the right kind of device.",
    ),
    Clause(
        "other.rate",
        PAGE,
        "the sampling rate is the announced one, as far as such a clock can be trusted",
        "Set the rate in the device's own program, or look for a wrong firmware.",
    ),
    Clause(
        "other.loss",
        PAGE,
        "no sample is lost",
        "Look at the cable, the distance of the radio, and other programs on this computer.",
    ),
    Clause(
        "other.damage",
        PAGE,
        "no byte is damaged",
        "Look at the cable and its connectors; use another USB port or a shorter cable.",
    ),
)
#: A rate further off than this is not measured but another rate.
_WIDEST = 0.2


class OtherCheck:
    """Judges what the decoder of another maker's device makes of its bytes."""

    def __init__(self) -> None:
        self.ledger = Ledger(OTHER_CLAUSES)
        self.profile: CapabilityProfile | None = None
        self._model = whole_stretch(_WIDEST)
        self._span_s = (0.0, 0.0)
        self._first: int | None = None

    @property
    def streamed_s(self) -> float:
        """Seconds of samples, by the announced rate."""
        return self._span_s[1] - self._span_s[0]

    def take(self, items: Iterable[Item], t_ns: int) -> None:
        """Take what the decoder made of a read that arrived at ``t_ns``."""
        for item in items:
            if isinstance(item, ProfileItem):
                self.profile = item.profile
            elif isinstance(item, EmgChunk):
                last_s = (item.index0 + len(item.emg_uv) - 1) / item.rate_hz
                if self._first is None:
                    self._first = item.index0
                    self._span_s = (item.index0 / item.rate_hz, last_s)
                self._span_s = (self._span_s[0], last_s)
                self._model.add(round(1e6 * last_s), t_ns)

    def finish(self, stats: ReceiverStats) -> tuple[ClauseResult, ...]:
        """Draw the conclusions; ``stats`` is the account of the receiver."""
        ledger, profile = self.ledger, self.profile
        if profile is None:
            ledger.bad("other.profile", "the device did not say what it is")
            return ledger.results()
        ledger.good("other.profile")
        ledger.measure(
            "other.profile",
            f"{profile.model or profile.adapter}, {profile.emg_channels} channels at"
            f" {profile.emg_rate_hz:g} Hz. {profile.why_not_full or 'The order can be told.'}",
        )
        self._rate(profile)
        lost = sum(each.lost_samples for each in stats.streams.values())
        if any(each.samples for each in stats.streams.values()):
            words = f"{lost} samples are missing"
            ledger.judge("other.loss", ok=not lost, words=words)
            words = f"{stats.rejected} times bytes were no packet of this device"
            ledger.judge("other.damage", ok=not stats.rejected, words=words)
            ledger.measure("other.loss", f"{lost} samples in {self.streamed_s:.1f} s")
        if profile.time_source == "notification_count":
            ledger.skip("other.loss", "the device does not number its samples")
        return ledger.results()

    def _rate(self, profile: CapabilityProfile) -> None:
        found = drift_of(self._model, self.streamed_s)
        if found is None:
            self.ledger.skip("other.rate", "the stream was too short: give --duration 15")
            return
        drift, error = found
        rate_hz = profile.emg_rate_hz * (1.0 + 1e-6 * drift)
        limit = 1e6 * profile.slope_limit
        text = f"{rate_hz:.3f} Hz by this computer, {drift:+.0f} ppm within {error:.0f}"
        self.ledger.measure("other.rate", text)
        self.ledger.judge(
            "other.rate",
            ok=abs(drift) <= limit + error,
            words=f"{text}; {limit:.0f} ppm are possible with its clock",
        )
