"""The session as a pure function: inputs in their order in, events out.

Live, replay and analysis of a recording run the same engine on the same inputs, so they agree to
the last bit. The engine reads no clock and does no I/O: times come with the inputs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from firingorder.errors import DeviceRefusedError
from firingorder.findings import (
    ConnectionEvent,
    ConnectionState,
    Event,
    GapEvent,
    MarkerEvent,
    RepetitionFinding,
)
from firingorder.firmware_bridge.links.base import Framing
from firingorder.firmware_bridge.payloads import Hello, StreamDescriptor
from firingorder.firmware_bridge.receiver import (
    AckItem,
    DeviceEventItem,
    HelloItem,
    Item,
    Receiver,
    StatusItem,
    StreamKindCode,
)
from firingorder.montage import Montage, default_montage, select_columns
from firingorder.samples import (
    ContactReport,
    DisplayBlock,
    EmgChunk,
    EmgLayout,
    Gap,
    ImuChunk,
    ImuLayout,
    PelvisBlock,
    StreamKind,
)
from firingorder.session.inputs import Control, Input, LinkNote, Mark, Rx, Tx
from firingorder.session.tally import StreamTally
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.settings import Settings
from firingorder.signal.task import TaskSpec

#: A digest of the findings so far is kept this often (recording.md section 4).
DIGEST_PERIOD_S = 10.0
