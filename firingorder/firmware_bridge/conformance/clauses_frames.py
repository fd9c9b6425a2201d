"""Clauses of links, frames, samples and reports (wire_protocol.md sections 3 to 5, 7)."""

from __future__ import annotations

from firingorder.firmware_bridge.conformance.clause import Clause

FRAME_CLAUSES: tuple[Clause, ...] = (
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
)
