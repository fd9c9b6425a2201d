/* What the device is and what its streams look like (wire_protocol.md section 5). */
#include <string.h>

#include "bytes.h"
#include "internal.h"

#define FIXED_BYTES 32u
#define DESCRIPTOR_BYTES 20u

/* Microvolts per count of an ADS1298 at each of its gains, as the bits of an f32:
 * 2.4 V / gain / 8388607 (reference of 2.4 V; data sheet SBAS459, CHnSET). A table, because the
 * core has no floating point. */
static const struct {
    uint8_t gain;
    uint32_t uv_bits;
} GAINS[] = {
    {1, 0x3E927C01u}, {2, 0x3E127C01u}, {3, 0x3DC35002u},  {4, 0x3D927C01u},
    {6, 0x3D435002u}, {8, 0x3D127C01u}, {12, 0x3CC35002u},
};
#define N_GAINS (sizeof GAINS / sizeof GAINS[0])

#define I16_UV_BITS 0x3E800000u   /* 0.25 uV */
#define ACC_G_BITS 0x39800000u    /* 8 g / 32768 */
#define GYR_DEG_S_BITS 0x3CFA0000u /* 1000 deg/s / 32768 */

bool fo_gain_known(uint8_t gain)
{
    for (size_t i = 0; i < N_GAINS; i++) {
        if (GAINS[i].gain == gain) {
            return true;
        }
    }
    return false;
}

static uint32_t scale_bits(const fo_device *dev, const fo_stream *stream, uint8_t channel)
{
    if (stream->id == FO_STREAM_IMU) {
        return channel < 3u ? ACC_G_BITS : GYR_DEG_S_BITS;
    }
    if (stream->fmt == FO_I16) {
        return I16_UV_BITS;
    }
    for (size_t i = 0; i < N_GAINS; i++) {
        if (GAINS[i].gain == dev->gains[channel]) {
            return GAINS[i].uv_bits;
        }
    }
    return 0; /* never: SET_GAIN takes only gains of the table */
}

static size_t describe(const fo_device *dev, const fo_stream *stream, uint8_t *p)
{
    const fo_rate *rate = &stream->rates[stream->rate];
    bool imu = stream->id == FO_STREAM_IMU;
    size_t n = DESCRIPTOR_BYTES;
    memset(p, 0, DESCRIPTOR_BYTES);
    p[1] = stream->id;
    p[2] = imu ? FO_KIND_IMU6 : FO_KIND_EMG;
    p[3] = stream->fmt;
    p[4] = stream->channels;
    p[5] = stream->batch;
    p[6] = rate->flags;
    if (!imu && stream->fmt == FO_I16) {
        p[6] = (uint8_t)(p[6] | FO_STREAM_HIGH_PASS);
    }
    p[7] = imu ? FO_UNIT_G_DEG_S : FO_UNIT_UV;
    fo_put32(p + 8, rate->rate_mhz);
    fo_put32(p + 12, rate->group_delay_us);
    for (uint8_t c = 0; c < stream->channels; c++) {
        fo_put32(p + n, scale_bits(dev, stream, c));
        n += 4u;
    }
    for (uint8_t c = 0; c < stream->channels; c++) {
        p[n++] = imu ? 0u : dev->gains[c];
    }
    if (imu) {
        for (size_t i = 0; i < 4u; i++) {
            fo_put16(p + n, (uint16_t)dev->board->mount[i]);
            n += 2u;
        }
    }
    p[0] = (uint8_t)n;
    return n;
}

size_t fo_hello_build(const fo_device *dev, uint8_t *p)
{
    const fo_board *board = dev->board;
    size_t n = FIXED_BYTES;
    memset(p, 0, FIXED_BYTES);
    p[0] = FIXED_BYTES;
    p[1] = FO_PROTO_MAJOR;
    p[2] = FO_PROTO_MINOR;
    p[4] = FO_FIRMWARE_MAJOR;
    p[5] = FO_FIRMWARE_MINOR;
    p[6] = FO_FIRMWARE_PATCH;
    p[7] = board->hw_rev;
    fo_put16(p + 8, board->model);
    fo_put16(p + 10, board->vendor);
    memcpy(p + 12, board->serial, sizeof board->serial);
    fo_put32(p + 20, dev->boot_id);
    p[24] = dev->reset_reason;
    p[25] = dev->n_streams;
    fo_put16(p + 26, FO_MAX_FRAME_BYTES);
    fo_put32(p + 28, board->caps);
    for (uint8_t i = 0; i < dev->n_streams; i++) {
        n += describe(dev, &dev->streams[i], p + n);
    }
    return n;
}

size_t fo_device_info(const fo_device *dev, uint8_t *out)
{
    fo_frame frame = {0};
    frame.type = FO_HELLO;
    frame.epoch = dev->epoch;
    frame.t_us = dev->described_us;
    frame.payload = out + FO_HEADER_BYTES;
    frame.payload_bytes = fo_hello_build(dev, out + FO_HEADER_BYTES);
    return fo_frame_encode(&frame, out);
}
