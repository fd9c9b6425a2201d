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
        "sim:bridge?sede=1",
        "ble:auto",
        "usb:1",
        "",
    ],
)
def test_anything_else_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(text)
    assert len(str(caught.value)) > 30
    assert "Traceback" not in str(caught.value)


def test_a_number_that_is_none_names_the_option() -> None:
    with pytest.raises(UsageError, match="seed must be a number, not 'x'"):
        parse_address("sim:bridge?seed=x").number("seed", 1)
