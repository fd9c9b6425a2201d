/* From data-ready to DATA frames (wire_protocol.md sections 4 and 7). */
#include <string.h>

#include "bytes.h"
#include "internal.h"

#define I24_LIMIT 8388607
#define I16_LIMIT 32767
/* Section 4, flag b2: 98 % of full scale. */
#define I24_SATURATED (I24_LIMIT / 100 * 98)
#define I16_SATURATED (I16_LIMIT / 100 * 98)

/* 2 pi / 1 Hz in units of 2^-24 per mHz of rate: the first-order share of a 1 Hz DC block. */
#define DC_SHARE_Q24 UINT64_C(105414357853)
#define DC_ONE (INT64_C(1) << 24)

/* i24 counts to i16 counts of 0.25 uV: counts * 2.4e6 uV / gain / 8388607 / 0.25 uV. */
#define I16_NUMERATOR INT64_C(9600000)
#define I16_DENOMINATOR INT64_C(8388607)

void fo_streams_resize(fo_device *dev)
{
    for (uint8_t i = 0; i < dev->n_streams; i++) {
        fo_stream *stream = &dev->streams[i];
        unsigned row = (unsigned)fo_value_bytes(stream->fmt) * stream->channels;
        unsigned room = FO_MAX_PAYLOAD_BYTES;
        if (dev->mtu > FO_MTU_OVERHEAD_BYTES && dev->mtu - FO_MTU_OVERHEAD_BYTES < room) {
            room = dev->mtu - FO_MTU_OVERHEAD_BYTES;
        }
        unsigned most = room / row;
        unsigned wanted = i == 0u ? dev->board->emg_batch : dev->board->imu_batch;
        unsigned batch = wanted < most ? wanted : most;
        stream->batch = (uint8_t)(batch > 0u ? batch : 1u);
    }
    dev->described_us = fo_now(dev);
}

void fo_streams_reset(fo_device *dev)
{
    const fo_board *board = dev->board;
    fo_stream *emg = &dev->streams[FO_STREAM_EMG];
    memset(dev->streams, 0, sizeof dev->streams);
    emg->id = FO_STREAM_EMG;
    emg->channels = board->emg_channels;
    emg->fmt = FO_I24;
    emg->rates = board->emg_rates;
    emg->n_rates = board->n_emg_rates;
    emg->rate = board->emg_rate;
    dev->n_streams = 1;
    if (board->imu_batch > 0u) {
        fo_stream *imu = &dev->streams[FO_STREAM_IMU];
        imu->id = FO_STREAM_IMU;
        imu->channels = FO_IMU_CHANNELS;
        imu->fmt = FO_I16;
        imu->rates = board->imu_rates;
        imu->n_rates = board->n_imu_rates;
        imu->rate = board->imu_rate;
        dev->n_streams = 2;
    }
    fo_streams_resize(dev);
}

bool fo_streams_running(const fo_device *dev)
{
    return dev->streams[0].running || dev->streams[1].running;
}

bool fo_streams_start(fo_device *dev, uint32_t mask)
{
    const fo_hal *hal = dev->hal;
    dev->dc_set = false;
    for (uint8_t i = 0; i < dev->n_streams; i++) {
        fo_stream *stream = &dev->streams[i];
        if ((mask >> stream->id & 1u) == 0u) {
            continue;
        }
        stream->seen = false;
        stream->index = 0;
        stream->count = 0;
        stream->flags = 0;
        stream->n_edges = 0;
        stream->last_us = fo_now(dev);
        stream->running = true;
        if (!hal->sampling(hal->ctx, stream->id, stream->rates[stream->rate].rate_mhz)) {
            fo_streams_stop(dev, false);
            return false;
        }
    }
    return true;
}

void fo_note_edge(fo_device *dev, uint64_t t_us)
{
    for (uint8_t i = 0; i < dev->n_streams; i++) {
        fo_stream *stream = &dev->streams[i];
        if (stream->running && stream->n_edges < FO_PENDING_EDGES) {
            stream->edges_us[stream->n_edges++] = t_us;
        }
    }
}

/* Whether a sync edge lies within the samples of the frame under way. */
static uint8_t sync_flag(fo_stream *stream)
{
    const fo_rate *rate = &stream->rates[stream->rate];
    uint8_t flag = 0, kept = 0;
    /* An edge belongs to the samples taken when it came, not to those the filters delay. */
    uint64_t span_us = (uint64_t)stream->count * 1000000000u / rate->rate_mhz;
    /* A converter slower than its nominal rate leaves a seam between two frames: what falls into it
     * belongs to the second. What fell into a gap is further away and belongs to none. */
    uint64_t seam_us = UINT64_C(500000000) / rate->rate_mhz;
    for (uint8_t i = 0; i < stream->n_edges; i++) {
        uint64_t delayed_us = stream->edges_us[i] + rate->group_delay_us;
        if (delayed_us >= stream->first_us + span_us) {
            stream->edges_us[kept++] = stream->edges_us[i];
        } else if (delayed_us + seam_us >= stream->first_us) {
            flag = FO_FLAG_SYNC_EDGE;
        }
    }
    stream->n_edges = kept;
    return flag;
}

static void send_frame(fo_device *dev, fo_stream *stream)
{
    unsigned flags = stream->flags;
    if (stream->count == 0u) {
        return;
    }
    if (dev->selftest != FO_NORMAL) {
        flags |= FO_FLAG_TEST_SIGNAL;
    }
    if (stream->id == FO_STREAM_EMG
        && (stream->fmt == FO_I16
            || stream->rates[stream->rate].rate_mhz
                   < stream->rates[dev->board->emg_rate].rate_mhz)) {
        flags |= FO_FLAG_DEGRADED;
    }
    stream->flags = (uint8_t)(flags | sync_flag(stream));
    fo_send_data(dev, stream,
                 (size_t)stream->count * stream->channels * fo_value_bytes(stream->fmt));
    stream->count = 0;
    stream->flags = 0;
}

void fo_streams_stop(fo_device *dev, bool send_rest)
{
    const fo_hal *hal = dev->hal;
    for (uint8_t i = 0; i < dev->n_streams; i++) {
        fo_stream *stream = &dev->streams[i];
        if (!stream->running) {
            continue;
        }
        (void)hal->sampling(hal->ctx, stream->id, 0);
        if (send_rest) {
            send_frame(dev, stream);
        }
        stream->count = 0;
        stream->flags = 0;
        stream->running = false;
    }
}

void fo_stop_by_itself(fo_device *dev, uint8_t reason)
{
    /* With VBUS nothing more leaves: what is under way was measured with the supply present. */
    fo_streams_stop(dev, reason != FO_STOP_VBUS);
    fo_send_event(dev, FO_EVENT_STOPPED, false, reason, fo_now(dev));
}

/* Section 6, VBUS interlock. True when it stopped the streams. */
bool fo_check_vbus(fo_device *dev)
{
    const fo_hal *hal = dev->hal;
    dev->vbus = hal->vbus != NULL && hal->vbus(hal->ctx);
    if (!dev->vbus || dev->selftest != FO_NORMAL || !fo_streams_running(dev)) {
        return false;
    }
    fo_stop_by_itself(dev, FO_STOP_VBUS);
    return true;
}

void fo_look_at_leads(fo_device *dev)
{
    const fo_hal *hal = dev->hal;
    uint16_t p = 0, n = 0;
    if (hal->leadoff != NULL && dev->leadoff_mode != 0u && dev->selftest == FO_NORMAL) {
        hal->leadoff(hal->ctx, &p, &n);
    }
    if (p != dev->leadoff_p || n != dev->leadoff_n) {
        dev->leadoff_p = p;
        dev->leadoff_n = n;
        fo_send_event(dev, FO_EVENT_LEAD_OFF, false, p | (uint32_t)n << 16, fo_now(dev));
    }
}

/* Section 6, digital pattern. */
static int32_t emg_pattern(uint32_t k, uint8_t channel)
{
    uint32_t mixed = k * UINT32_C(2654435761);
    return (int32_t)((mixed >> 16) % 20000u) - 10000 + channel;
}

static int16_t imu_pattern(uint32_t k, uint8_t channel)
{
    uint32_t value = (k + channel) & 0xFFFFu;
    return (int16_t)(value < 0x8000u ? (int32_t)value : (int32_t)value - 0x10000);
}

static int64_t rounded_ratio(int64_t a, int64_t b)
{
    return (a >= 0 ? a + b / 2 : a - b / 2) / b;
}

/* One EMG value in i16 format: the DC block, then counts of 0.25 uV. */
static int32_t narrowed(fo_device *dev, uint8_t channel, int32_t value, uint32_t rate_mhz)
{
    int64_t wide = (int64_t)value * DC_ONE;
    int64_t *mean = &dev->dc_q24[channel];
    if (!dev->dc_set) {
        *mean = wide;
    }
    int64_t out = wide - *mean;
    /* |out| < 2^49; the division keeps the product below 2^57. */
    *mean += out / 4096 * (int64_t)(DC_SHARE_Q24 / rate_mhz) / 4096;
    return (int32_t)rounded_ratio(rounded_ratio(out, DC_ONE) * I16_NUMERATOR,
                                  I16_DENOMINATOR * dev->gains[channel]);
}

/* To two's complement, whose lowest number is one further from zero. */
static void clip(int32_t *value, int32_t limit)
{
    if (*value > limit) {
        *value = limit;
    } else if (*value < -limit - 1) {
        *value = -limit - 1;
    }
}

static bool beyond(int32_t value, int32_t limit)
{
    return value >= limit || value <= -limit;
}

static bool read_emg(fo_device *dev, fo_stream *stream, uint8_t *out)
{
    int32_t raw[FO_MAX_CHANNELS] = {0};
    bool pattern = dev->selftest == FO_PATTERN;
    uint32_t rate_mhz = stream->rates[stream->rate].rate_mhz;
    if (!pattern && !dev->hal->adc_read(dev->hal->ctx, stream->index, dev->selftest, raw)) {
        return false;
    }
    for (uint8_t c = 0; c < stream->channels; c++) {
        int32_t value = pattern ? emg_pattern(stream->index, c) : raw[c];
        bool saturated = beyond(value, I24_SATURATED);
        if (stream->fmt == FO_I16) {
            if (!pattern) {
                value = narrowed(dev, c, value, rate_mhz);
            }
            saturated = saturated || beyond(value, I16_SATURATED);
            clip(&value, I16_LIMIT);
            fo_put16(out, (uint16_t)value);
            out += 2;
        } else {
            clip(&value, I24_LIMIT);
            fo_put24(out, value);
            out += 3;
        }
        if (saturated) {
            dev->saturated = (uint16_t)(dev->saturated | 1u << c);
            stream->flags = (uint8_t)(stream->flags | FO_FLAG_SATURATED);
        }
    }
    dev->dc_set = true;
    return true;
}

static bool read_imu(fo_device *dev, const fo_stream *stream, uint8_t *out)
{
    int16_t v[FO_IMU_CHANNELS] = {0};
    bool pattern = dev->selftest == FO_PATTERN;
    if (!pattern && !dev->hal->imu_read(dev->hal->ctx, stream->index, v)) {
        return false;
    }
    for (uint8_t c = 0; c < FO_IMU_CHANNELS; c++) {
        fo_put16(out + 2u * c, (uint16_t)(pattern ? imu_pattern(stream->index, c) : v[c]));
    }
    return true;
}

/* Section 7: captures more than 1.5 periods apart mean that conversions were missed. False when the
 * interlock stopped the streams. */
static bool account_for_missed(fo_device *dev, fo_stream *stream, uint64_t t_us)
{
    uint64_t periods_1e9 = (t_us - stream->last_us) * stream->rates[stream->rate].rate_mhz;
    if (stream->seen && t_us > stream->last_us && periods_1e9 > UINT64_C(1500000000)) {
        uint32_t missed = (uint32_t)((periods_1e9 + 500000000u) / 1000000000u - 1u);
        if (fo_check_vbus(dev)) {
            return false;
        }
        send_frame(dev, stream);
        stream->index += missed;
        dev->samples_missed += missed;
    }
    stream->last_us = t_us;
    stream->seen = true;
    return true;
}

void fo_device_data_ready(fo_device *dev, uint8_t id, uint64_t t_us)
{
    fo_stream *stream = id < dev->n_streams ? &dev->streams[id] : NULL;
    if (stream == NULL || !stream->running || dev->rebooting) {
        return;
    }
    if (!account_for_missed(dev, stream, t_us)) {
        return;
    }
    size_t row = (size_t)fo_value_bytes(stream->fmt) * stream->channels;
    uint8_t *out = stream->frame + FO_HEADER_BYTES + row * stream->count;
    bool good = id == FO_STREAM_EMG ? read_emg(dev, stream, out) : read_imu(dev, stream, out);
    if (!good) {
        if (fo_check_vbus(dev)) {
            return;
        }
        send_frame(dev, stream);
        stream->index++;
        dev->samples_missed++;
        return;
    }
    if (stream->count == 0u) {
        stream->first_index = stream->index;
        stream->first_us = t_us;
    }
    stream->index++;
    stream->count++;
    if (stream->count >= stream->batch) {
        if (id == FO_STREAM_EMG) {
            fo_look_at_leads(dev);
        }
        if (!fo_check_vbus(dev)) {
            send_frame(dev, stream);
        }
    }
}
