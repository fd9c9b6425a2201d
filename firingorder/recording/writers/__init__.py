"""What leaves for other people's programs; each format is imported when it is asked for."""

from firingorder.recording.writers.data import (
    ARBITRARY,
    IMU_NAMES,
    IMU_UNITS,
    ExportData,
    ExportEvent,
    ExportFacts,
    ExportGap,
    ExportStream,
)
from firingorder.recording.writers.staging import publish, staging

__all__ = [
    "ARBITRARY",
    "IMU_NAMES",
    "IMU_UNITS",
    "ExportData",
    "ExportEvent",
    "ExportFacts",
    "ExportGap",
    "ExportStream",
    "publish",
    "staging",
]
