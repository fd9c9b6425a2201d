/* The host's side of the device tests: a known input, frames taken apart, samples compared. */
#ifndef TESTS_AFE_HOST_H
#define TESTS_AFE_HOST_H

#include "device.h"

/* What came out, as far as a test wants it. */
struct afe_seen {
    uint8_t packet[FO_MAX_PACKET_BYTES];
    size_t packet_bytes;
    unsigned bad, samples[FO_STREAMS];
    uint32_t next_index[FO_STREAMS], gaps;
    uint8_t ack_status, flags;
    unsigned stopped_by, lead_events;
    uint32_t lead_value;
    double worst_uv; /* of EMG against the wanted input */
    double worst_imu;
};
extern struct afe_seen seen;

/* As the newest HELLO says. */
extern uint32_t group_delay_us[FO_STREAMS], rate_mhz[FO_STREAMS];
extern double scale_uv[FO_MAX_CHANNELS];

/* What EMG must be at an instant of device time. */
extern double (*wanted_uv)(unsigned channel, double at_us);

/* 1 mV at 5 Hz, each channel an eighth of a period later: 10 us of delay are 0.3 uV. */
double tone_uv(unsigned channel, double at_us);
double zero_uv(unsigned channel, double at_us);

/* The same for the chip models, whose time is the device's. */
int64_t tone_nv(void *world, unsigned channel, uint64_t at_ns);
void turning(void *world, uint64_t at_ns, int32_t ug[3], int32_t mdps[3]);

/* Takes bytes of the device; a hal.tx_write. */
size_t take(void *ctx, const uint8_t *bytes, size_t n);

/* Bytes of a command with a fresh token, delimiter included; `packet` takes 242. */
size_t command_packet(uint8_t code, const uint8_t *arguments, size_t n, uint8_t *packet);

#endif
