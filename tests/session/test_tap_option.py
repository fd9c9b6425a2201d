"""``firingorder record --tap-test``: asked for once, told once, refused where it makes no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from firingorder.cli import main
from firingorder.session.inputs import Align, from_entry, to_entry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("device", "after", "wrong"),
    [
        ("sim:rest?speed=0", "20", "needs a pelvis sensor with a clock of its own"),
        ("ble:auto+dot-ble:DOT", "5", "must be 10 to 60 seconds"),
        ("ble:auto+dot-ble:DOT", "600", "must be 10 to 60 seconds"),
    ],
)
def test_wrong_uses_are_said(
    device: str, after: str, wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "s.mcap")
    assert main(["record", "--device", device, "--out", out, "--tap-test", after]) == 2
    said = capsys.readouterr().err
    print(said)
    assert wrong in said


def test_a_tap_test_is_kept_as_a_control() -> None:
    asked = Align(123, 20.0)
    topic, data, t_ns = to_entry(asked, 7)
    assert topic == "control"
    assert from_entry(topic, data, t_ns) == asked
    for body in (b'{"kind":"align"}', b'{"kind":"align","window_s":null}'):
        assert isinstance(from_entry("control", body, 1), Align | None)
