"""The loopback WebSocket, read by another library's client: equal lines, bounded, not for pages."""

from __future__ import annotations

import json
import re
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from firingorder.cli import main
from firingorder.errors import UsageError
from firingorder.outlets import websocket as outlet_module
from firingorder.outlets.websocket import HOST, MOST_READERS, WebSocketOutlet
from firingorder.recording.reader import open_recording
from tests.programs import Program
from tests.session.sessions import without_latency
from tests.shipped_schemas import schema_faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 20.0
TWO = ("gluteus_maximus_left", "erector_spinae_left")
PERSON = "P-0042"
FIRST = {"event": "session", "schema": "firingorder.websocket/1"}


@pytest.fixture
def outlet() -> Iterator[WebSocketOutlet]:
    made = WebSocketOutlet(0)
    made.open()
    made.introduce(FIRST)
    yield made
    made.join()


def here(outlet: WebSocketOutlet, **options: Any) -> ClientConnection:
    return connect(f"ws://{HOST}:{outlet.port}/", open_timeout=PATIENCE_S, **options)


def hear(reader: ClientConnection, count: int) -> list[str]:
    return [str(reader.recv(PATIENCE_S)) for _ in range(count)]


def all_of(reader: ClientConnection) -> list[dict[str, Any]]:
    """Return everything until the other side ends properly."""
    found: list[dict[str, Any]] = []
    end: Any = None
    while end is None:
        try:
            found.append(json.loads(reader.recv(PATIENCE_S)))
        except ConnectionClosed as closed:
            end = closed.rcvd or "cut off"
    assert getattr(end, "code", end) in (1000, 1001)
    return found


def test_whoever_comes_later_gets_the_present_state(outlet: WebSocketOutlet) -> None:
    with here(outlet) as early:
        hear(early, 1)
        for text, key in (("a1", "a"), ("x", None), ("b1", "b"), ("a2", "a")):
            outlet.line(text, key)
        assert hear(early, 4) == ["a1", "x", "b1", "a2"]
        with here(outlet) as late:
            first, *present = hear(late, 3)
            assert json.loads(first) == {**FIRST, "present": 2}
            assert present == ["b1", "a2"]
            outlet.line("c")
            assert hear(late, 1) == hear(early, 1) == ["c"]
            outlet.close()
            assert all_of(late) == all_of(early) == []


def test_who_never_reads_delays_nobody_and_is_told_what_is_missing(
    outlet: WebSocketOutlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty megabytes: more than the buffers of both sides hold."""
    monkeypatch.setattr(outlet_module, "HELD", 50)
    lines, size = 2000, 10_000
    with here(outlet, max_queue=1) as deaf, here(outlet) as reader:
        hear(reader, 1)
        for k in range(lines):
            outlet.line(json.dumps({"event": "onset", "k": k, "fill": "x" * size}))
            assert json.loads(reader.recv(PATIENCE_S))["k"] == k
        outlet.line(json.dumps({"event": "marker"}))
        assert json.loads(reader.recv(PATIENCE_S)) == {"event": "marker"}
        heard = [json.loads(deaf.recv(PATIENCE_S))]
        while heard[-1]["event"] != "marker":
            heard.append(json.loads(deaf.recv(PATIENCE_S)))
    missing = [one["lines"] for one in heard if one["event"] == "dropped"]
    kept = [one["k"] for one in heard if one["event"] == "onset"]
    dropped = [one for one in heard if one["event"] == "dropped"]
    assert [schema_faults("websocket-1", one) for one in dropped] == [[]] * len(dropped)
    print(f"{len(kept)} lines heard late, {missing} missing")
    assert sum(missing) + len(kept) == lines
    assert sum(missing) > 0
    assert kept == sorted(kept)
    assert kept[-1] == lines - 1


def test_the_end_comes_although_somebody_does_not_read(outlet: WebSocketOutlet) -> None:
    with here(outlet, max_queue=1, close_timeout=0.1) as deaf:
        hear(deaf, 1)
        for _ in range(900):
            outlet.line("x" * 10_000)
        outlet.join()
        assert outlet._thread is not None
        assert not outlet._thread.is_alive()


@pytest.mark.parametrize("origin", ["https://example.org", "http://localhost:3000", "null"])
def test_a_page_of_the_web_needs_the_token(outlet: WebSocketOutlet, origin: str) -> None:
    for token in ("", "?token=", "?token=wrong", f"?token={outlet.token[:-1]}"):
        with pytest.raises(InvalidStatus) as refused:
            connect(f"ws://{HOST}:{outlet.port}/{token}", additional_headers={"Origin": origin})
        assert refused.value.response.status_code == 403
    with connect(outlet.url, additional_headers={"Origin": origin}) as reader:
        assert json.loads(hear(reader, 1)[0])["event"] == "session"


def test_another_name_for_this_computer_is_refused(outlet: WebSocketOutlet) -> None:
    """A page that points its own name to 127.0.0.1 still sends that name."""
    knock = (
        "GET / HTTP/1.1\r\nHost: pages.example:80\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with socket.create_connection((HOST, outlet.port), PATIENCE_S) as plain:
        plain.sendall(knock.encode())
        assert b" 403 " in plain.recv(100)


def test_it_listens_on_this_computer_only_and_has_an_end(outlet: WebSocketOutlet) -> None:
    with pytest.raises(UsageError, match=f"--websocket {outlet.port}: the port cannot be used"):
        WebSocketOutlet(outlet.port).open()
    with socket.socket() as other:  # 127.0.0.2 is this computer, too, by another address
        other.settimeout(PATIENCE_S)
        assert other.connect_ex(("127.0.0.2", outlet.port)) != 0
    with ExitStack() as readers:
        for _ in range(MOST_READERS):
            hear(readers.enter_context(here(outlet)), 1)
        with pytest.raises(InvalidStatus) as refused:
            here(outlet)
        assert refused.value.response.status_code == 503


def test_a_session_is_heard_as_its_event_lines_say_and_nothing_of_the_person(
    tmp_path: Path,
) -> None:
    """One reader listens, one never does; the recording and the lines in the file are whole."""
    device = "sim:bridge_mixed?seed=4&speed=4&imu=0&channels=" + ",".join(TWO)
    out, lines_in = tmp_path / "s.mcap", tmp_path / "e.jsonl"
    command = [
        *("record", "--device", device, "--out", str(out), "--duration", "13"),
        *("--person", PERSON, "--events", str(lines_in), "--websocket", "0"),
    ]
    run = Program(*command)
    notice = run.stderr.readline()
    assert "not from other computers" in notice
    (url,) = re.findall(r"ws://\S+", notice)
    with connect(url) as reader, connect(url, max_queue=1, close_timeout=0.1):
        heard = all_of(reader)
    _, said = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 0, said
    assert "ended" not in said
    assert open_recording(out).finished

    written = [json.loads(text) for text in lines_in.read_text(encoding="utf-8").splitlines()]
    count = heard[0]["present"]
    present, news = (
        heard[1 : 1 + count],
        [one for one in heard[1 + count :] if one["event"] != "session"],
    )
    told = without_latency(written)
    assert without_latency(news) == told[len(told) - len(news) :]
    assert all(one in told[: len(told) - len(news)] for one in without_latency(present))
    kinds = {one["event"] for one in news}
    assert kinds >= {"onset", "verdict", "repetition", "connection", "summary"}
    assert news[-1]["event"] == "summary"
    facts = [one for one in heard if one["event"] == "session"][-1]
    assert schema_faults("websocket-1", facts) == []
    assert schema_faults("websocket-1", heard[-1]) != []  # the control: an event line
    assert tuple(facts["channels"]) == TWO
    assert (facts["task"], facts["side"], facts["simulated"]) == ("bridge", "both", True)
    assert facts["emg_rate_hz"] == 1000.0
    assert PERSON not in json.dumps(heard)


def test_nothing_listens_unless_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = ["record", "--device", "sim:rest?speed=0", "--duration", "1", "--out"]
        assert main([*command, str(tmp_path / "a.mcap"), "--websocket", port]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert f"--websocket {port}: the port cannot be used" in line
        assert not (tmp_path / "a.mcap").exists()
    assert main([*command, str(tmp_path / "b.mcap")]) == 0
    assert "ws://" not in capsys.readouterr().err
    for wrong in ("65536", "-1", "x"):
        with pytest.raises(SystemExit):
            main([*command, str(tmp_path / "c.mcap"), "--websocket", wrong])
    replay = ["live", "--device", f"replay:{tmp_path / 'b.mcap'}", "--websocket"]
    assert main(replay) == 2
    assert "--websocket: a replay shows a session as it was" in capsys.readouterr().err
