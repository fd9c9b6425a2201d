/* Frame v1, protocol 1.0: the numbers of docs/reference/wire_protocol.md, sections 3 to 6 and 10. */
#ifndef FO_PROTOCOL_H
#define FO_PROTOCOL_H

#define FO_PROTO_MAJOR 1u
#define FO_PROTO_MINOR 0u
#define FO_MAGIC (0xE0u | FO_PROTO_MAJOR)

#define FO_HEADER_BYTES 20u
#define FO_CRC_BYTES 4u
#define FO_MIN_FRAME_BYTES 24u
#define FO_MAX_FRAME_BYTES 240u
#define FO_MAX_PAYLOAD_BYTES 216u
/* COBS adds exactly one byte up to 253, so an encoded packet has at most this, and a delimiter. */
#define FO_MAX_PACKET_BYTES 241u
#define FO_MAX_COMMAND_BYTES 64u
#define FO_MAX_CHANNELS 16u
#define FO_IMU_CHANNELS 6u
#define FO_MAX_NAME_BYTES 24u
/* Section 8: START is refused on a packet link smaller than this. */
#define FO_MIN_MTU 100u
/* An MTU carries this many bytes that are no samples: 3 of ATT, 24 of the frame. */
#define FO_MTU_OVERHEAD_BYTES 27u
#define FO_ATT_OVERHEAD_BYTES 3u

enum fo_type {
    FO_HELLO = 0x01,
    FO_DATA = 0x02,
    FO_STATUS = 0x03,
    FO_EVENT = 0x04,
    FO_ACK = 0x05,
    FO_TIME_RSP = 0x06,
    FO_LOG = 0x07
};

enum fo_command {
    FO_CMD_HELLO = 0x81,
    FO_CMD_START = 0x82,
    FO_CMD_STOP = 0x83,
    FO_CMD_SET_RATE = 0x84,
    FO_CMD_SET_GAIN = 0x85,
    FO_CMD_TIME_REQ = 0x86,
    FO_CMD_SELFTEST = 0x87,
    FO_CMD_LEADOFF = 0x88,
    FO_CMD_MARK = 0x89,
    FO_CMD_SYNC_OUT = 0x8A,
    FO_CMD_SET_NAME = 0x8B,
    FO_CMD_REBOOT = 0x8F
};
#define FO_FIRST_COMMAND 0x80u

enum fo_ack_status {
    FO_OK = 0,
    FO_UNKNOWN_COMMAND = 1,
    FO_BAD_LENGTH = 2,
    FO_BAD_PARAMETER = 3,
    FO_BAD_STATE = 4,
    FO_VBUS_INTERLOCK = 5,
    FO_VERSION = 6,
    FO_AFE_FAULT = 7,
    FO_LINK_TOO_SMALL = 8,
    FO_BATTERY = 9,
    FO_BUSY = 10
};

/* Flags of the header (section 4). */
#define FO_FLAG_DROPPED 0x01u
#define FO_FLAG_LEAD_OFF 0x02u
#define FO_FLAG_SATURATED 0x04u
#define FO_FLAG_TEST_SIGNAL 0x08u
#define FO_FLAG_VBUS 0x10u
#define FO_FLAG_SYNC_EDGE 0x20u
#define FO_FLAG_DEGRADED 0x40u

/* Kinds of EVENT, and the values of kind 7. */
enum fo_event_kind {
    FO_EVENT_SYNC_IN = 1,
    FO_EVENT_SYNC_OUT = 2,
    FO_EVENT_BUTTON = 3,
    FO_EVENT_LOW_BATTERY = 4,
    FO_EVENT_LEAD_OFF = 5,
    FO_EVENT_MARK = 6,
    FO_EVENT_STOPPED = 7
};
enum fo_stop_reason { FO_STOP_KEEP_ALIVE = 1, FO_STOP_VBUS = 2, FO_STOP_BATTERY = 3, FO_STOP_AFE = 4 };

/* STATUS.state */
enum fo_state { FO_IDLE = 0, FO_STREAMING = 1, FO_INTERLOCK = 2, FO_FAULT = 3 };

enum fo_format { FO_I24 = 0, FO_I16 = 1 };
#define FO_KEEP_FORMAT 0xFFu

enum fo_selftest { FO_NORMAL = 0, FO_SHORTED = 1, FO_SQUARE = 2, FO_PATTERN = 3 };

enum fo_reset_reason {
    FO_RESET_UNKNOWN = 0,
    FO_RESET_POWER_ON = 1,
    FO_RESET_PIN = 2,
    FO_RESET_WATCHDOG = 3,
    FO_RESET_COMMAND = 4,
    FO_RESET_BROWN_OUT = 5,
    FO_RESET_FAULT = 6,
    FO_RESET_UPDATE = 7
};

/* Capabilities (section 5). */
#define FO_CAP_SET_RATE (UINT32_C(1) << 0)
#define FO_CAP_SET_GAIN (UINT32_C(1) << 1)
#define FO_CAP_SHORTED (UINT32_C(1) << 2)
#define FO_CAP_SQUARE (UINT32_C(1) << 3)
#define FO_CAP_PATTERN (UINT32_C(1) << 4)
#define FO_CAP_LEAD_OFF (UINT32_C(1) << 5)
#define FO_CAP_IMPEDANCE (UINT32_C(1) << 6)
#define FO_CAP_MARK (UINT32_C(1) << 7)
#define FO_CAP_SYNC_IN (UINT32_C(1) << 8)
#define FO_CAP_SYNC_OUT (UINT32_C(1) << 9)
#define FO_CAP_VBUS (UINT32_C(1) << 10)
#define FO_CAP_I16 (UINT32_C(1) << 11)
#define FO_CAP_SET_NAME (UINT32_C(1) << 12)
#define FO_CAP_BOOTLOADER (UINT32_C(1) << 13)
#define FO_CAP_BATTERY (UINT32_C(1) << 14)
#define FO_CAP_SIMULATED (UINT32_C(1) << 31)

/* Stream ids, kinds, units and flags of the descriptor (section 5). */
#define FO_STREAM_EMG 0u
#define FO_STREAM_IMU 1u
#define FO_STREAMS 2u
#define FO_KIND_EMG 1u
#define FO_KIND_IMU6 2u
#define FO_UNIT_UV 1u
#define FO_UNIT_G_DEG_S 2u
#define FO_STREAM_CALIBRATED 0x01u
#define FO_STREAM_HARDWARE_TIME 0x02u
#define FO_STREAM_DECIMATED 0x04u
#define FO_STREAM_HIGH_PASS 0x08u

/* Times of sections 5 and 6. */
#define FO_KEEP_ALIVE_US UINT64_C(10000000)
#define FO_STATUS_PERIOD_US UINT64_C(1000000)
#define FO_LOGS_PER_SECOND 5u

#endif
