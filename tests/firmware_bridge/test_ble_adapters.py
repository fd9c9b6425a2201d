"""NPG Lite, Movella DOT and WitMotion: golden bytes, conversations, any bytes whatever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firingorder.errors import UsageError
from firingorder.firmware_bridge.actions import CloseLink, GaveUp, HostConfig, Send
from firingorder.firmware_bridge.adapters import ADAPTERS, declared_profile, make_host
from firingorder.firmware_bridge.adapters.base import Answer, EmgBlock, ImuBlock, Piece, Rejected
from firingorder.firmware_bridge.items import AnswerItem, TrafficItem
from firingorder.firmware_bridge.links.gatt import (
    FRAME_V1,
    KNOWN_PROFILES,
    MOVELLA_DOT,
    NPG_LITE,
    PROFILES_BY_SCHEME,
    WITMOTION,
)
from firingorder.firmware_bridge.source import SourceSpec

if TYPE_CHECKING:
    from firingorder.firmware_bridge.adapters.base import DeviceDecoder

#: Typed from the description of each device, byte by byte.
NPG_TWO_SAMPLES = bytes.fromhex("00  fe 0001 0800 0fff  ff 0000 0801 0ffe")
DOT_SAMPLE = bytes.fromhex(
    "00  40420f00"  # 1 000 000 us
    "0000803f 00000040 00001dc1"  # 1, 2, -9.8125 m/s2
    "0000b442 000034c3 00000000"  # 90, -180, 0 deg/s
)
DOT_SETTINGS = bytes.fromhex(
    "02  00 00 00 0a 00 1e 00 04 70656c76 000000000000000000000000 1400 00 0000000000"
)
WIT_SAMPLE = bytes.fromhex("5561 0008 00f0 0000  0040 00c0 0100  0000 0000 0000")
WIT_RATE_50 = bytes.fromhex("5571 0300 0800 000000000000000000000000 0000")
WIT_RATE_10 = bytes.fromhex("5571 0300 0600 000000000000000000000000 0000")


def fresh(name: str, **options: str) -> DeviceDecoder:
    return ADAPTERS[name].make_decoder(options)


def test_npg_lite_samples() -> None:
    decoder = fresh("npg-ble", rate="500")
    (block,) = decoder.feed(NPG_TWO_SAMPLES)
    assert isinstance(block, EmgBlock)
    assert block.counter == 254
    assert block.emg.tolist() == [[1.0, 2048.0, 4095.0], [0.0, 2049.0, 4094.0]]
    assert block.saturated.tolist() == [[False, False, True], [True, False, False]]
    assert decoder.feed(bytes.fromhex("01") + b"NPG-LITE") == [Answer(b"NPG-LITE")]


@pytest.mark.parametrize(
    ("samples", "rate_hz", "skew_us"),
    [(25, 250.0, 1000.0), (10, 500.0, None), (20, 500.0, None), (1, 500.0, None)],
)
def test_npg_lite_tells_its_firmware_by_the_size_of_its_packets(
    samples: int, rate_hz: float, skew_us: float | None
) -> None:
    decoder = fresh("npg-ble")
    assert decoder.profile is None
    sample = bytes.fromhex("0800 0801 0802")
    data = b"\x00" + b"".join(bytes((k % 256,)) + sample for k in range(samples))
    (block,) = decoder.feed(data)
    assert isinstance(block, EmgBlock)
    assert len(block.emg) == samples
    profile = decoder.profile
    assert profile is not None
    assert (profile.emg_rate_hz, profile.skew_us) == (rate_hz, skew_us)
    assert profile.claim == ("amplitude" if rate_hz == 250.0 else "limited")
    assert not profile.calibrated


def test_npg_lite_of_an_unknown_firmware_needs_its_rate() -> None:
    seven = b"\x00" + b"".join(bytes((k,)) + bytes.fromhex("080008000800") for k in range(7))
    unknown = fresh("npg-ble")
    assert unknown.feed(seven) == [Rejected(50)]
    assert unknown.profile is None
    named = fresh("npg-ble", rate="250")
    assert len(named.feed(seven)) == 1
    with pytest.raises(UsageError, match="250 or 500"):
        fresh("npg-ble", rate="300")


def test_npg_lite_cuts_a_packet_where_its_counter_jumps() -> None:
    counters = (10, 11, 14, 15)
    data = b"\x00" + b"".join(bytes((k,)) + bytes.fromhex("080008000800") for k in counters)
    blocks = fresh("npg-ble", rate="500").feed(data)
    assert [(b.counter, len(b.emg)) for b in blocks if isinstance(b, EmgBlock)] == [
        (10, 2),
        (14, 2),
    ]


@pytest.mark.parametrize("damage", ["00", "00 fe0001", "00 fe 1001 0800 0fff", "07 fe000108000fff"])
def test_npg_lite_refuses_what_is_no_packet(damage: str) -> None:
    data = bytes.fromhex(damage)
    assert fresh("npg-ble", rate="500").feed(data) == [Rejected(len(data))]


def test_movella_dot_samples() -> None:
    decoder = fresh("dot-ble")
    (block,) = decoder.feed(DOT_SAMPLE)
    assert isinstance(block, ImuBlock)
    assert block.device_us == 1_000_000
    assert block.acc_m_s2.tolist() == [[1.0, 2.0, -9.8125]]
    assert np.allclose(block.gyr_rad_s, [[np.pi / 2, -np.pi, 0.0]])
    assert decoder.feed(DOT_SETTINGS) == [Answer(DOT_SETTINGS)]
    assert decoder.feed(bytes.fromhex("01 5f00")) == []


def _stamped(decoder: DeviceDecoder, *stamps: int) -> list[int | None]:
    out: list[int | None] = []
    for stamp in stamps:
        (block,) = decoder.feed(b"\x00" + stamp.to_bytes(4, "little") + DOT_SAMPLE[5:])
        assert isinstance(block, ImuBlock)
        out.append(block.device_us)
    return out


def test_movella_dot_time_goes_on_over_its_wrap() -> None:
    decoder = fresh("dot-ble")
    times = _stamped(decoder, 2**32 - 10_000, 6_667, 23_334)
    assert np.diff([t for t in times if t is not None]).tolist() == [16_667, 16_667]


def test_movella_dot_time_falls_when_it_has_booted_whatever_it_was() -> None:
    for before in (5_000_000, 2**31 + 5, 2**32 - 5):
        decoder = fresh("dot-ble")
        (first,) = _stamped(decoder, before)
        decoder.reset()
        (second,) = _stamped(decoder, 1_000_000)
        assert first is not None
        assert second is not None
        # Just before the wrap a young clock could be the old one a second later, and is taken so.
        assert (second < first) == (before != 2**32 - 5)


def test_movella_dot_is_told_its_rate_and_keeps_the_rest() -> None:
    host = make_host(SourceSpec("dot-ble", "packet"), HostConfig())
    host.start(0)
    assert not [a for a in host.opened(1) if isinstance(a, Send)]
    sent: list[bytes] = []
    for t_ns, actions in (
        (2, host.items([AnswerItem(DOT_SETTINGS)], 2)),
        *((3 + k, host.tick(3 + k)) for k in range(5)),
    ):
        del t_ns
        sent += [a.data for a in actions if isinstance(a, Send)]
    expected = bytearray(b"\x00" + DOT_SETTINGS[1:])
    expected[1] = 0x10
    expected[25:27] = (60).to_bytes(2, "little")
    assert sent == [bytes(expected), bytes.fromhex("01 01 01 15")]
    host.items([TrafficItem(29, 1, 1, 0, 0, 0)], 10)
    stop = [a for a in host.stop(11) if isinstance(a, Send)]
    assert [a.data for a in stop] == [bytes.fromhex("01 01 00 15")]


def test_witmotion_samples_count_once_the_rate_is_sure() -> None:
    decoder = fresh("witmotion-ble")
    assert decoder.feed(WIT_SAMPLE) == []
    assert decoder.feed(WIT_RATE_10) == [Answer(WIT_RATE_10)]
    assert decoder.feed(WIT_SAMPLE) == []
    assert decoder.feed(WIT_RATE_50) == [Answer(WIT_RATE_50)]
    (block,) = decoder.feed(WIT_SAMPLE)
    assert isinstance(block, ImuBlock)
    # 2048/32768 x 16 g, -4096/32768 x 16 g; 16384/32768 x 2000 deg/s, its negative, one step.
    assert np.allclose(block.acc_m_s2, [[9.80665, -19.6133, 0.0]])
    assert np.allclose(np.degrees(block.gyr_rad_s), [[1000.0, -1000.0, 2000.0 / 32768.0]])
    assert block.counter is None
    assert block.device_us is None
    assert len(decoder.feed(WIT_SAMPLE + WIT_SAMPLE)) == 2
    decoder.reset()
    assert decoder.feed(WIT_SAMPLE) == []


def test_witmotion_finds_a_packet_behind_odd_bytes() -> None:
    decoder = fresh("witmotion-ble")
    decoder.feed(WIT_RATE_50)
    block, rejected = decoder.feed(bytes.fromhex("55 00 61") + WIT_SAMPLE)
    assert isinstance(block, ImuBlock)
    assert rejected == Rejected(3)


def test_witmotion_that_keeps_its_rate_is_refused_in_one_sentence() -> None:
    host = make_host(SourceSpec("witmotion-ble", "packet"), HostConfig(name="WT901BLE67"))
    actions = host.start(0)
    t_ns, errors, sent = 0, [], []
    for _ in range(400):
        t_ns = max(t_ns + 1, host.next_deadline_ns or t_ns)
        actions = host.tick(t_ns)
        if host.state.value in ("opening", "backoff"):
            actions += host.opened(t_ns)
        actions += host.items([AnswerItem(WIT_RATE_10)], t_ns)
        sent += [a.data for a in actions if isinstance(a, Send)]
        errors += [str(a.error) for a in actions if isinstance(a, GaveUp)]
        if errors:
            break
    assert sent[:3] == [
        bytes.fromhex("ffaa6988b5"),
        bytes.fromhex("ffaa030800"),
        bytes.fromhex("ffaa270300"),
    ]
    print(errors)
    assert "does not confirm 50 samples a second" in errors[0]
    assert any(isinstance(a, CloseLink) for a in actions)


@pytest.mark.parametrize(
    ("name", "rate", "rate_hz"),
    [("dot-ble", "30", 30.0), ("witmotion-ble", "20", 20.0)],
)
def test_a_named_rate_is_the_rate_of_the_joined_stream(
    name: str, rate: str, rate_hz: float
) -> None:
    assert declared_profile(SourceSpec(name, "packet", (("rate", rate),))).imu_rate_hz == rate_hz
    with pytest.raises(UsageError, match="rate must be one of"):
        ADAPTERS[name].make_conversation({"rate": "120"})


def test_a_scan_knows_them_apart() -> None:
    def seen(name: str, *, services: tuple[str, ...] = (), makers: tuple[int, ...] = ()) -> str:
        return next((p.name for p in KNOWN_PROFILES if p.recognises(name, services, makers)), "")

    assert seen("NPG-Lite-6CH:1A2B") == seen("npg-lite") == NPG_LITE.name
    assert seen("Xsens DOT") == seen("Movella DOT", makers=(2182,)) == MOVELLA_DOT.name
    assert seen("WT901BLE67") == WITMOTION.name
    assert seen("FiringOrder-3A") == FRAME_V1.name
    assert seen("somebody's watch") == ""
    assert set(PROFILES_BY_SCHEME) <= set(ADAPTERS)


@pytest.mark.parametrize("name", ["npg-ble", "dot-ble", "witmotion-ble"])
def test_any_bytes_give_pieces(name: str) -> None:
    seeds = (NPG_TWO_SAMPLES, DOT_SAMPLE, DOT_SETTINGS, WIT_SAMPLE, WIT_RATE_50)
    packet = st.binary(max_size=300) | st.sampled_from(seeds).flatmap(
        lambda seed: st.tuples(st.just(seed), st.integers(0, len(seed)), st.binary(max_size=4)).map(
            lambda one: one[0][: one[1]] + one[2] + one[0][one[1] :]
        )
    )

    @settings(max_examples=300, deadline=None)
    @given(st.lists(packet, max_size=6))
    def whatever(packets: list[bytes]) -> None:
        decoder = fresh(name)
        for data in packets:
            for piece in decoder.feed(data):
                _sound(piece)
            decoder.sent(data)
        decoder.reset()

    whatever()


def _sound(piece: Piece) -> None:
    match piece:
        case EmgBlock():
            assert piece.emg.shape == piece.saturated.shape
            assert len(piece.emg) > 0
            assert np.isfinite(piece.emg).all()
            assert 0 <= piece.counter < 256
        case ImuBlock():
            assert piece.acc_m_s2.shape == piece.gyr_rad_s.shape == (1, 3)
            assert np.isfinite(piece.acc_m_s2).all()
            assert np.isfinite(piece.gyr_rad_s).all()
        case Rejected():
            assert piece.n_bytes >= 0
        case Answer():
            assert isinstance(piece.data, bytes)
