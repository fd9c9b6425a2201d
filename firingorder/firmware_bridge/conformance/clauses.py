"""The clauses of frame v1 that can be looked at from outside, by the section that states them.

Sections are those of docs/reference/wire_protocol.md.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of the specification.

    Attributes
    ----------
    id
        Name in reports; what stands before the dot is its group.
    section
        Where the specification says so.
    what
        What a device must do.
    advice
        What its maker should do when it does not.
    """

    id: str
    section: str
    what: str
    advice: str


CLAUSES: tuple[Clause, ...] = (
    # Links and framing ---------------------------------------------------------------------
    Clause(
        "stream.lead",
        "3 rule 1",
        "one 0x00 leads after opening",
        "Send one 0x00 after the port was opened and after every boot, before the first frame.",
    ),
    Clause(
        "stream.cobs",
        "3",
        "every packet is COBS",
        "Stuff every frame by COBS (a code byte for each run without zero) and end it with 00.",
    ),
    Clause(
        "frame.size",
        "3 rule 2, 10",
        "frames have 24 to 240 bytes",
        "Put fewer samples into a frame: 20 bytes of header, at most 216 of payload, 4 of CRC.",
    ),
    Clause(
        "link.resync",
        "3 rule 4, 9",
        "garbage is skipped, the next command is taken",
        "Discard what was received at every 0x00 and begin anew, whatever came before.",
    ),
    Clause(
        "link.empty",
        "3 rule 1",
        "empty packets are not counted as bad",
        "Ignore two delimiters in a row; leave rx_bad as it is.",
    ),
    Clause(
        "link.oversize",
        "3 rule 2",
        "an endless packet counts as one error",
        "Beyond 241 bytes without 0x00 discard up to the next 0x00 and add 1 to rx_bad.",
    ),
    Clause(
        "link.rx_bad",
        "5, 9",
        "bad frames are not executed, and counted in rx_bad",
        "Check length and CRC before anything else, drop the frame and add 1 to rx_bad.",
    ),
    # Frame ---------------------------------------------------------------------------------
    Clause(
        "frame.crc",
        "4",
        "CRC-32 of header and payload, little-endian, at the end",
        "CRC-32/ISO-HDLC (zlib) over all bytes before it, lowest byte first; the check value of"
        " 123456789 is CBF43926.",
    ),
    Clause("frame.magic", "4", "the first byte is E1", "Begin every frame with 0xE1."),
    Clause("frame.type", "4", "types are 01 to 07", "Send the frame types of the specification."),
    Clause(
        "frame.seq",
        "4",
        "seq rises by 1 with every frame of every type",
        "One counter for the link: HELLO, DATA, STATUS, EVENT, ACK, TIME_RSP and LOG share it,"
        " and a frame that is dropped takes a number as well.",
    ),
    Clause(
        "frame.reserved",
        "1, 4",
        "stream, count and index are 0 outside DATA; reserved is 0",
        "Clear the header and every reserved field before they are filled in.",
    ),
    Clause("frame.flags", "4", "flag b7 is 0", "Send 0 in bit 7 of the flags; it is reserved."),
    Clause(
        "frame.time",
        "4",
        "t_us of frames that are no DATA never falls",
        "Stamp these frames with the device clock when they are built, and queue them in that"
        " order.",
    ),
    Clause(
        "frame.clock",
        "4, 7",
        "DATA and the other frames carry the same clock",
        "Stamp samples at data-ready with the clock that also stamps the other frames.",
    ),
    # DATA ----------------------------------------------------------------------------------
    Clause(
        "data.stream",
        "4, 5",
        "DATA carries a stream that HELLO describes",
        "Put the id of the descriptor into the header; describe every stream in HELLO.",
    ),
    Clause(
        "data.length",
        "4",
        "payload is count x channels x width",
        "Fill the payload as the descriptor says; announce a change of format by HELLO first.",
    ),
    Clause(
        "data.batch",
        "5",
        "full frames have as many samples as batch says",
        "Announce the number of samples of a full frame; shorter only before a gap or the end.",
    ),
    Clause(
        "data.saturation",
        "4",
        "flag b2 stands when a sample is at 98 % of full scale",
        "Set flag b2 on each frame with a value at or beyond 98 % of full scale.",
    ),
    Clause(
        "data.index",
        "7",
        "index goes on without repetition",
        "Count samples since START; the index of a frame is that of its first sample.",
    ),
    Clause(
        "data.missed",
        "7",
        "an index jump without a lost frame is in samples_missed",
        "Add every sample that was not converted to samples_missed.",
    ),
    Clause(
        "data.time",
        "7",
        "t_us and index agree",
        "Capture t_us at the data-ready of the first sample of the frame, not when it is sent.",
    ),
    Clause(
        "data.rate",
        "5, 7",
        "the rate on the device clock is the one in HELLO",
        "Announce the true output rate in mHz of the device clock, or set the converter to it.",
    ),
    Clause(
        "data.test_flag",
        "4",
        "flag b3 stands in self-tests and in nothing else",
        "Set flag b3 on DATA while SELFTEST is not 0, and clear it with SELFTEST 0.",
    ),
    # HELLO ---------------------------------------------------------------------------------
    Clause(
        "hello.layout",
        "5",
        "HELLO is one frame: 32 bytes and its stream descriptors",
        "Write length 32, then n_streams descriptors of 20 + 5C bytes (+ 8 with a mount).",
    ),
    Clause(
        "hello.identity",
        "5",
        "version, reset reason, max_frame and caps make sense",
        "Fill in protocol 1.0, a reset reason of 0 to 7, max_frame 240 and known caps only.",
    ),
    Clause(
        "hello.streams",
        "5, 10",
        "stream descriptors make sense",
        "Check kind, format, unit, channels, batch, rate and scale of each descriptor.",
    ),
    Clause(
        "hello.same",
        "5",
        "HELLO changes only when the configuration was changed",
        "Build HELLO from what is really set; serial number and boot_id stay during a boot.",
    ),
    # Reports -------------------------------------------------------------------------------
    Clause(
        "status.rate",
        "5",
        "STATUS comes once a second in every state",
        "Send STATUS each second once the host has sent a valid frame, idle or streaming.",
    ),
    Clause(
        "status.fields",
        "5",
        "fields of STATUS are in their ranges",
        "Fill in all 32 bytes; what is not known has its own value (0, 0x7FFF, 127).",
    ),
    Clause(
        "status.state",
        "5",
        "state says whether the device is streaming",
        "Report state 1 between START and STOP, else 0 (2 with VBUS, 3 in a fault).",
    ),
    Clause(
        "status.uptime",
        "5",
        "uptime is the device time in seconds",
        "Take uptime_s from the clock that makes t_us.",
    ),
    Clause(
        "status.counters",
        "5",
        "counters since boot never fall",
        "Clear samples_missed, frames_dropped and rx_bad at boot only.",
    ),
    Clause(
        "status.leads",
        "4, 5",
        "lead-off bits are of channels there are, and b1 tells of them",
        "Set one bit for each EMG channel, and flag b1 while any bit is set.",
    ),
    Clause(
        "event.layout",
        "5",
        "EVENT has 16 bytes, a known kind and a captured time",
        "Write kind, flags (b0 only), 0, value and the time of the event, not of the frame.",
    ),
    Clause(
        "ack.layout",
        "5",
        "ACK has 8 bytes and repeats token and command",
        "Copy token and command code of what is answered; status is 0 to 10.",
    ),
    Clause(
        "time.echo",
        "5",
        "TIME_RSP repeats token and t1",
        "Copy token and t1_ns of the request into its answer.",
    ),
    Clause(
        "time.order",
        "5",
        "t2 is not after t3, and neither ever falls",
        "Take t2 when the last byte arrived and t3 when the answer is queued, on one clock.",
    ),
    Clause(
        "log.rate",
        "4",
        "LOG is UTF-8 and comes at most 5 times a second",
        "Limit LOG to 5 a second.",
    ),
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
        "Count every frame that finds no room, and let it take a sequence number.",
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

BY_ID = {clause.id: clause for clause in CLAUSES}
