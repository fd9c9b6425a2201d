"""Clauses of commands, self-tests, clock, boot and radio.

Source: wire_protocol.md sections 6 to 10, 14.
"""

from __future__ import annotations

from firingorder.firmware_bridge.conformance.clause import Clause

COMMAND_CLAUSES: tuple[Clause, ...] = (
    # Commands ------------------------------------------------------------------------------
    Clause(
        "command.one_answer",
        "6",
        "every command gets exactly one answer",
        "Send one ACK for each command (TIME_RSP for TIME_REQ), and it within a second.",
    ),
    Clause("command.hello", "6", "HELLO gives HELLO, then ACK", "Queue HELLO before its ACK."),
    Clause(
        "command.unknown",
        "6",
        "an unknown command gets status 1",
        "Answer what is not known, or not in caps, with status 1.",
    ),
    Clause(
        "command.length",
        "5, 6",
        "a command that is too short gets status 2",
        "Compare the length of the payload with the command before reading it.",
    ),
    Clause(
        "command.tail",
        "1",
        "a longer command is taken, its tail skipped",
        "Require at least the known length, not exactly it.",
    ),
    Clause(
        "command.parameter",
        "5",
        "a bad parameter gets status 3 and its byte offset",
        "Refuse it with status 3; detail is the offset in the payload, the token being 0.",
    ),
    Clause(
        "command.state",
        "6",
        "what needs idle gets status 4 while streaming",
        "Refuse START and every setting with status 4 while streams run.",
    ),
    Clause(
        "command.token",
        "6",
        "the same token again repeats the ACK and executes nothing",
        "Keep the last token with its ACK, and send that ACK again.",
    ),
    Clause(
        "command.token_cleared",
        "6",
        "HELLO clears the stored token",
        "Forget the stored token on HELLO: another host may count from the same number.",
    ),
    Clause(
        "command.version",
        "10",
        "without a common major: status 6, and no START",
        "Answer HELLO of another major with status 6, send no HELLO, and refuse START.",
    ),
    Clause(
        "command.foreign_major",
        "10",
        "a frame of another major is not executed",
        "Compare the low half of the first byte with 1 before the type is looked at.",
    ),
    Clause(
        "command.mark",
        "6",
        "MARK gives EVENT 6 with its value",
        "Echo the value in an EVENT of kind 6 with the time of arrival.",
    ),
    Clause(
        "command.sync_out",
        "4, 6",
        "SYNC_OUT gives EVENT 2 and flag b5 on the samples around",
        "Send EVENT 2 with the pulse, and set b5 on the DATA frame the edge lies in.",
    ),
    Clause(
        "command.set_rate",
        "6",
        "SET_RATE gives HELLO, then ACK with the rate",
        "Build HELLO anew, queue it, then the ACK whose detail is the rate in mHz.",
    ),
    Clause(
        "command.formats",
        "5, 6",
        "the i16 format that caps claims can be set and streams",
        "Take fmt 1 by SET_RATE, say so in HELLO, and send two bytes a value.",
    ),
    Clause(
        "command.set_gain",
        "6",
        "SET_GAIN gives HELLO with the gain, then ACK",
        "Set the gain, announce gain and scale in HELLO, then send the ACK.",
    ),
    Clause(
        "command.leadoff",
        "6",
        "LEADOFF 0 clears the lead-off bits",
        "Switch the sensing off and report no lead as off.",
    ),
    Clause(
        "command.set_name",
        "6",
        "a bad name is refused",
        "Refuse names of more than 24 bytes (status 3) and cut ones (status 2).",
    ),
    Clause(
        "command.time_req",
        "6",
        "TIME_REQ is answered in every state and always executed",
        "Answer it while streaming, too, and also with a token that was seen.",
    ),
    Clause(
        "start.epoch",
        "6, 7",
        "START raises epoch by 1; ACK and DATA carry it",
        "Add 1 to epoch in START, before its ACK; detail is the new epoch.",
    ),
    Clause(
        "start.index",
        "6, 7",
        "START begins every stream at index 0",
        "Set the index of every stream to 0 in START.",
    ),
    Clause(
        "start.mask",
        "6",
        "only the streams of the mask run",
        "Start stream k when bit k of stream_mask is set, and no other.",
    ),
    Clause(
        "start.first",
        "11",
        "the first DATA comes within 2 s of START",
        "Begin to convert when START is executed; nothing may be waited for.",
    ),
    Clause(
        "stop.flush",
        "6",
        "STOP sends the last partial batch, then ACK, then no DATA",
        "Send what the batch under way holds before the ACK of STOP.",
    ),
    Clause(
        "stop.idle",
        "6",
        "STOP is taken in any state",
        "Answer STOP with status 0 when nothing streams, too.",
    ),
    Clause(
        "keepalive.stop",
        "6",
        "10 s without a valid host frame stop the streams (EVENT 7/1)",
        "Restart a timer with every valid frame of the host; stop and send EVENT 7/1.",
    ),
    Clause(
        "vbus.interlock",
        "6",
        "with VBUS START gets status 5, except in self-tests",
        "Refuse START with status 5 while VBUS is present and SELFTEST is 0.",
    ),
    Clause(
        "vbus.sensing",
        "6",
        "a device with electrodes senses VBUS (caps b10)",
        "Sense VBUS, unless there is no USB or charger connector.",
    ),
    # Self-tests ----------------------------------------------------------------------------
    Clause(
        "selftest.pattern",
        "6",
        "digital pattern, sample by sample",
        "Compute the pattern from the sample index since START with 32-bit arithmetic.",
    ),
    Clause(
        "selftest.shorted",
        "6",
        "shorted inputs: below 3 uV RMS in each channel",
        "Look at supply, reference and layout; or the inputs are not shorted.",
    ),
    Clause(
        "selftest.square",
        "6",
        "square wave: amplitude within 5 %, period, order of channels",
        "Compare scale and gain in HELLO with the converter; look for swapped channels.",
    ),
    # Time and boot -------------------------------------------------------------------------
    Clause(
        "clock.drift",
        "14",
        "the device clock is within 150 ppm of the host's",
        "Use a crystal, not an RC oscillator; look for a wrong divider.",
    ),
    Clause(
        "loss.frames",
        "7, 9",
        "frames lost on the way are those that frames_dropped counts",
        "Count every frame that finds no room. If the device did send them, look at cable, adapter"
        " and driver.",
    ),
    Clause(
        "loss.flag",
        "4",
        "flag b0 stands on the first frame after frames were dropped",
        "Set b0 on the next frame that is queued after a drop.",
    ),
    Clause(
        "boot.hello",
        "5, 6",
        "REBOOT: ACK, reset, HELLO with a new boot_id",
        "Send the ACK before the reset, then HELLO with a random boot_id and reset reason 4.",
    ),
    Clause(
        "boot.epoch",
        "2, 7",
        "epoch is random at boot",
        "Draw the first epoch from a random generator or from RAM that survives the reset.",
    ),
    Clause(
        "boot.clean",
        "5, 6, 7",
        "a boot begins with clock and counters at 0, idle",
        "Begin t_us, samples_missed, frames_dropped and rx_bad at 0, without streaming.",
    ),
    Clause(
        "boot.stable",
        "9",
        "the device does not reset by itself",
        "Read reset_reason in HELLO, and look for a watchdog or a brown-out.",
    ),
    # BLE -----------------------------------------------------------------------------------
    Clause(
        "ble.profile",
        "8",
        "service and characteristics with their UUIDs",
        "Offer service a56d0001 with CMD a56d0002, DATA a56d0003 and INFO a56d0004.",
    ),
    Clause(
        "ble.info",
        "8, 11",
        "INFO is the HELLO frame with CRC and seq 0",
        "Let INFO be read as the whole current HELLO frame, with sequence number 0.",
    ),
    Clause(
        "ble.name",
        "8",
        "the name is FiringOrder- and the last 4 digits of the serial",
        "Advertise FiringOrder-XXXX, the last two bytes of the serial number in hex.",
    ),
    Clause(
        "ble.notification",
        "8",
        "one frame a notification, at most MTU - 3 bytes",
        "Limit batch to floor((MTU - 27) / (w C)), and notify no HELLO beyond MTU - 3.",
    ),
    Clause(
        "ble.small_mtu",
        "8",
        "START is refused with status 8 below MTU 100",
        "Compare the MTU with 100 in START.",
    ),
    Clause(
        "ble.disconnect",
        "6, 8",
        "streaming stops at disconnect",
        "Stop the streams and empty the ring when the central goes.",
    ),
    # What only hands can show --------------------------------------------------------------
    Clause(
        "body.leads",
        "5, 6",
        "each electrode that is unplugged sets its own bit",
        "Unplug each lead on a dummy body (hardware/README.md, Bring-up and acceptance).",
    ),
    Clause(
        "body.skew",
        "15",
        "EMG and motion agree in time",
        "Tap the pelvis sensor and an electrode at once (hardware/README.md).",
    ),
)
