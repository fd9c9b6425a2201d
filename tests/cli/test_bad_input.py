"""Bad input ends with one or two clear sentences and the right exit status, never a traceback."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from firingorder.cli import main
from firingorder.firmware_bridge.commands import HelloCommand
from firingorder.firmware_bridge.frame import packet
from tests.session.cohort.many import write_csv

Fails = Callable[..., str]


#: What is wrong with a line or a file does not care how many muscles there are.
TWO = "channels=gluteus_maximus_left,erector_spinae_left"


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str]) -> Fails:
    """Run a command that must fail; return its one message, which follows what was told."""

    def run(status: int, *args: str) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONWARNINGS", "error")
            assert main(args) == status
        captured = capsys.readouterr()
        told = ("Recording: ", "The simulated belt was unplugged. It is waited for")
        kept = [line for line in captured.err.splitlines() if line.startswith(told)]
        message = captured.err.removeprefix("".join(f"{line}\n" for line in kept)).strip()
        assert message.startswith("firingorder: ")
        assert "Traceback" not in message
        assert "Unexpected" not in message
        assert 1 <= len(message.splitlines()) <= 2, message
        assert len(message) < 500
        return message

    return run


@pytest.mark.parametrize("option", ["--json", "--posteriors"])
def test_a_place_for_results_that_is_none_is_refused_before_the_work(
    fails: Fails, tmp_path: Path, option: str
) -> None:
    """Minutes of analysis went before it was said."""
    (tmp_path / "broken.csv").write_text("told later\n")
    place = str(tmp_path / "nowhere" / "found")
    told = fails(2, "analyse", str(tmp_path / "broken.csv"), option, place)
    assert "cannot be written: there is no folder" in told
    assert place in told


def test_an_unknown_file_is_named(fails: Fails, tmp_path: Path) -> None:
    for name in ("no.mcap", "no.edf", "no.csv"):
        assert name in fails(2, "analyse", str(tmp_path / name))
    assert "no.mcap" in fails(2, "replay", str(tmp_path / "no.mcap"), "--headless")
    (tmp_path / "notes.docx").write_bytes(b"hello")
    assert "notes.docx" in fails(2, "analyse", str(tmp_path / "notes.docx"))
    (tmp_path / "empty").mkdir()
    assert "holds no recording" in fails(2, "analyse", str(tmp_path / "empty"))


def test_damaged_files_are_refused_with_the_reason(fails: Fails, tmp_path: Path) -> None:
    (tmp_path / "empty.mcap").write_bytes(b"")
    (tmp_path / "noise.mcap").write_bytes(os.urandom(5000))
    (tmp_path / "broken.edf").write_bytes(b"0       " + b"x" * 300)
    (tmp_path / "empty.bdf").write_bytes(b"")
    (tmp_path / "broken.mat").write_bytes(b"MATLAB 5.0 MAT-file" + b"\0" * 40)
    (tmp_path / "broken.csv").write_bytes(b"\x00\x01\x02")
    for name in ("empty.mcap", "noise.mcap", "broken.edf", "empty.bdf", "broken.mat"):
        assert name in fails(1, "analyse", str(tmp_path / name))
    assert "broken.csv" in fails(1, "analyse", str(tmp_path / "broken.csv"), "--rate", "1000")


def test_a_wrong_montage_is_named(fails: Fails, tmp_path: Path) -> None:
    csv = tmp_path / "a.csv"
    np.savetxt(csv, np.zeros((2000, 2)), delimiter=",", header="A,B", comments="")
    montage = tmp_path / "m.json"
    base = ("analyse", str(csv), "--rate", "1000", "--montage", str(montage))
    assert "m.json" in fails(2, *base)
    montage.write_text("{")
    assert "JSON" in fails(2, *base)
    montage.write_text(json.dumps({"channels": {"A": "biceps"}}))
    assert "biceps" in fails(2, *base)
    montage.write_text(json.dumps({"channels": {"C": "gluteus_maximus_left"}}))
    assert "C" in fails(2, *base)
    assert "A, B" in fails(2, "analyse", str(csv), "--rate", "1000")
    assert "--rate" in fails(2, "analyse", str(csv))


def test_a_wrong_setting_is_named(fails: Fails, tmp_path: Path) -> None:
    settings = tmp_path / "s.toml"
    settings.write_text("[onset]\nspeed_of_light = 3\n")
    assert "speed_of_light" in fails(2, "analyse", "x.mcap", "--settings", str(settings))
    settings.write_text("[onset\n")
    assert "TOML" in fails(2, "analyse", "x.mcap", "--settings", str(settings))


def record(address: str, path: Path, *more: str) -> tuple[str, ...]:
    return ("record", "--device", address, "--out", str(path), *more)


def test_a_port_that_is_not_there_is_named(fails: Fails, tmp_path: Path) -> None:
    out = tmp_path / "s.mcap"
    message = fails(1, *record("serial:/dev/ttyNONE9", out, "--give-up", "0.5"))
    assert "/dev/ttyNONE9" in message
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    message = fails(1, *record(f"tcp://127.0.0.1:{port}", out, "--give-up", "0.5"))
    assert str(port) in message
    assert not out.exists()
    assert "bridge_mixed" in fails(2, *record("sim:flying", out))
    assert "tcp://HOST:PORT" in fails(2, *record("tcp://x", out))
    out.write_bytes(b"something dear")
    assert "exists" in fails(2, *record("sim:rest?speed=0", out, "--duration", "1"))
    assert out.read_bytes() == b"something dear"


@pytest.mark.parametrize("name", ["s.txt", "s"])
def test_a_recording_has_a_name_under_which_it_is_read_again(
    name: str, fails: Fails, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .txt was written, and no command took it for a recording."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    out = tmp_path / name
    assert "FILE.mcap" in fails(2, *record("sim:rest?speed=0", out, "--duration", "1"))
    live = ("live", "--device", "sim:rest", "--duration", "1", "--record", str(out))
    assert "FILE.mcap" in fails(2, *live)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("person", "named"), [("John Smith", True), ("p07", False)])
def test_a_name_for_a_code_is_told_and_taken(
    person: str, named: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files hold codes and never names, and a name was taken without a word."""
    table, out = tmp_path / "a.csv", tmp_path / "a.mcap"
    write_csv(table, seed=1, seconds=3.0)
    for command in (
        ("import", str(table), "--out", str(out)),
        record("sim:rest?speed=0", tmp_path / "s.mcap", "--duration", "1"),
    ):
        assert main([*command, "--person", person]) == 0
        assert ("looks like a name" in capsys.readouterr().err) is named


@pytest.mark.parametrize("value", ["nan", "inf", "0", "-1", "x"])
@pytest.mark.parametrize("option", ["--duration", "--give-up", "--tap-test"])
def test_a_length_of_time_is_above_zero(
    option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*record("sim:rest?speed=0", tmp_path / "s.mcap"), option, value])
    assert caught.value.code == 2
    assert f"{option}: must be seconds above 0" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("option", "value"), [("--seed", "-1"), ("--repetitions", "0")])
def test_a_count_is_no_less_than_makes_sense(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["simulate", "--listen", "pty", option, value])
    assert caught.value.code == 2
    assert "must be a whole number" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["0", "-5", "nan", "inf", "x"])
@pytest.mark.parametrize(
    "command",
    [("analyse", "a.csv"), ("import", "a.csv", "--preview"), ("simulate", "--listen", "pty")],
)
def test_a_rate_is_above_zero(
    command: tuple[str, ...], value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A virtual device at 0 Hz began, and a recording was analysed at -5 Hz."""
    with pytest.raises(SystemExit) as caught:
        main([*command, "--rate", value])
    assert caught.value.code == 2
    assert "--rate: must be a rate in Hz above 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("analyse", ()),
        ("review", ("--screenshot", "a.png")),
        ("explain", ("--rep", "1")),
        ("report", ("--out", "a.html")),
    ],
)
def test_a_recording_knows_its_rate(
    command: str, more: tuple[str, ...], fails: Fails, tmp_path: Path
) -> None:
    """Another one was taken, and nothing was done with it."""
    path = tmp_path / "s.mcap"
    path.touch()
    message = fails(2, command, str(path), "--rate", "1000", *more)
    assert "s.mcap" in message
    assert "leave --rate out" in message


@contextlib.contextmanager
def strange_device(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says something else than frame v1."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with client, contextlib.suppress(OSError):
                        talk(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def chatter(client: socket.socket) -> None:
    client.settimeout(0.05)
    while True:
        client.sendall(b"\xa0\x17ABCDEFGHIJKLMNOPQRSTUVWXYZabcde\xc0" * 20)
        with contextlib.suppress(TimeoutError):
            if not client.recv(4096):
                return


def major_two(client: socket.socket) -> None:
    from firingorder.firmware_bridge.commands import encode_command

    frame = bytearray(encode_command(HelloCommand(1), seq=1))
    frame[0], frame[1] = 0xE2, 0x01
    import struct
    import zlib

    frame[-4:] = struct.pack("<I", zlib.crc32(frame[:-4]))
    while client.recv(4096):
        client.sendall(b"\0" + packet(bytes(frame)))


def test_a_device_that_speaks_something_else_is_refused(fails: Fails, tmp_path: Path) -> None:
    with strange_device(chatter) as address:
        message = fails(1, *record(address, tmp_path / "s.mcap", "--give-up", "8"))
    assert "frame v1" in message
    with strange_device(major_two) as address:
        message = fails(1, *record(address, tmp_path / "t.mcap", "--give-up", "8"))
    assert "2" in message
    assert "update" in message.lower()
    assert not (tmp_path / "s.mcap").exists()


def test_a_device_that_vanishes_for_good_leaves_a_whole_recording(
    fails: Fails, tmp_path: Path
) -> None:
    out = tmp_path / "s.mcap"
    address = f"sim:bridge?speed=0&{TWO}&faults=unplug=inf@5"
    message = fails(1, *record(address, out, "--give-up", "5", "--duration", "60"))
    assert "5 s" in message
    assert main(["replay", str(out), "--headless", "--speed", "0", "--events", os.devnull]) == 0


def test_a_device_that_was_never_there_is_summed_up_by_the_schema(tmp_path: Path) -> None:
    events = tmp_path / "e.jsonl"
    address = f"sim:bridge?speed=0&{TWO}&faults=unplug=inf@0"
    args = record(address, tmp_path / "s.mcap", "--give-up", "2", "--events", str(events))
    assert main(list(args)) == 1
    summary = json.loads(events.read_text().splitlines()[-1])
    schema = json.loads((resources.files("firingorder") / "schemas/events-1.json").read_text())
    assert not list(Draft202012Validator(schema).iter_errors(summary))
    assert summary["streams"]["emg"] == {"samples": 0, "lost_samples": 0, "outage_s": 0.0}


def test_the_recording_of_a_lost_device_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s.mcap"
    args = record(f"sim:bridge?speed=0&{TWO}&faults=unplug=inf@3", out, "--give-up", "2")
    assert main(list(args)) == 1
    assert f"Recording: {out}" in capsys.readouterr().err.splitlines()


def test_a_device_that_comes_back_goes_on(tmp_path: Path) -> None:
    out, events = tmp_path / "s.mcap", tmp_path / "e.jsonl"
    address = f"sim:bridge?speed=0&{TWO}&faults=unplug=3@5"
    assert main(list(record(address, out, "--duration", "16", "--events", str(events)))) == 0
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    states = [line["state"] for line in lines if line["event"] == "connection"]
    assert states == ["connecting", "streaming", "lost", "connecting", "recovered", "closed"]
    assert 3.0 <= lines[-1]["outage_s"] <= 6.5
    assert lines[-1]["event"] == "summary"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_results_that_cannot_be_written_are_an_error(
    fails: Fails, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s.mcap"
    assert main(list(record("sim:rest?speed=0", out, "--duration", "3"))) == 0
    capsys.readouterr()
    for option in ("--json", "--posteriors"):  # posteriors on a full disk were wrong use
        assert "/dev/full" in fails(1, "analyse", str(out), option, "/dev/full")
        fails(2, "analyse", str(out), option, str(tmp_path / "no" / "a"))
    # Which file it was, was not said of event lines.
    lines = ("replay", str(out), "--headless", "--speed", "0", "--events")
    assert "/dev/full" in fails(1, *lines, "/dev/full")
    fails(2, *lines, str(tmp_path / "no" / "a"))


def test_a_truncated_recording_is_analysed_as_far_as_it_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s.mcap"
    assert main(list(record(f"sim:bridge?speed=0&{TWO}", out, "--duration", "13"))) == 0
    data = out.read_bytes()
    out.write_bytes(data[: int(0.7 * len(data))])
    capsys.readouterr()
    assert main(["analyse", str(out), "--json", "-"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert 5.0 < result["recording"]["duration_s"] < 13.0
    assert any("not closed" in warning for warning in result["warnings"])


def test_a_wrong_name_is_told_soon(
    monkeypatch: pytest.MonkeyPatch, fails: Fails, tmp_path: Path
) -> None:
    """A port that was never there is given up after seconds, not after the minute of a lost one."""
    monkeypatch.setattr("firingorder.cli.record.ABSENT_S", 0.5)
    message = fails(1, *record("serial:/dev/ttyNONE9", tmp_path / "s.mcap"))
    assert "was not there for 0.5 s" in message
