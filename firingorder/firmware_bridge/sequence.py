"""Counting frames by their number, and noticing that the device started again.

Pure bookkeeping over frames in their order of arrival (wire_protocol.md sections 4, 7 and 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from firingorder.firmware_bridge.frame import FrameType

if TYPE_CHECKING:
    from firingorder.firmware_bridge.frame import Frame

_SEQ_MODULUS = 1 << 16
#: A frame this little behind the newest is a repetition, not a new count.
_REPEAT_WINDOW_FRAMES = 64
#: Frames of one class leave the device in the order of their time; a fall of more than this is
#: a clock that began anew. Smaller falls are time stamps that were taken in another order.
CLOCK_FALL_US = 1_000_000
_BOOT_ID = slice(20, 24)

Restart = Literal["boot_id", "clock"]


class RestartWatch:
    """Tells whether a frame shows that the device booted again."""

    def __init__(self) -> None:
        self._boot_id: bytes | None = None
        self._newest_us: dict[int, int] = {}

    def check(self, frame: Frame) -> Restart | None:
        """Return what gave the restart away, or None. HELLO knows for sure, the clock suspects."""
        if frame.type == FrameType.HELLO:
            return self._check_hello(frame)
        restart: Restart | None = None
        # DATA may wait in the ring of the device while other frames pass it.
        group = frame.stream if frame.type == FrameType.DATA else -1
        newest = self._newest_us.get(group)
        if newest is not None and frame.t_us < newest - CLOCK_FALL_US:
            restart = "clock"
        if restart is not None:
            self._newest_us.clear()
            newest = None
        if newest is None or frame.t_us > newest:
            self._newest_us[group] = frame.t_us
        return restart

    def _check_hello(self, frame: Frame) -> Restart | None:
        """Judge HELLO by its boot_id alone: a device may keep one that it built long ago."""
        boot_id = frame.payload[_BOOT_ID]
        if len(boot_id) < _BOOT_ID.stop - _BOOT_ID.start:
            return None
        before, self._boot_id = self._boot_id, boot_id
        if before is None or before == boot_id:
            return None
        self._newest_us.clear()
        return "boot_id"


class SequenceCounter:
    """Missing and repeated frame numbers of one direction of one link.

    Attributes
    ----------
    missing
        Frames whose number never came: dropped by the device or lost on the link. A hole of more
        than 65 535 frames shows only its remainder (section 7).
    repeated
        Frames whose number had been seen.

    Parameters
    ----------
    attributes
        Whether HELLO may also be read as an attribute (BLE).
    """

    def __init__(self, *, attributes: bool = False) -> None:
        self._attributes = attributes
        self.missing = 0
        self.repeated = 0
        self._expected: int | None = None
        self._watch = RestartWatch()

    def reset(self) -> None:
        """Expect any number next: the link was opened anew."""
        self._expected = None

    def count(self, frame: Frame) -> bool:
        """Count a frame; return True when it repeats one that was seen."""
        if self._watch.check(frame) is not None:
            self._expected = None
        if self._attributes and frame.type == FrameType.HELLO and frame.seq == 0:
            # Read as an attribute it takes no number (section 11). If the number 0 was due it may
            # have been a notification after all: then any number may come next.
            if self._expected == 0:
                self._expected = None
            return False
        if self._expected is not None:
            ahead = (frame.seq - self._expected) % _SEQ_MODULUS
            if ahead >= _SEQ_MODULUS - _REPEAT_WINDOW_FRAMES:
                self.repeated += 1
                return True
            self.missing += ahead
        self._expected = (frame.seq + 1) % _SEQ_MODULUS
        return False
