"""Small files as other programs write them, made by hand or by other people's writers."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import ezc3d
import h5py
import numpy as np
import scipy.io

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEED = 71
N = 600
RATE_HZ = 1000.0


def emg(n: int = N, channels: int = 2, seed: int = SEED) -> np.ndarray:
    """Noise of a few tens of microvolts, rounded to what a text file holds."""
    return np.round(np.random.default_rng(seed).normal(0, 40, (n, channels)), 3)


def _rows(columns: list[np.ndarray], delimiter: str = ",", form: str = "{:.7g}") -> list[str]:
    longest = max(len(one) for one in columns)
    cells = [
        [form.format(one[k]) if k < len(one) else "" for one in columns] for k in range(longest)
    ]
    return [delimiter.join(row) for row in cells]


def emgworks(path: Path) -> None:
    """EMGworks: facts, then a time column before every signal; two rates, volts."""
    x = emg() * 1e-6
    fast, slow = np.arange(N) / 2000.0, np.arange(N // 4) / 500.0
    facts = [f"Label: S{k} Sampling frequency: {hz} Number of points: {n} start: 0 Unit: V"
             for k, hz, n in ((1, 2000, N), (2, 500, N // 4))]  # fmt: skip
    names = "X[s],GMAX L: EMG 1[V],X[s],GMAX L: ACC X[g]"
    rows = _rows([fast, x[:, 0], slow, x[: N // 4, 1] * 1e4], form="{:.9g}")
    path.write_text("\n".join([*facts, names, *rows]) + "\n")


def discover(path: Path) -> None:
    """Trigno Discover: sensor names with their numbers, rates below the names, millivolts."""
    x = emg() * 1e-3
    t = np.arange(N) / 2148.1481
    head = [
        "Application:,Trigno Discover (1.7.0)",
        "Date/Time:,11/22/2025 10:00:00",
        "Collection Length (seconds):,0.28",
        "GMAX L (80731),,ES L (80732),",
        "sensor mode: 50,,sensor mode: 50,",
        "EMG 1 Time Series (s),EMG 1 (mV),EMG 1 Time Series (s),EMG 1 (mV)",
        ",2148.1481 Hz,,2148.1481 Hz",
    ]
    rows = _rows([t, x[:, 0], t, x[:, 1]], form="{:.9g}")
    path.write_text("\n".join([*head, *rows]) + "\n")


def noraxon(path: Path) -> None:
    """Noraxon MR3: facts with a name in them, markers in a column."""
    x = emg()
    marks = np.zeros(N)
    marks[200:] = 3
    head = [
        "Type,Noraxon MR3 Csv",
        "Name,Jane Example",
        '"time","Activity","Marker","LT GLUTEUS MAX.,uV","RT LUMBAR ES,uV"',
    ]
    cells = [f"{k / RATE_HZ:.4f},Activity,{marks[k]:g},{x[k, 0]},{x[k, 1]}" for k in range(N)]
    path.write_text("\n".join([*head, *cells]) + "\n")


def shimmer(path: Path) -> None:
    """Shimmer Consensys: separator, names, units, and a tab at the end of every line."""
    x = emg() * 1e-3
    t_ms = 1.6e12 + np.arange(N) * 1000.0 / 512.0
    names = ["S1_Timestamp_Unix_CAL", "S1_EMG_CH1_24BIT_CAL", "S1_Gyro_X_CAL"]
    head = ['"sep=\t"', "\t".join(names) + "\t", "ms\tmV\tdeg/s\t"]
    rows = [f"{t_ms[k]:.4f}\t{x[k, 0]:.6f}\t{x[k, 1]:.6f}\t" for k in range(N)]
    path.write_text("\n".join([*head, *rows]) + "\n")


def nexus(path: Path) -> None:
    """Vicon Nexus: sections, devices, names, units."""
    x = emg() * 1e-6
    head = ["Devices,,,", "1000,,,", ",,Delsys - Sensor 1,Delsys - Sensor 2",
            "Frame,Sub Frame,GMAX_L,ES_L", ",,V,V"]  # fmt: skip
    rows = [f"{1 + k // 10},{k % 10},{x[k, 0]:.9f},{x[k, 1]:.9f}" for k in range(N)]
    path.write_text("\n".join([*head, *rows]) + "\n")


def comma_table(path: Path) -> None:
    """Facts, names and units with semicolons and decimal commas."""
    x = emg()
    head = ["Messung;3", "Sampling rate;1000 Hz", "GMAX L;ES L", "uV;uV"]
    rows = [f"{x[k, 0]};{x[k, 1]}".replace(".", ",") for k in range(N)]
    path.write_text("\n".join([*head, *rows]) + "\n")


def openbci(path: Path, *, lost: int = 0, slipped: int = 0) -> None:
    """OpenBCI GUI v5, 250 Hz; samples 300 on are lost, or only their counter jumps."""
    x = emg()
    head = [
        "%OpenBCI Raw EEG Data",
        "%Number of channels = 2",
        "%Sample Rate = 250 Hz",
        "%Board = X",
    ]
    rows = ["0.0," * 6 + "0.0"]
    for k in range(N):
        passed = k + (lost if k >= 300 else 0)
        count = (passed + (slipped if k >= 300 else 0)) % 256
        at_ms = 1_600_000_000_000 + 40 * (passed // 10)  # ten samples arrive together
        rows.append(f"{count}, {x[k, 0]}, {x[k, 1]}, 0.1, 0.2, 0.9, {at_ms}")
    path.write_text("\r\n".join([*head, *rows]) + "\r\n")


def opensignals(path: Path) -> None:
    """OpenSignals text of a biosignalsplux: an EMG sensor of 16 bits and an accelerometer."""
    counts = np.round((emg() / 3000.0 + 0.5) * 65536).astype(int)
    header = {
        "00:07:80:AA:BB:CC": {
            "sensor": ["EMG", "XYZ"], "column": ["nSeq", "DI", "CH1", "CH2"],
            "sampling rate": 1000, "resolution": [16, 16], "device": "biosignalsplux",
            "device name": "00:07:80:AA:BB:CC", "comments": "Jane Example",
        }
    }  # fmt: skip
    rows = [f"{k % 65536}\t0\t{counts[k, 0]}\t{counts[k, 1]}\t" for k in range(N)]
    head = ["# OpenSignals Text File Format", f"# {json.dumps(header)}", "# EndOfHeader"]
    path.write_text("\n".join([*head, *rows]) + "\n")


def opensignals_h5(path: Path) -> None:
    """The same as HDF5, with the counter wrapping and ten samples lost."""
    counts = np.round((emg() / 3000.0 + 0.5) * 65536).astype(np.uint32)
    with h5py.File(path, "w") as file:
        group = file.create_group("00:07:80:AA:BB:CC")
        raw = group.create_group("raw")
        count = np.arange(N) + 15 * (65536 // 15 - 10)
        count[400:] += 10
        raw["nSeq"] = (count % 65536).astype(np.uint16)[:, None]
        raw["channel_2"] = counts[:, :1]
        group.attrs.update({"sampling rate": 1000, "device": "biosignalsplux", "resolution": [16]})
        group.attrs["sensor"] = ["EMG"]


def anc(path: Path) -> None:
    """Motion Analysis ANC."""
    counts = np.round(emg()).astype(int)
    head = [
        "File_Type:\tAnalog R/C ASCII\tGeneration#:\t2",
        f"Trial_Name:\tJane\tTrial#:\t2\tDuration(Sec.):\t{N / 1000}\t#Channels:\t2",
        "BitDepth:\t12\tPreciseRate:\t1000.000000",
        "",
        "Name\tGMAX_L\tES_L\t",
        "Rate\t1000\t1000\t",
        "Range\t5\t10\t",
    ]
    rows = [f"{k / 1000:.6f}\t{counts[k, 0]}\t{counts[k, 1]}\t" for k in range(N)]
    path.write_text("\n".join([*head, *rows]) + "\n")


def dot(path: Path) -> None:
    """Xsens DOT; packets 100 to 119 are missing."""
    x = emg(channels=7)
    head = ["sep=,", "DeviceTag:,Jane", "OutputRate:,60Hz", "",
            "PacketCounter,SampleTimeFine,Quat_W,FreeAcc_X,Gyr_X,Status"]  # fmt: skip
    kept = [k for k in range(N) if not 100 <= k < 120]
    rows = [f"{k + 1},{5_000_000 + k * 16667},{x[k, 0]},{x[k, 1]},{x[k, 2]},0" for k in kept]
    path.write_text("\n".join([*head, *rows]) + "\n")


def headerless(path: Path) -> None:
    """Nothing but numbers, with blanks behind the commas."""
    values = np.round(emg(channels=3)).astype(int)
    path.write_text("\r\n".join(", ".join(map(str, row)) for row in values))


def lying(path: Path) -> None:
    """Two lines: all times, then all values."""
    lines = (np.arange(N) / RATE_HZ, emg()[:, 0] / 10)
    path.write_text("\n".join(" ".join(f"{one:.6g}" for one in line) for line in lines) + "\n")


def simple_text(path: Path) -> None:
    """The Simple Text Format of BITalino."""
    counts = np.round(emg(channels=1)[:, 0] + 2048).astype(int)
    head = ["# Simple Text Format", "# Sampling Rate (Hz):= 1000.00", "# Resolution:= 12",
            "# Labels:= EMG"]  # fmt: skip
    path.write_text("\n".join([*head, *map(str, counts), "", ""]))


def c3d(path: Path) -> None:
    """A C3D of ezc3d: analog signals in volts, one marker, an event, a name."""
    made: Any = ezc3d.c3d()
    made["parameters"]["POINT"]["RATE"]["value"] = [100]
    made["parameters"]["POINT"]["LABELS"]["value"] = ("Jane:pelvis",)
    made["data"]["points"] = np.ones((4, 1, N // 10))
    made["parameters"]["ANALOG"]["RATE"]["value"] = [1000]
    made["parameters"]["ANALOG"]["LABELS"]["value"] = ("GMAX_L", "ES_L")
    made["parameters"]["ANALOG"]["UNITS"]["value"] = ("V", "V")
    made["data"]["analogs"] = (emg() * 1e-6).T[np.newaxis]
    made.add_parameter("SUBJECTS", "NAMES", ["Jane"])
    made.add_parameter("EVENT", "CONTEXTS", ["Left"])
    made.add_parameter("EVENT", "LABELS", ["Foot Strike"])
    made.add_parameter("EVENT", "TIMES", np.array([[0.0], [0.25]]))
    made.write(str(path))


def xdf(path: Path) -> None:
    """An XDF by the public description of the format: signals, texts, clock offsets."""
    channels = "".join(
        f"<channel><label>{label}</label><unit>millivolts</unit></channel>"
        for label in ("GMAX_L", "ES_L")
    )
    signal = _xdf_header("EMG", 2, "1000", "double64", f"<channels>{channels}</channels>")
    words = _xdf_header("Markers", 1, "0", "string", "")
    x = emg() * 1e-3
    samples = b"".join(
        b"\x08" + struct.pack("<d", 50 + k / 1000) + x[k].tobytes() for k in range(N)
    )
    text = b"lifted"
    mark = b"\x08" + struct.pack("<d", 50.25) + b"\x01" + bytes([len(text)]) + text
    chunks = [
        _xdf_chunk(1, b'<?xml version="1.0"?><info><version>1.0</version></info>'),
        _xdf_chunk(2, struct.pack("<I", 1) + signal),
        _xdf_chunk(2, struct.pack("<I", 2) + words),
        _xdf_chunk(3, struct.pack("<I", 1) + b"\x04" + struct.pack("<I", N) + samples),
        _xdf_chunk(3, struct.pack("<I", 2) + b"\x01\x01" + mark),
        *(_xdf_chunk(4, struct.pack("<Idd", k, 50.0 + j, 0.0)) for k in (1, 2) for j in range(3)),
    ]
    path.write_bytes(b"XDF:" + b"".join(chunks))


def _xdf_chunk(tag: int, content: bytes) -> bytes:
    return b"\x04" + struct.pack("<I", len(content) + 2) + struct.pack("<H", tag) + content


def _xdf_header(kind: str, count: int, rate: str, value: str, desc: str) -> bytes:
    return (
        f'<?xml version="1.0"?><info><name>Jane</name><type>{kind}</type>'
        f"<channel_count>{count}</channel_count><nominal_srate>{rate}</nominal_srate>"
        f"<channel_format>{value}</channel_format><hostname>jane-pc</hostname>"
        f"<desc>{desc}</desc></info>"
    ).encode()


def nested_mat(path: Path) -> None:
    """A structure in a structure, with rates in a structure of their own."""
    fs = {"Acc": 100, "Gyr": 100}
    inner = {"Acc": emg(channels=3), "Gyr": emg(channels=3, seed=2), "Fs": fs}
    scipy.io.savemat(path, {"data": {"Trial": {"Back": inner, "Name": "Jane"}}})


def npz(path: Path) -> None:
    """Arrays with names, a rate, and a time axis of one dimension."""
    np.savez(path, emg_mv=emg() * 1e-3, channel=np.array(["GMAX_L", "ES_L"]), fs_hz=1000.0)


MAKERS: dict[str, Callable[[Path], None]] = {
    "emgworks.csv": emgworks,
    "discover.csv": discover,
    "noraxon.csv": noraxon,
    "shimmer.csv": shimmer,
    "nexus.csv": nexus,
    "comma.csv": comma_table,
    "openbci.txt": openbci,
    "opensignals.txt": opensignals,
    "opensignals.h5": opensignals_h5,
    "walk.anc": anc,
    "dot.csv": dot,
    "headerless.csv": headerless,
    "lying.txt": lying,
    "simple.txt": simple_text,
    "walk.c3d": c3d,
    "lab.xdf": xdf,
    "nested.mat": nested_mat,
    "arrays.npz": npz,
}
