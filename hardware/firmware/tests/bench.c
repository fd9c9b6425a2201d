#include "bench.h"

#include <string.h>

#include "bytes.h"
#include "check.h"
#include "cobs.h"

bench B;

static uint32_t last_detail;

static uint64_t now_us(void *ctx)
{
    (void)ctx;
    uint64_t now = B.now_us;
    B.now_us += B.tick_us;
    return now;
}

static bool sampling(void *ctx, uint8_t stream, uint32_t rate_mhz)
{
    (void)ctx;
    B.rates[stream] = rate_mhz;
    return !B.front_end_dead;
}

static bool adc_read(void *ctx, uint32_t k, uint8_t mode, int32_t *channels)
{
    (void)ctx;
    (void)k;
    (void)mode;
    memcpy(channels, B.adc, B.board.emg_channels * sizeof B.adc[0]);
    return !B.unreadable;
}

static bool imu_read(void *ctx, uint32_t k, int16_t v[FO_IMU_CHANNELS])
{
    (void)ctx;
    (void)k;
    memcpy(v, B.imu, sizeof B.imu);
    return !B.unreadable;
}

static void take_frame(const uint8_t *raw, size_t n)
{
    seen *next = &B.seen[B.n_seen < SEEN_FRAMES ? B.n_seen : SEEN_FRAMES - 1u];
    CHECK(B.n_seen < SEEN_FRAMES);
    memcpy(next->raw, raw, n);
    next->bytes = n;
    if (fo_frame_parse(next->raw, n, &next->frame) == FO_FRAME_GOOD) {
        B.n_seen++;
    } else {
        B.bad++;
    }
}

static void take_byte(uint8_t byte)
{
    uint8_t raw[FO_MAX_PACKET_BYTES];
    if (byte != 0u) {
        if (B.buffered < sizeof B.buffer) {
            B.buffer[B.buffered++] = byte;
        } else {
            B.bad++;
        }
        return;
    }
    if (B.buffered == 0u) {
        B.empty++;
        return;
    }
    size_t n = fo_cobs_decode(B.buffer, B.buffered, raw);
    B.buffered = 0;
    if (n == 0u) {
        B.bad++;
    } else {
        take_frame(raw, n);
    }
}

static size_t tx_write(void *ctx, const uint8_t *p, size_t n)
{
    (void)ctx;
    size_t taken = n < B.link_takes ? n : B.link_takes;
    taken = taken < B.link_room ? taken : B.link_room;
    if (B.link_room != SIZE_MAX) {
        B.link_room -= taken;
    }
    for (size_t i = 0; i < taken; i++) {
        take_byte(p[i]);
    }
    return taken;
}

static bool tx_packet(void *ctx, const uint8_t *p, size_t n)
{
    (void)ctx;
    if (B.link_room == 0u) {
        return false;
    }
    take_frame(p, n);
    return true;
}

static uint32_t rand32(void *ctx)
{
    (void)ctx;
    return B.random;
}

static void reboot(void *ctx, uint8_t mode)
{
    (void)ctx;
    EQUAL(mode, 0);
    B.reboots++;
}

static bool vbus(void *ctx)
{
    (void)ctx;
    return B.vbus;
}

static uint16_t battery_mv(void *ctx)
{
    (void)ctx;
    return B.battery_mv;
}

static int16_t temperature(void *ctx)
{
    (void)ctx;
    return 2215;
}

static void leadoff(void *ctx, uint16_t *p, uint16_t *n)
{
    (void)ctx;
    *p = B.leads_p;
    *n = B.leads_n;
}

static bool set_gain(void *ctx, uint8_t channel, uint8_t gain)
{
    (void)ctx;
    B.gains[channel] = gain;
    return !B.front_end_dead;
}

static void sync_out(void *ctx, uint32_t pulse_us)
{
    (void)ctx;
    B.pulse_us = pulse_us;
}

static bool set_name(void *ctx, const uint8_t *name, size_t n)
{
    (void)ctx;
    memcpy(B.name, name, n);
    B.name_bytes = n;
    return true;
}

void bench_prepare(void)
{
    static const fo_rate EMG[] = {{500000, 32500, 7}, {1000000, 16250, 7}, {2000000, 750, 3}};
    static const fo_rate IMU[] = {{100000, 8000, 3}, {200000, 8000, 3}};
    static const uint8_t SERIAL[8] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77};
    static const int16_t MOUNT[4] = {8192, 8192, -8192, -8192};
    memset(&B, 0, sizeof B);
    B.hal = (fo_hal){&B,     now_us,     sampling,    adc_read, imu_read, tx_write, tx_packet, rand32,
                     reboot, vbus,       battery_mv,  temperature, leadoff, NULL,   set_gain,  sync_out,
                     set_name, NULL};
    B.board.model = 1;
    B.board.vendor = 1;
    memcpy(B.board.serial, SERIAL, sizeof SERIAL);
    memcpy(B.board.mount, MOUNT, sizeof MOUNT);
    B.board.caps = 0x4FFF;
    B.board.hw_rev = 1;
    B.board.emg_channels = 8;
    B.board.emg_batch = 8;
    B.board.gain = 6;
    B.board.emg_rates = EMG;
    B.board.n_emg_rates = 3;
    B.board.emg_rate = 1;
    B.board.imu_batch = 5;
    B.board.imu_rates = IMU;
    B.board.n_imu_rates = 2;
    B.board.ring = B.ring;
    B.board.ring_bytes = sizeof B.ring;
    B.random = 0x9E3779B9u;
    B.battery_mv = 3910;
    B.link_takes = SIZE_MAX;
    B.link_room = SIZE_MAX;
    B.now_us = 1000;
}

void bench_power_on(void)
{
    fo_device_init(&B.dev, &B.hal, &B.board, FO_RESET_POWER_ON);
    fo_device_poll(&B.dev);
}

void bench_boot(void)
{
    bench_prepare();
    bench_power_on();
    bench_forget();
}

void bench_frame(const uint8_t *raw, size_t n)
{
    if (B.board.packet_link) {
        fo_device_rx_packet(&B.dev, raw, n, B.now_us);
    } else {
        uint8_t packet[FO_MAX_PACKET_BYTES + 12u];
        size_t m = fo_cobs_encode(raw, n, packet);
        for (size_t i = 0; i < m; i++) {
            fo_device_rx(&B.dev, packet[i], B.now_us);
        }
        fo_device_rx(&B.dev, 0, B.now_us);
    }
    fo_device_poll(&B.dev);
}

void bench_command_as(uint16_t token, uint8_t code, const char *arguments_hex)
{
    uint8_t payload[FO_MAX_PAYLOAD_BYTES], raw[FO_MAX_FRAME_BYTES];
    fo_frame frame = {0};
    fo_put16(payload, token);
    frame.type = code;
    frame.seq = B.seq++;
    frame.payload = payload;
    frame.payload_bytes = 2u + unhex(arguments_hex, payload + 2);
    bench_frame(raw, fo_frame_encode(&frame, raw));
}

void bench_command(uint8_t code, const char *arguments_hex)
{
    bench_command_as(++B.token, code, arguments_hex);
}

const fo_frame *bench_next(uint8_t type)
{
    static const uint8_t NOTHING[FO_MAX_FRAME_BYTES];
    static const fo_frame NONE = {.payload = NOTHING + FO_HEADER_BYTES};
    while (B.read < B.n_seen) {
        const fo_frame *frame = &B.seen[B.read++].frame;
        if (frame->type == type) {
            return frame;
        }
    }
    CHECK(!"the frame that was waited for came");
    return &NONE;
}

bool bench_has(uint8_t type)
{
    for (unsigned i = B.read; i < B.n_seen; i++) {
        if (B.seen[i].frame.type == type) {
            return true;
        }
    }
    return false;
}

void bench_forget(void)
{
    B.n_seen = 0;
    B.read = 0;
}

uint8_t bench_ask(uint8_t code, const char *arguments_hex)
{
    bench_command(code, arguments_hex);
    const fo_frame *frame = bench_next(FO_ACK);
    if (frame->payload_bytes != 8u) {
        CHECK(!"an ACK has eight bytes");
        return 0xFFu;
    }
    EQUAL(fo_get16(frame->payload), B.token);
    EQUAL(frame->payload[2], code);
    last_detail = fo_get32(frame->payload + 4);
    return frame->payload[3];
}

uint32_t bench_detail(void)
{
    return last_detail;
}

void bench_sample(uint8_t stream, unsigned n)
{
    const fo_stream *s = &B.dev.streams[stream];
    for (unsigned i = 0; i < n; i++) {
        B.now_us += 1000000000u / s->rates[s->rate].rate_mhz;
        fo_device_data_ready(&B.dev, stream, B.now_us);
        fo_device_poll(&B.dev);
    }
}

void bench_pass(uint64_t us)
{
    B.now_us += us;
    fo_device_poll(&B.dev);
}
