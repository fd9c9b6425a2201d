"""A controller on the paced air: bumble's, with real timing, flow control and scan responses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bumble import hci, ll
from bumble.controller import Controller, LegacyAdvertiser

if TYPE_CHECKING:
    from collections.abc import Callable

    from bumble.transport.common import TransportSink, TransportSource

    from firingorder.simulation.radio.air import Air

_EVENT = hci.HCI_LE_Advertising_Report_Event.EventType
ACTIVE_SCAN = 1
#: Unit of an advertising interval in HCI (Bluetooth Core, Vol 4 Part E, 7.8.5).
ADVERTISING_UNIT_S = 0.625e-3
SUPERVISION_UNIT_S = 0.01


class _Advertiser(LegacyAdvertiser):
    """Advertises at its interval, which HCI gives in units of 0.625 ms."""

    def _on_timer_fired(self) -> None:
        self.send_advertising_data()
        self.timer_handle = asyncio.get_running_loop().call_later(
            self.advertising_interval_min * ADVERTISING_UNIT_S, self._on_timer_fired
        )


class RadioController(Controller):
    """The controller of one adapter or device.

    Parameters
    ----------
    name
        For the log.
    air
        Where it is.
    buffers
        Data packets that it holds.
    """

    def __init__(self, name: str, air: Air, *, buffers: int) -> None:
        base: Any = super()  # bumble leaves the type of one argument open
        base.__init__(name, link=air)
        self.air = air
        self.deaf = False
        air.radios.append(self)
        self.le_legacy_advertiser = _Advertiser(self)
        # Legacy commands do all that is needed here, and their scan responses are told apart.
        self.le_features &= ~(
            hci.LeFeatureMask.LE_EXTENDED_ADVERTISING | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
        )
        self.supported_max_tx_octets = self.supported_max_rx_octets = air.settings.pdu_bytes
        self.le_acl_data_packet_length = air.settings.pdu_bytes
        self.total_num_le_acl_data_packets = buffers
        self._request: ll.ConnectInd | None = None

    def serve(self, source: TransportSource, sink: TransportSink) -> None:
        """Take a host at the other end of a transport."""
        self.host = sink
        source.set_packet_sink(self)

    def on_hci_acl_data_packet(self, packet: hci.HCI_AclDataPacket) -> None:
        """Take a data packet of the host; it is completed when the other side has it."""
        connection = self.find_le_connection_by_handle(packet.connection_handle)
        lane = None
        if connection is not None:
            lane = self.air.lane_of(self, connection.peer_address)
        if lane is not None:
            lane.put(self, packet)

    def completed(self, peer: hci.Address) -> None:
        """Tell the host that a buffer is free again."""
        connection = self.le_connections.get(peer)
        if connection is not None:
            self.send_hci_packet(
                hci.HCI_Number_Of_Completed_Packets_Event(
                    connection_handles=[connection.handle], num_completed_packets=[1]
                )
            )

    def on_air_data(self, peer: hci.Address, packet: hci.HCI_AclDataPacket) -> None:
        """Hand data of the other side to the host."""
        connection = self.le_connections.get(peer)
        if connection is None:
            return
        # From host to controller a first fragment is marked 0, the other way 2.
        boundary = packet.pb_flag or 2
        self.send_hci_packet(
            hci.HCI_AclDataPacket(
                connection.handle, boundary, 0, packet.data_total_length, packet.data
            )
        )

    def lose(self, peer: hci.Address, reason: int) -> None:
        """End a connection without telling the other side."""
        connection = self.le_connections.get(peer)
        if connection is not None:
            self.on_le_disconnected(connection, reason)

    def lose_all(self) -> None:
        """End every connection without telling anybody."""
        for peer in list(self.le_connections):
            self.lose(peer, hci.HCI_ErrorCode.CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR)

    def on_ll_advertising_pdu(self, packet: ll.AdvertisingPdu) -> None:
        """Hear an advertisement or a request to connect."""
        if not self.deaf:
            super().on_ll_advertising_pdu(packet)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Report an advertisement and the scan response, and connect where that is waited for."""
        if self.le_scan_enable:
            self._report(_EVENT.ADV_IND, pdu.advertiser_address, pdu.data)
            response = self._scan_response(pdu.advertiser_address)
            if self.le_scan_type == ACTIVE_SCAN and response is not None:
                self._report(_EVENT.SCAN_RSP, pdu.advertiser_address, response)
        pending = self.pending_le_connection
        if pending is not None and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def create_le_connection(self, peer_address: hci.Address) -> None:
        """Ask an advertiser for a connection, if it still advertises."""
        peer = self._advertising(peer_address)
        if peer is None or self.air.lane_of(self, peer_address) is not None:
            # An earlier connection that the peer forgot ends by its supervision timeout first: a
            # controller has one connection to an address (Bluetooth Core, Vol 1 Part F, 2.11).
            return
        pending = self.pending_le_connection
        if pending is not None and peer_address not in self.le_connections:
            public = pending.own_address_type == hci.OwnAddressType.PUBLIC
            own = self.public_address if public else self.random_address
            self.air.connect((self, own), (peer, peer_address))
            super().create_le_connection(peer_address)

    def on_le_connect_ind(self, packet: ll.ConnectInd) -> None:
        """Take a central's request."""
        self._request = packet
        super().on_le_connect_ind(packet)
        self._request = None

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Send a packet to the host; a peripheral is told the central's real parameters."""
        request = self._request
        if request is not None and isinstance(packet, hci.HCI_LE_Connection_Complete_Event):
            packet = hci.HCI_LE_Connection_Complete_Event(
                status=packet.status,
                connection_handle=packet.connection_handle,
                role=packet.role,
                peer_address_type=packet.peer_address_type,
                peer_address=packet.peer_address,
                connection_interval=request.interval,
                peripheral_latency=request.latency,
                supervision_timeout=request.timeout,
                central_clock_accuracy=packet.central_clock_accuracy,
            )
        super().send_hci_packet(packet)

    def on_hci_command(self, command: hci.HCI_Command) -> Any:
        """Refuse a command that is not known, so that a host does not wait for its end."""
        status = hci.HCI_ErrorCode.UNKNOWN_HCI_COMMAND_ERROR
        if isinstance(command, hci.HCI_SyncCommand):
            return hci.HCI_StatusReturnParameters(status)
        self._send_hci_command_status(status, command.op_code)
        return None

    def on_hci_reset_command(self, _command: Any) -> hci.HCI_StatusReturnParameters:
        """Forget connections, scan and advertisement; the other sides notice by themselves."""
        self.air.forget(self)
        self.le_connections.clear()
        self.le_scan_enable = False
        self.pending_le_connection = None
        self.le_legacy_advertiser.stop()
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_disconnect_command(self, command: hci.HCI_Disconnect_Command) -> None:
        """End a connection; one that is gone already is an error of its own."""
        if self.find_le_connection_by_handle(command.connection_handle) is None:
            status = hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR
            self._send_hci_command_status(status, command.op_code)
        else:
            super().on_hci_disconnect_command(command)

    def on_hci_le_create_connection_cancel_command(
        self, _command: Any
    ) -> hci.HCI_StatusReturnParameters:
        """Wait for that connection no more, and say so."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        event = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        self._later(lambda: self.send_hci_packet(event))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_le_connection_update_command(
        self, command: hci.HCI_LE_Connection_Update_Command
    ) -> None:
        """Answer a wish for another interval: the central keeps its own, wished for or not."""
        connection = self.find_le_connection_by_handle(command.connection_handle)
        if connection is None:
            status = hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR
            self._send_hci_command_status(status, command.op_code)
            return
        self._send_hci_command_status(hci.HCI_COMMAND_STATUS_PENDING, command.op_code)
        units = round(self.air.settings.interval_ms / 1.25)
        granted = command.connection_interval_min <= units <= command.connection_interval_max
        status = (
            hci.HCI_ErrorCode.SUCCESS
            if granted
            else hci.HCI_ErrorCode.UNACCEPTABLE_CONNECTION_PARAMETERS_ERROR
        )
        timeout = round(self.air.settings.supervision_s / SUPERVISION_UNIT_S)
        self.send_hci_packet(
            hci.HCI_LE_Connection_Update_Complete_Event(
                status=status,
                connection_handle=connection.handle,
                connection_interval=units,
                peripheral_latency=0,
                supervision_timeout=timeout,
            )
        )

    def _report(self, kind: int, address: hci.Address, data: bytes) -> None:
        report = hci.HCI_LE_Advertising_Report_Event.Report(
            event_type=kind,
            address_type=address.address_type,
            address=address,
            data=data,
            rssi=self.air.settings.rssi_dbm,
        )
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))

    def _advertising(self, address: hci.Address) -> RadioController | None:
        for each in self.air.radios:
            advertiser = each.le_legacy_advertiser
            if advertiser.enabled and advertiser.address == address:
                return each
        return None

    def _scan_response(self, address: hci.Address) -> bytes | None:
        advertiser = self._advertising(address)
        return None if advertiser is None else advertiser.le_legacy_advertiser.scan_response_data

    @staticmethod
    def _later(call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(call)
