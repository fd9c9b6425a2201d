#include "afe_host.h"

#include <math.h>
#include <string.h>

#include "bytes.h"
#include "cobs.h"

enum { CHANNELS = 8 };

struct afe_seen seen;
uint32_t group_delay_us[FO_STREAMS], rate_mhz[FO_STREAMS];
double scale_uv[FO_MAX_CHANNELS];
double (*wanted_uv)(unsigned channel, double at_us);


double tone_uv(unsigned channel, double at_us)
{
    return 1000.0 * sin(6.283185307179586 * (at_us * 5e-6 - channel / 8.0));
}

double zero_uv(unsigned channel, double at_us)
{
    (void)channel;
    (void)at_us;
    return 0.0;
}

int64_t tone_nv(void *world, unsigned channel, uint64_t at_ns)
{
    (void)world;
    return (int64_t)(tone_uv(channel, (double)at_ns / 1000.0) * 1000.0);
}

void turning(void *world, uint64_t at_ns, int32_t ug[3], int32_t mdps[3])
{
    (void)world;
    for (int axis = 0; axis < 3; axis++) {
        ug[axis] = (axis + 1) * 100000 + (int32_t)(at_ns / 1000000) * 50;
        mdps[axis] = (axis + 1) * -20000 + (int32_t)(at_ns / 1000000) * 10;
    }
}

static void look_at_emg(const fo_frame *frame)
{
    for (unsigned j = 0; j < frame->count; j++)
        for (unsigned c = 0; c < CHANNELS; c++) {
            const uint8_t *p = frame->payload + 3 * (j * CHANNELS + c);
            int32_t raw = (int32_t)((uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0]);
            raw = (raw ^ 0x800000) - 0x800000;
            double at_us = (double)frame->t_us + j * 1e9 / rate_mhz[0] - group_delay_us[0];
            double error = fabs(raw * scale_uv[c] - wanted_uv(c, at_us));
            if (error > seen.worst_uv)
                seen.worst_uv = error;
        }
}

static void look_at_imu(const fo_frame *frame)
{
    for (unsigned j = 0; j < frame->count; j++) {
        int32_t ug[3], mdps[3];
        turning(NULL, (frame->t_us + j * UINT64_C(1000000000) / rate_mhz[1]) * 1000, ug, mdps);
        for (unsigned i = 0; i < 6; i++) {
            int16_t raw = (int16_t)fo_get16(frame->payload + 2 * (6 * j + i));
            double wanted = i < 3 ? ug[i] * 32768.0 / 8e6 : mdps[i - 3] * 32768.0 / 1e6;
            if (fabs(raw - wanted) > seen.worst_imu)
                seen.worst_imu = fabs(raw - wanted);
        }
    }
}

static void look_at_frame(const fo_frame *frame)
{
    const uint8_t *p = frame->payload;
    if (frame->type == FO_DATA) {
        unsigned s = frame->stream;
        seen.gaps += frame->index - seen.next_index[s];
        seen.next_index[s] = frame->index + frame->count;
        seen.samples[s] += frame->count;
        seen.flags |= frame->flags;
        s == FO_STREAM_EMG ? look_at_emg(frame) : look_at_imu(frame);
    } else if (frame->type == FO_ACK) {
        seen.ack_status = p[3];
    } else if (frame->type == FO_HELLO) {
        const uint8_t *stream = p + p[0];
        for (unsigned s = 0; s < p[25]; s++, stream += stream[0]) {
            rate_mhz[s] = fo_get32(stream + 8);
            group_delay_us[s] = fo_get32(stream + 12);
            for (unsigned c = 0; s == FO_STREAM_EMG && c < stream[4]; c++) {
                const uint32_t bits = fo_get32(stream + 20 + 4 * c);
                float scale;
                memcpy(&scale, &bits, sizeof scale);
                scale_uv[c] = (double)scale;
            }
        }
    } else if (frame->type == FO_EVENT && p[0] == FO_EVENT_STOPPED) {
        seen.stopped_by = fo_get32(p + 4);
    } else if (frame->type == FO_EVENT && p[0] == FO_EVENT_LEAD_OFF) {
        seen.lead_events++;
        seen.lead_value = fo_get32(p + 4);
    }
}

size_t take(void *ctx, const uint8_t *bytes, size_t n)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != 0) {
            if (seen.packet_bytes < sizeof seen.packet)
                seen.packet[seen.packet_bytes++] = bytes[i];
            continue;
        }
        fo_frame frame;
        size_t length = fo_cobs_decode(seen.packet, seen.packet_bytes, seen.packet);
        if (length > 0 && fo_frame_parse(seen.packet, length, &frame) == FO_FRAME_GOOD)
            look_at_frame(&frame);
        else if (seen.packet_bytes > 0)
            seen.bad++;
        seen.packet_bytes = 0;
    }
    return n;
}

size_t command_packet(uint8_t code, const uint8_t *arguments, size_t n, uint8_t *packet)
{
    static uint16_t token;
    uint8_t raw[FO_MAX_FRAME_BYTES], payload[32] = {0};
    if (++token == 0)
        token = 1;
    fo_put16(payload, token);
    if (n > 0)
        memcpy(payload + 2, arguments, n);
    fo_frame frame = {.type = code, .payload = payload, .payload_bytes = n + 2};
    size_t length = fo_cobs_encode(raw, fo_frame_encode(&frame, raw), packet);
    packet[length] = 0;
    return length + 1;
}
