"""The arguments of every command. Imports nothing heavy: ``--help`` answers at once."""

from __future__ import annotations

import argparse
import math

from firingorder import __version__

_DEVICE_HELP = (
    "device address: sim:bridge?seed=1, serial:auto, serial:PORT, ble:auto, ble:NAME, "
    "tcp://HOST:PORT, bitalino:PORT, cyton:PORT, chords:PORT, npg-ble:NAME, lsl:STREAM"
)
_FOLDER_HELP = (
    "recordings, or folders with them at any depth: all kinds of files that are read; a .tsv, .txt "
    "or .npz of a folder only where it holds signals"
)
_EVENTS_HELP = "write one JSON object a line to this file, - for standard output"
_SIDE_HELP = "side that works (both if the exercise can be done so, else left)"
_PROGRAMME_HELP = "train by this programme, one of your own or one that comes with firingorder"
_LSL_HELP = "send samples and findings over the network while the session runs (firingorder)"

_WEBSOCKET_HELP = "hand event lines to programs on this computer while the session runs (8765)"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="firingorder",
        description="Which muscle fired first, repetition by repetition, and how sure that is. "
        "For training and documentation; it does not diagnose.",
    )
    parser.add_argument("--version", action="version", version=f"firingorder {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary, add in (
        ("live", "open the live window", _live),
        ("record", "record without a window", _record),
        ("replay", "play a recording again", _replay),
        ("review", "look at a recording, repetition by repetition", _review),
        ("analyse", "find onsets and firing order in files", _analyse),
        ("import", "make a recording of another program's file", _import),
        ("explain", "say why a repetition got its verdict", _explain),
        ("export", "write a recording for other programs, nameless", _export),
        ("library", "people, sessions and results: list, back up, restore, erase", _library),
        ("report", "write the report of a recording: PDF or HTML", _report),
        ("home", "a sealed package for a person at home, and what comes back", _home),
        ("simulate", "be a belt: serve the virtual device", _simulate),
        ("devices", "list what is plugged in", _json_only),
        ("doctor", "check this computer, and say what to do", _json_only),
        ("check-device", "hold a device against the specification, for makers", _check_device),
    ):
        command = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        command.add_argument("--debug", action="store_true", help="show tracebacks and log")
        add(command)
    return parser


def _session(command: argparse.ArgumentParser) -> None:
    command.add_argument("--task", default="bridge", metavar="ID", help="exercise (bridge)")
    command.add_argument("--side", choices=("left", "right"), help=_SIDE_HELP)
    command.add_argument("--montage", metavar="FILE.json", help="which channel is which muscle")
    command.add_argument("--settings", metavar="FILE.toml", help="settings of the analysis")
    command.add_argument(
        "--calibration", metavar="FILE.json", help="calibration of this person, used as it fits"
    )
    command.add_argument(
        "--duration", type=_seconds, metavar="S", help="device time, outages count"
    )
    command.add_argument("--events", metavar="FILE|-", help=_EVENTS_HELP)
    command.add_argument("--person", metavar="CODE", help="code of the person, never a name")
    command.add_argument("--programme", metavar="NAME|FILE.yaml", help=_PROGRAMME_HELP)
    command.add_argument("--lsl", nargs="?", const="firingorder", metavar="NAME", help=_LSL_HELP)
    command.add_argument(
        "--websocket", nargs="?", type=_port, const=8765, metavar="PORT", help=_WEBSOCKET_HELP
    )


def _live(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", nargs="?", metavar="FILE.age", help="home package to open first")
    command.add_argument("--device", metavar="URL", help=_DEVICE_HELP + ", replay:FILE.mcap")
    _session(command)
    command.add_argument("--floor", action="store_true", help="start in the view for the floor")
    command.add_argument("--hat", choices=("person", "therapist"), help="who steers (settings)")
    command.add_argument(
        "--second-screen", action="store_true", help="show the view for the floor there, too"
    )
    command.add_argument("--no-sound", action="store_true", help="open no loudspeaker")
    pages = (
        "setup", "calibrate", "live", "review", "trends", "library", "programme", "exercises",
        "practise",
    )  # fmt: skip
    command.add_argument("--page", choices=pages, default="live", help="page to begin with (live)")
    command.add_argument("--theme", choices=("dark", "light"), default="dark")
    command.add_argument("--no-record", action="store_true", help="keep no recording")
    command.add_argument("--record", metavar="FILE.mcap", help="recording (user's data folder)")
    command.add_argument("--screenshot", metavar="FILE.png", help="save the window at the end")
    command.add_argument("--result", metavar="FILE.json", help="save the analysis at the end")


def _record(command: argparse.ArgumentParser) -> None:
    command.add_argument("--device", required=True, metavar="URL", help=_DEVICE_HELP)
    command.add_argument("--out", required=True, metavar="FILE.mcap")
    _session(command)
    command.add_argument(
        "--give-up",
        type=_seconds,
        metavar="S",
        help="wait for a lost device (60), or for one that was never there (10)",
    )
    command.add_argument(
        "--tap-test",
        type=_seconds,
        metavar="S",
        help="after S seconds, synchronise a joined pelvis sensor by taps of the heel in them",
    )


def _replay(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE.mcap")
    command.add_argument("--speed", type=float, default=1.0, metavar="X", help="0: at once")
    command.add_argument("--headless", action="store_true", help="without a window")
    command.add_argument("--events", metavar="FILE|-", help=_EVENTS_HELP)
    command.add_argument("--floor", action="store_true", help="start in the view for the floor")
    command.add_argument("--theme", choices=("dark", "light"), default="dark")
    command.add_argument("--screenshot", metavar="FILE.png", help="save the window at the end")


def _analyse(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="*", metavar="FILE|FOLDER", help=_FOLDER_HELP)
    _file_reading(command)
    command.add_argument("--print-settings", action="store_true", help="print them and stop")
    command.add_argument("--json", metavar="FILE|-", help="write the result as JSON")
    command.add_argument("--posteriors", metavar="FILE.npz", help="save the onset posteriors")
    command.add_argument("--report", metavar="FILE.pdf|FILE.html", help="write the report")
    command.add_argument("--out", metavar="DIR", help="one JSON file for each input")
    _many(command)


def _many(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--workers",
        default="1",
        metavar="N|dask://HOST:PORT",
        help="processes of this computer (1), or a Dask cluster",
    )
    command.add_argument(
        "--table", metavar="FILE.csv|FILE.parquet", help="one row for each recording"
    )
    command.add_argument("--plots", metavar="DIR", help="pictures of all recordings, and a page")
    command.add_argument("--again", action="store_true", help="also what --out holds already")
    command.add_argument(
        "--file-names", action="store_true", help="name files in table and pictures (only codes)"
    )


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE")
    command.add_argument("--out", required=True, metavar="FILE.pdf|FILE.html")
    _file_reading(command)
    command.add_argument("--no-annex", action="store_true", help="the pages of results only")
    command.add_argument("--patient", action="store_true", help="with a page in plain words")
    command.add_argument(
        "--names", action="store_true", help="with names, serial numbers and file names (codes)"
    )
    command.add_argument(
        "--free-text", action="store_true", help="with notes and reasons that somebody typed"
    )
    command.add_argument("--note", default="", metavar="TEXT", help="note of the therapist")
    command.add_argument(
        "--target",
        nargs="?",
        type=_lead_ms,
        const=True,
        metavar="MS",
        help="glutes first was the target, or a lead of so many ms (what the programme says)",
    )
    command.add_argument(
        "--alone", action="store_true", help="without the library: no sessions before, no notes"
    )


def _import(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE")
    command.add_argument("--out", metavar="FILE.mcap", help="the recording to make")
    command.add_argument("--preview", action="store_true", help="say what is in it, write nothing")
    command.add_argument("--montage", metavar="FILE.json", help="which signal is which muscle")
    command.add_argument("--rate", type=_hz, metavar="HZ", help="rate of a file without a clock")
    command.add_argument("--task", metavar="ID", help="exercise that was done (bridge)")
    command.add_argument("--side", choices=("left", "right"), help=_SIDE_HELP)
    command.add_argument("--person", metavar="CODE", help="code of the person, never a name")
    command.add_argument("--json", action="store_true", help="machine-readable")


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE")
    command.add_argument("--rep", type=int, required=True, metavar="N", help="repetition, from 1")
    _file_reading(command)
    command.add_argument("--json", action="store_true", help="the same as JSON")


def _library(command: argparse.ArgumentParser) -> None:
    acts = command.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, summary: str) -> argparse.ArgumentParser:
        one = acts.add_parser(name, help=summary, description=summary.capitalize() + ".")
        one.add_argument("--url", metavar="URL", help="postgresql://USER@HOST/DATABASE (a file)")
        one.add_argument(
            "--debug",
            action="store_true",
            default=argparse.SUPPRESS,
            help="show tracebacks and log",
        )
        return one

    listed = act("list", "list sessions, the newest first")
    listed.add_argument("--person", metavar="CODE", help="of this person only")
    _json_only(listed)
    act("backup", "write everything into one file").add_argument("file", metavar="FILE")
    restore = act("restore", "take everything out of a backup")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--replace", action="store_true", help="put aside what is there")
    erase = act("erase", "erase a person everywhere")
    erase.add_argument("code", metavar="CODE")
    erase.add_argument("--yes", action="store_true", help="without asking")
    adopt = act("adopt", "take in recordings that are not in the library")
    adopt.add_argument("folder", nargs="?", metavar="FOLDER|FILE", help="(the data folder's)")
    adopt.add_argument("--move", action="store_true", help="move them into the data folder")
    adopt.add_argument("--later", action="store_true", help="do not analyse them now")
    analyse = act("analyse", "analyse sessions that have no result yet")
    analyse.add_argument("--person", metavar="CODE", help="of this person only")
    audit = act("audit", "show what was done with data of people")
    audit.add_argument("--person", metavar="CODE", help="with those of this person only")
    audit.add_argument("--limit", type=_count, default=200, metavar="N", help="the newest (200)")


def _home(command: argparse.ArgumentParser) -> None:
    acts = command.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, summary: str) -> argparse.ArgumentParser:
        one = acts.add_parser(name, help=summary, description=summary.capitalize() + ".")
        one.add_argument(
            "--debug",
            action="store_true",
            default=argparse.SUPPRESS,
            help="show tracebacks and log",
        )
        return one

    pack = act("pack", "therapist: seal programme, calibration and photos for a person")
    pack.add_argument("--person", required=True, metavar="CODE", help="code of the person")
    pack.add_argument("--programme", required=True, metavar="NAME|FILE.yaml")
    pack.add_argument("--out", required=True, metavar="FILE.age")
    lock = pack.add_mutually_exclusive_group(required=True)
    lock.add_argument("--passphrase", action="store_true", help="agreed with the person")
    lock.add_argument("--recipient", metavar="KEY", help="the person's key (age1...)")
    pack.add_argument("--photos", metavar="DIR", help="pictures of the pads (JPEG, PNG)")
    opened = act("open", "person: open a package; the next session begins with it")
    opened.add_argument("file", metavar="FILE.age")
    opened.add_argument("--key", metavar="FILE", help="your secret key (a passphrase is asked)")
    opened.add_argument("--check", metavar="NUMBER", help="what your therapist told you")
    opened.add_argument("--another", action="store_true", help="another person or older is meant")
    back = act("return", "person: seal what was done for the therapist")
    back.add_argument("--out", required=True, metavar="FILE.age")
    other = back.add_mutually_exclusive_group()
    other.add_argument("--passphrase", action="store_true", help="seal to a passphrase instead")
    other.add_argument("--recipient", metavar="KEY", help="seal to another key")
    take = act("take", "therapist: take in what came back from home")
    take.add_argument("file", metavar="FILE.age")
    take.add_argument("--person", metavar="CODE", help="ask if it is of anybody else")
    take.add_argument("--anyway", action="store_true", help="another person or package is meant")
    how = take.add_mutually_exclusive_group()
    how.add_argument("--key", metavar="FILE", help="secret key (those of the packages sent)")
    how.add_argument("--passphrase", action="store_true", help="it was sealed to one")
    act("inbox", "therapist: list what came back, red flags and rises in pain first")
    act("key", "make a key that a package can be sealed to").add_argument(
        "--out", required=True, metavar="FILE"
    )


def _export(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE.mcap")
    formats = ("bids", "bdf", "csv", "c3d", "parquet", "mat")
    command.add_argument("--to", required=True, choices=formats, help="format")
    command.add_argument("--out", required=True, metavar="DIR", help="folder, or BIDS dataset")
    command.add_argument(
        "--person-code", metavar="LABEL", help="who it is in the export (sub-01 and so on)"
    )
    command.add_argument("--with-text", action="store_true", help="typed words go along")
    command.add_argument("--true-dates", action="store_true", help="dates are not moved")
    command.add_argument(
        "--automatic", action="store_true", help="as it was found, without corrections"
    )
    seal = command.add_mutually_exclusive_group()
    seal.add_argument(
        "--seal", action="append", metavar="RECIPIENT", help="encrypt to an age key (age1...)"
    )
    seal.add_argument("--passphrase", action="store_true", help="encrypt with a passphrase")


def _file_reading(command: argparse.ArgumentParser) -> None:
    command.add_argument("--task", metavar="ID", help="exercise (the recording's, else bridge)")
    command.add_argument(
        "--side", choices=("left", "right"), help="side that worked (the recording's)"
    )
    command.add_argument("--montage", metavar="FILE.json", help="which channel is which muscle")
    command.add_argument("--rate", type=_hz, metavar="HZ", help="rate of a file without a clock")
    command.add_argument("--settings", metavar="FILE.toml", help="settings of the analysis")


def _review(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", nargs="?", metavar="FILE", help="(the list of last sessions)")
    _file_reading(command)
    command.add_argument("--hat", choices=("person", "therapist"), help="who steers (settings)")
    command.add_argument("--theme", choices=("dark", "light"), default="dark")
    command.add_argument("--screenshot", metavar="FILE.png", help="save the window, then close it")


def _simulate(command: argparse.ArgumentParser) -> None:
    command.add_argument("--listen", required=True, metavar="pty|tcp:PORT|ble:TRANSPORT")
    command.add_argument(
        "--as", dest="as_", metavar="NAME", help="another maker's device: bitalino, cyton, chords"
    )
    body = command.add_mutually_exclusive_group()
    body.add_argument("--scenario", default="bridge", metavar="NAME", help="what the body does")
    body.add_argument("--body", metavar="FILE", help="a recorded file as the body")
    command.add_argument("--rate", type=_hz, metavar="HZ", help="EMG rate (1000, or the file's)")
    command.add_argument("--channels", metavar="A,B", help="muscles that carry electrodes (all 8)")
    command.add_argument("--no-imu", action="store_true", help="a belt without a pelvis sensor")
    command.add_argument("--seed", type=_whole, default=1, metavar="N")
    command.add_argument("--faults", metavar="SPEC", help="drop=0.01,flip=1e-5,stall=2@30,...")
    command.add_argument("--truth", metavar="FILE.json", help="write what really happens")
    command.add_argument("--duration", type=_seconds, metavar="S", help="stop after this long")
    command.add_argument("--repetitions", type=_count, metavar="N", help="bridges to do")


def _check_device(command: argparse.ArgumentParser) -> None:
    command.add_argument("url", metavar="URL", help=_DEVICE_HELP)
    _json_only(command)
    command.add_argument(
        "--duration", type=_seconds, metavar="S", help="measure the stream for S (15, by radio 60)"
    )
    command.add_argument("--slow", action="store_true", help="wait for the keep-alive, too (12 s)")
    command.add_argument(
        "--only", metavar="A,B", help="clauses, groups or sections, as selftest,command.token,7"
    )


def _seconds(text: str) -> float:
    """Read a length of time; argparse says which option it was."""
    return _above_zero(text, "seconds")


def _hz(text: str) -> float:
    return _above_zero(text, "a rate in Hz")


def _above_zero(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0.0):
        raise argparse.ArgumentTypeError(f"must be {what} above 0, not {text!r}")
    return value


def _whole(text: str) -> int:
    return _at_least(text, 0)


def _lead_ms(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text} ms is no lead of one muscle over another")
    return value


def _count(text: str) -> int:
    return _at_least(text, 1)


def _port(text: str) -> int:
    value = _at_least(text, 0)
    if value > 65535:
        raise argparse.ArgumentTypeError(f"must be a port from 0 to 65535, not {text!r}")
    return value


def _at_least(text: str, least: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} on, not {text!r}")
    return value


def _json_only(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="machine-readable")
