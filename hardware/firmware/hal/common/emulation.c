#include "emulation.h"

#include <string.h>

/* Group delays of the reference front end: 1.5 periods of the converter's sinc filter, and
 * (63 - 1) / 2 converter periods of FIR where the stream is decimated by two. Declared so that a
 * host corrects for them; the emulated converters have no filters. */
static const fo_rate EMG_RATES[] = {
    {500000, 32500, FO_STREAM_CALIBRATED | FO_STREAM_HARDWARE_TIME | FO_STREAM_DECIMATED},
    {1000000, 16250, FO_STREAM_CALIBRATED | FO_STREAM_HARDWARE_TIME | FO_STREAM_DECIMATED},
    {2000000, 750, FO_STREAM_CALIBRATED | FO_STREAM_HARDWARE_TIME},
    {4000000, 375, FO_STREAM_CALIBRATED | FO_STREAM_HARDWARE_TIME},
};
#define EMG_1000_HZ 1u

static const fo_rate IMU_RATES[] = {
    {50000, 8000, FO_STREAM_CALIBRATED | FO_STREAM_HARDWARE_TIME},
    {100000, 8000, FO_STREAM_CALIBRATED | FO_STREAM_HARDWARE_TIME},
    {200000, 8000, FO_STREAM_CALIBRATED | FO_STREAM_HARDWARE_TIME},
};
#define IMU_100_HZ 1u

static bool sampling(void *ctx, uint8_t stream, uint32_t rate_mhz)
{
    fo_emulation *emu = ctx;
    fo_cadence_start(&emu->cadence[stream], emu->hal.now_us(emu->hal.ctx), rate_mhz);
    return true;
}

static bool adc_read(void *ctx, uint32_t k, uint8_t mode, int32_t *channels)
{
    const fo_emulation *emu = ctx;
    for (uint8_t c = 0; c < FO_EMULATED_CHANNELS; c++) {
        if (mode == FO_SHORTED) {
            channels[c] = fo_synth_shorted(k, c);
        } else if (mode == FO_SQUARE) {
            channels[c] = fo_synth_square(k, c, emu->cadence[FO_STREAM_EMG].rate_mhz, emu->gains[c]);
        } else {
            channels[c] = fo_synth_emg(emu->signal, k, c);
        }
    }
    return true;
}

static bool imu_read(void *ctx, uint32_t k, int16_t v[FO_IMU_CHANNELS])
{
    (void)ctx;
    for (uint8_t c = 0; c < FO_IMU_CHANNELS; c++) {
        v[c] = fo_synth_imu(k, c);
    }
    return true;
}

static bool set_gain(void *ctx, uint8_t channel, uint8_t gain)
{
    fo_emulation *emu = ctx;
    emu->gains[channel] = gain;
    return true;
}

void fo_emulation_init(fo_emulation *emu, uint16_t model, const uint8_t serial[8])
{
    /* hal.now_us and its kin are filled in by the caller; the ring needs no clearing. */
    memset(emu, 0, offsetof(fo_emulation, ring));
    fo_hal *hal = &emu->hal;
    fo_board *board = &emu->board;
    hal->ctx = emu;
    hal->sampling = sampling;
    hal->adc_read = adc_read;
    hal->imu_read = imu_read;
    hal->set_gain = set_gain;
    board->model = model;
    board->vendor = 1;
    memcpy(board->serial, serial, sizeof board->serial);
    board->caps = FO_CAP_SET_RATE | FO_CAP_SET_GAIN | FO_CAP_SHORTED | FO_CAP_SQUARE
                  | FO_CAP_PATTERN | FO_CAP_LEAD_OFF | FO_CAP_MARK | FO_CAP_SYNC_IN
                  | FO_CAP_SYNC_OUT | FO_CAP_VBUS | FO_CAP_I16 | FO_CAP_SET_NAME
                  | FO_CAP_SIMULATED;
    board->emg_channels = FO_EMULATED_CHANNELS;
    board->emg_batch = 8;
    board->gain = 6;
    board->emg_rates = EMG_RATES;
    board->n_emg_rates = sizeof EMG_RATES / sizeof EMG_RATES[0];
    board->emg_rate = EMG_1000_HZ;
    board->imu_batch = 5;
    board->imu_rates = IMU_RATES;
    board->n_imu_rates = sizeof IMU_RATES / sizeof IMU_RATES[0];
    board->imu_rate = IMU_100_HZ;
    board->mount[0] = 16384; /* the sensor's axes are the pelvis's */
    board->ring = emu->ring;
    board->ring_bytes = sizeof emu->ring;
}

void fo_emulation_boot(fo_emulation *emu, uint8_t reset_reason)
{
    memset(emu->cadence, 0, sizeof emu->cadence);
    memset(emu->skip, 0, sizeof emu->skip);
    memset(emu->gains, emu->board.gain, sizeof emu->gains);
    fo_device_init(&emu->device, &emu->hal, &emu->board, reset_reason);
}

static void skip_what_is_too_old(fo_cadence *c, uint64_t now_us)
{
    if (fo_cadence_at_us(c, c->k) + FO_CATCH_UP_LIMIT_US < now_us) {
        c->k = (now_us - c->start_us) * c->rate_mhz / 1000000000u;
    }
}

void fo_emulation_catch_up(fo_emulation *emu, uint64_t now_us)
{
    for (uint8_t s = 0; s < FO_STREAMS; s++) {
        if (emu->cadence[s].rate_mhz != 0u) {
            skip_what_is_too_old(&emu->cadence[s], now_us);
        }
    }
    for (;;) {
        uint64_t oldest_us = UINT64_MAX;
        uint8_t oldest = 0;
        for (uint8_t s = 0; s < FO_STREAMS; s++) {
            const fo_cadence *c = &emu->cadence[s];
            if (c->rate_mhz != 0u && fo_cadence_at_us(c, c->k) < oldest_us) {
                oldest_us = fo_cadence_at_us(c, c->k);
                oldest = s;
            }
        }
        if (oldest_us > now_us) {
            return;
        }
        emu->cadence[oldest].k++;
        if (emu->skip[oldest] > 0u) {
            emu->skip[oldest]--;
        } else {
            fo_device_data_ready(&emu->device, oldest, oldest_us);
        }
    }
}

uint64_t fo_emulation_next_due_us(const fo_emulation *emu)
{
    uint64_t due_us = fo_device_next_due_us(&emu->device);
    for (uint8_t s = 0; s < FO_STREAMS; s++) {
        const fo_cadence *c = &emu->cadence[s];
        const fo_stream *stream = &emu->device.streams[s];
        if (c->rate_mhz != 0u) {
            /* The conversion that completes the frame; those before it can wait for it. */
            uint64_t last = c->k + stream->batch - stream->count - 1u;
            uint64_t complete_us = fo_cadence_at_us(c, last);
            if (complete_us < due_us) {
                due_us = complete_us;
            }
        }
    }
    return due_us;
}
