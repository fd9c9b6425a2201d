import pytest

from firingorder.errors import UsageError
from firingorder.session.addresses import parse_address


def test_the_forms_of_the_interface_are_understood() -> None:
    sim = parse_address("sim:bridge_mixed?seed=7&speed=0")
    assert (sim.scheme, sim.target) == ("sim", "bridge_mixed")
    assert (sim.number("seed", 1), sim.number("speed", 1), sim.number("rate", 1000)) == (7, 0, 1000)
    serial = parse_address("serial:/dev/ttyACM0?baud=115200")
    assert (serial.target, serial.number("baud", 921600)) == ("/dev/ttyACM0", 115200)
    assert parse_address("serial:auto").target == "auto"
    tcp = parse_address("tcp://127.0.0.1:9000")
    assert (tcp.target, tcp.port) == ("127.0.0.1", 9000)
    assert parse_address("tcp://[::1]:9000").target == "::1"
    assert parse_address("replay:a b.mcap?speed=4").target == "a b.mcap"


@pytest.mark.parametrize(
    "text",
    [
        "bridge",
        "sim:",
        "tcp://localhost",
        "tcp://localhost:http",
        "tcp://localhost:99999",
        "tcp://..:9000",
        f"tcp://{'a' * 70}:9000",
        "sim:bridge?sede=1",
        "usb:1",
        "ble:",
        "dot-ble:Movella",
        "sim:bridge+dot-ble:Movella",
        "bitalino:/dev/rfcomm0+cyton:/dev/ttyUSB0",
        "cyton:/dev/ttyUSB0+dot-ble:A+dot-ble:B",
        "cyton:/dev/ttyUSB0+dot-ble:A+witmotion-ble:B",
        "cyton:/dev/ttyUSB0+serial:auto?x",
        "",
    ],
)
def test_anything_else_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(text)
    assert len(str(caught.value)) > 30
    assert "Traceback" not in str(caught.value)


def test_radios_and_devices_of_other_makers_have_addresses() -> None:
    assert parse_address("ble:auto").target == "auto"
    assert parse_address("ble:C3:5A:00:00:00:01").target == "C3:5A:00:00:00:01"
    assert parse_address("sim-ble:bridge?seed=3").number("seed", 1) == 3
    for scheme in ("cyton", "chords", "bitalino", "npg-ble", "brainflow", "lsl"):
        assert parse_address(f"{scheme}:X").scheme == scheme


def test_a_pelvis_sensor_is_joined_to_a_source_of_emg() -> None:
    both = parse_address("cyton:/dev/ttyUSB0?gain=12+dot-ble:Movella DOT?rate=60")
    assert (both.scheme, both.target, both.option("gain")) == ("cyton", "/dev/ttyUSB0", "12")
    assert both.beside is not None
    assert (both.beside.scheme, both.beside.target) == ("dot-ble", "Movella DOT")
    assert both.beside.option("rate") == "60"
    assert parse_address("serial:/dev/a+b").target == "/dev/a+b"


def test_a_number_that_is_none_names_the_option() -> None:
    with pytest.raises(UsageError, match="seed must be a number, not 'x'"):
        parse_address("sim:bridge?seed=x").number("seed", 1)


@pytest.mark.parametrize("value", ["-1", "1.5", "nan", "inf", "1e400", "x", ""])
def test_what_counts_is_a_whole_number(value: str) -> None:
    address = parse_address(f"sim:bridge?seed={value}")
    with pytest.raises(UsageError, match="seed must be a"):
        address.whole("seed", 1)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", "x", ""])
def test_a_number_is_finite(value: str) -> None:
    address = parse_address(f"sim:bridge?speed={value}")
    with pytest.raises(UsageError, match="speed must be a number"):
        address.number("speed", 1.0)


def test_a_simulated_person_takes_options_and_the_sensor_may_be_worn_badly() -> None:
    plain = parse_address("sim:squat?seed=3&imu=0")
    assert (plain.scenario(), plain.has_imu()) == ("squat", False)
    loose = parse_address("sim:squat?pace=slow&imu=loose&seed=3&mount=40")
    assert loose.scenario() == "squat?pace=slow&imu=loose&mount=40"
    assert loose.has_imu()
    assert parse_address("sim-ble:clam").has_imu()
