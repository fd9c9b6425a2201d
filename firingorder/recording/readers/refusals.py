"""What is not read, and what to do instead: one sentence for each kind of file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_C3D_OR_CSV = "export it as C3D or CSV in the program that made it"
#: Formats of vendors, by suffix. What their programs offer is from the makers' public manuals as we
#: know them; none of these programs was run here.
_VENDORS = {
    ".hpf": "a Delsys EMGworks recording: export it as CSV with the Delsys File Utility",
    ".shpf": "a Delsys Trigno Discover recording: export it as CSV in Trigno Discover",
    ".emg": "an EMG file of Delsys EMGworks or BTS: export it as CSV, or as C3D where offered",
    ".tdf": "a BTS file: export it as C3D or text (EMT) in BTS SMART",
    ".emt": "a BTS text table: export it as C3D in BTS SMART, or save it as CSV with one header",
    ".anb": "a binary analog file of Motion Analysis: export it as ANC or C3D in Cortex",
    ".trc": "a file of marker positions: it has no EMG",
    ".trb": "a file of marker positions: it has no EMG",
    ".slk": "a Noraxon project: export it as CSV or C3D in Noraxon MR",
    ".nox": "a Noraxon recording: export it as CSV or C3D in Noraxon MR",
    ".otb": "an OT Bioelettronica recording: export it as CSV or MAT in OT BioLab",
    ".otb+": "an OT Bioelettronica recording: export it as CSV or MAT in OT BioLab+",
    ".otb4": "an OT Bioelettronica recording: export it as CSV or MAT in OT BioLab Light",
    ".acq": "a BIOPAC recording: export it as MAT or text in AcqKnowledge",
    ".adicht": "a LabChart recording: export it as MAT or text in LabChart",
    ".mtb": "an Xsens recording: export it as text in MT Manager",
    ".mvn": f"an Xsens MVN recording: {_C3D_OR_CSV}",
    ".qtm": "a Qualisys recording: export it as C3D in QTM",
    ".xcp": "a camera file of Vicon: export the trial as C3D in Nexus",
    ".x2d": "a camera file of Vicon: export the trial as C3D in Nexus",
}
_OTHERS = {
    ".xlsx": "a workbook: save the sheet with the signals as CSV (File, Save as, CSV UTF-8)",
    ".xls": "a workbook: save the sheet with the signals as CSV (File, Save as, CSV UTF-8)",
    ".ods": "a workbook: save the sheet with the signals as CSV",
    ".rdata": "a file of R: save the table with write.csv() in R",
    ".rds": "a file of R: save the table with write.csv() in R",
    ".gz": "compressed: unpack it first",
    ".zip": "compressed: unpack it first",
    ".7z": "compressed: unpack it first",
    ".json": "a description without signals: name the recording itself",
    ".md": "a text for people: name the recording itself",
    ".pdf": "a document: name the recording itself",
    ".parquet": "a Parquet table, which is written and not read here: name the recording (.mcap)",
    ".mcap": "a recording of firingorder: analyse or replay it as it is",
}
#: Side files of a BIDS data set: tables, and no recordings.
_BIDS = re.compile(
    r"(^|_)(participants|scans|sessions|channels|electrodes|events|coordsystem|optodes)\.tsv$"
)
_PROSE = re.compile(r"^(licen[cs]e|copying|copyright|notice|readme|source|changelog)\b", re.I)


def refusal(path: Path) -> str | None:
    """Return why a file of this name is not read and what to do, None if it may be read."""
    suffix = path.suffix.lower()
    if path.name.lower().endswith(".json") or suffix in _OTHERS:
        return f"{path} is {_OTHERS.get(suffix, _OTHERS['.json'])}."
    if suffix in _VENDORS:
        return f"{path} is not read: {_VENDORS[suffix]}."
    if _BIDS.search(path.name.lower()):
        return f"{path} is a side file of a BIDS data set, no recording: name the EDF or BDF file."
    if _PROSE.match(path.name):
        return f"{path} is a text for people, no recording."
    return None


def vendor_suffixes() -> tuple[str, ...]:
    """Return the suffixes of vendors' formats that are refused."""
    return tuple(sorted(_VENDORS))
