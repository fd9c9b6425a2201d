"""How the simulated air behaves."""

from __future__ import annotations

from dataclasses import dataclass

from firingorder.errors import UsageError

#: Bluetooth Core, Vol 6 Part B, 4.5.1: connection interval 7.5 ms to 4 s, in steps of 1.25 ms.
INTERVAL_UNIT_MS = 1.25
SHORTEST_INTERVAL_MS, LONGEST_INTERVAL_MS = 7.5, 4000.0


@dataclass(frozen=True, slots=True)
class AirSettings:
    """Properties of the air and of the adapter at its host's end.

    Attributes
    ----------
    interval_ms
        Connection interval that the central chooses. A peripheral that asks for another one gets
        it only if this one lies in the range it asks for.
    pdus_per_event
        Most data PDUs in one direction in one connection event. Six is at the upper end of what
        hosts do (wire_protocol.md section 13 counts on 4 to 6).
    error_rate
        Probability that a data PDU is not received at all. That closes the event for its direction
        (Nordic's ``ble_gap_evt_qos_conn_event_report_t`` counts it apart from bad CRCs, as
        ``rx_timeout``); it goes out in a later one, and all behind it wait: the link layer loses
        nothing and keeps the order. A PDU with a bad CRC alone may be sent again within its event;
        that milder case is left out.
    supervision_s
        After this long without the other side the link is lost.
    buffers
        Data packets that the peripheral's controller holds.
    mtu
        ATT MTU that the central asks for; 23 is none. The peripheral's own limit holds, too.
    pdu_bytes
        Most bytes of one data PDU: 251 with the data length extension, 27 without.
    rssi_dbm
        What a scanner measures.
    """

    interval_ms: float = 15.0
    pdus_per_event: int = 6
    error_rate: float = 0.0
    supervision_s: float = 2.0
    buffers: int = 8
    mtu: int = 517
    pdu_bytes: int = 251
    rssi_dbm: int = -55

    def __post_init__(self) -> None:
        """Refuse what no radio does."""
        if not SHORTEST_INTERVAL_MS <= self.interval_ms <= LONGEST_INTERVAL_MS:
            raise UsageError(
                f"A connection interval of {self.interval_ms:g} ms is not possible: "
                f"{SHORTEST_INTERVAL_MS:g} to {LONGEST_INTERVAL_MS:g} ms."
            )
        if not 0.0 <= self.error_rate < 1.0:
            raise UsageError(f"A packet error rate of {self.error_rate:g} is not below 1.")
        if min(self.pdus_per_event, self.buffers) < 1:
            raise ValueError("pdus_per_event and buffers must be at least 1")
