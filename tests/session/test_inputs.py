import pytest

from firingorder.session.inputs import (
    Control,
    Input,
    LinkNote,
    Mark,
    Rx,
    Train,
    Tx,
    from_entry,
    to_entry,
)


@pytest.mark.parametrize(
    "item",
    [
        Rx(0, b"\x00\x01\xff", 123),
        Tx(3, b"", 9),
        LinkNote(0, "lost", 77, "unplugged"),
        Control("next_set", 5),
        Control("setting", 6, "together_margin_ms", 20.0),
        Mark("hurts a little", 8),
        Train("begin", 9, '{"programme": "..."}'),
        Train("stop", 10),
    ],
)
def test_an_input_survives_the_recording(item: Input) -> None:
    topic, data, t_ns = to_entry(item, reads=42)
    assert from_entry(topic, data, t_ns) == item


def test_messages_of_a_newer_version_are_skipped() -> None:
    assert from_entry("control", b'{"kind": "levitate"}', 1) is None
    assert from_entry("state", b'{"state": "dreaming"}', 1) is None
    assert from_entry("events", b'{"kind": "sneeze"}', 1) is None
    assert from_entry("digest", b"{}", 1) is None
