/* The device: what a belt does on its link (docs/reference/wire_protocol.md).
 *
 * One producer. fo_device_init, fo_device_data_ready, fo_device_poll, fo_device_link_up, _link_down,
 * fo_device_sync_edge, fo_device_button, fo_device_afe_fault and fo_device_log all put frames into
 * the transmit ring and share `seq`. They must not preempt one another: call them from the main
 * loop, or from interrupts of one and the same priority. Only fo_device_rx and fo_device_rx_packet
 * may preempt them; what they bring is answered by fo_device_poll. */
#ifndef FO_DEVICE_H
#define FO_DEVICE_H

#include "frame.h"
#include "hal.h"
#include "receiver.h"
#include "ring.h"

#define FO_FIRMWARE_MAJOR 0u
#define FO_FIRMWARE_MINOR 1u
#define FO_FIRMWARE_PATCH 0u

/* Sync edges that wait for the samples they fall into: these come a group delay later. */
#define FO_PENDING_EDGES 4u

/* Below the first the device warns, below the second it stops (a lithium cell). */
#define FO_LOW_BATTERY_MV 3400u
#define FO_EMPTY_BATTERY_MV 3200u

/* A stream that runs and whose data-ready stays away this long: the front end is dead. */
#define FO_DATA_READY_LIMIT_US UINT64_C(1000000)

/* REBOOT waits this long for the link to take its ACK. */
#define FO_REBOOT_LIMIT_US UINT64_C(100000)

typedef struct fo_stream {
    uint8_t id;
    uint8_t channels;
    uint8_t batch; /* samples per full frame */
    uint8_t fmt;
    const fo_rate *rates;
    uint8_t n_rates;
    uint8_t rate;
    bool running;
    bool seen;         /* a data-ready came since START */
    uint64_t last_us;  /* capture of the newest one; before the first: START */
    uint32_t index;    /* of the next sample */
    uint32_t first_index;
    uint64_t first_us;
    uint8_t count; /* samples in the frame under way */
    uint8_t flags;
    uint8_t n_edges; /* sync edges that this stream has not reached yet */
    uint64_t edges_us[FO_PENDING_EDGES];
    uint8_t frame[FO_MAX_FRAME_BYTES];
} fo_stream;

typedef struct fo_ack {
    bool valid;
    uint16_t token;
    uint8_t command;
    uint8_t status;
    uint32_t detail;
} fo_ack;

typedef struct fo_device {
    const fo_hal *hal;
    const fo_board *board;
    fo_ring ring;
    fo_receiver rx;
    fo_stream streams[FO_STREAMS];
    uint8_t n_streams;

    uint32_t boot_id;
    uint64_t described_us; /* when what HELLO says last changed */
    uint8_t reset_reason;
    uint8_t epoch;
    uint16_t seq;
    bool dropped_since_last; /* header flag b0 of the next frame that is queued */
    bool lead_delimiter;     /* a single 0x00 leads everything on a link just opened */

    uint8_t gains[FO_MAX_CHANNELS];
    uint8_t selftest;
    uint8_t leadoff_mode;
    uint16_t mtu; /* 0: no limit */
    int64_t dc_q24[FO_MAX_CHANNELS];
    bool dc_set;

    bool vbus;
    bool fault;
    bool low_battery_said;
    bool version_refused;
    bool host_heard;
    uint16_t leadoff_p, leadoff_n;
    uint16_t saturated; /* channels since the last STATUS */
    uint32_t samples_missed;
    uint32_t frames_dropped;
    uint32_t rx_bad; /* without those that the receiver counts */

    uint64_t heard_us;
    uint64_t next_second_us;
    uint8_t logs_left;
    fo_ack stored;

    uint32_t sync_edges;

    bool rebooting;
    uint8_t reboot_mode;
    uint64_t reboot_by_us;
    bool halted; /* after hal->reboot has returned */
} fo_device;

/* Boot: epoch and boot id from rand32; queues HELLO on byte streams. hal and board must live on. */
void fo_device_init(fo_device *dev, const fo_hal *hal, const fo_board *board, uint8_t reset_reason);

/* A conversion of a stream is ready; t_us is its hardware capture, or its due time in a catch-up
 * loop. Ignored while the stream does not run. */
void fo_device_data_ready(fo_device *dev, uint8_t stream, uint64_t t_us);

/* A byte of the host that arrived at t_us (byte streams), or a frame (packet links). */
void fo_device_rx(fo_device *dev, uint8_t byte, uint64_t t_us);
void fo_device_rx_packet(fo_device *dev, const uint8_t *p, size_t n, uint64_t t_us);

/* Answers commands, keeps time (STATUS, keep-alive, interlock), gives bytes to the link. Call it
 * after each received delimiter, each data-ready, and at fo_device_next_due_us. */
void fo_device_poll(fo_device *dev);

/* When fo_device_poll has something to do by itself; data-ready and received bytes come between. */
uint64_t fo_device_next_due_us(const fo_device *dev);

/* Whether bytes wait for the link. */
bool fo_device_tx_waiting(const fo_device *dev);

/* The link was opened; mtu is 0 on byte streams. A device on a plain UART cannot know and need not
 * say. On packet links closing it (the host disconnects or unsubscribes) stops the streams and
 * empties the ring. */
void fo_device_link_up(fo_device *dev, uint16_t mtu);
void fo_device_link_down(fo_device *dev);

/* What GATT INFO answers: the HELLO frame without a sequence number. Returns its size; out takes
 * 240 bytes. The same bytes come until what they describe changes, so that a read in several pieces
 * may ask for each of them. */
size_t fo_device_info(const fo_device *dev, uint8_t *out);

/* An edge on the sync input, captured at t_us. */
void fo_device_sync_edge(fo_device *dev, bool rising, uint64_t t_us);
void fo_device_button(fo_device *dev, uint32_t id, uint64_t t_us);

/* The front end is broken: streams stop (EVENT 7/4), STATUS says fault until a START succeeds. */
void fo_device_afe_fault(fo_device *dev);

/* A line of text for the host's log, cut to 216 bytes; at most five a second, more are dropped. */
void fo_device_log(fo_device *dev, const char *text);

uint32_t fo_device_rx_bad(const fo_device *dev);

#endif
