/* What the device does by itself: STATUS, keep-alive, battery, log; and links that keep packets. */
#include <string.h>

#include "bench.h"
#include "bytes.h"
#include "cadence.h"
#include "check.h"

#define START_BOTH "000003000000"
#define START_EMG "000001000000"
#define TIME_ARGUMENTS "00000000000000000000"

static void status_begins_with_the_first_valid_frame(void)
{
    static const uint8_t GARBAGE[30] = {1};
    bench_boot();
    bench_pass(3500000);
    bench_frame(GARBAGE, sizeof GARBAGE);
    bench_pass(1000000);
    EQUAL(B.n_seen, 0);
    EQUAL(bench_ask(FO_CMD_STOP, ""), FO_OK);
    for (unsigned i = 0; i < 5u; i++) {
        bench_pass(1000000);
        const fo_frame *status = bench_next(FO_STATUS);
        EQUAL(fo_get32(status->payload), (uint32_t)(B.now_us / 1000000u));
        EQUAL(fo_get16(status->payload + 4), 3910);
        EQUAL(fo_get16(status->payload + 6), 2215);
        EQUAL(fo_get32(status->payload + 28), 1); /* the garbage */
        CHECK(!bench_has(FO_STATUS));
    }
    bench_pass(10000000); /* a device that slept does not make up for it */
    (void)bench_next(FO_STATUS);
    CHECK(!bench_has(FO_STATUS));
}

static void silence_for_ten_seconds_ends_the_stream(void)
{
    bench_boot();
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_OK);
    for (unsigned i = 0; i < 9u; i++) {
        bench_forget();
        bench_sample(0, 1000);
    }
    bench_forget();
    bench_command(FO_CMD_TIME_REQ, TIME_ARGUMENTS); /* any valid frame keeps it alive */
    (void)bench_next(FO_TIME_RSP);
    for (unsigned i = 0; i < 9u; i++) {
        bench_sample(0, 1000);
        bench_forget();
    }
    bench_sample(0, 999);
    CHECK(!bench_has(FO_EVENT));
    EQUAL(fo_device_next_due_us(&B.dev), B.now_us + 1000u);
    bench_forget();
    bench_sample(0, 1);
    (void)bench_next(FO_DATA); /* the last, short frame comes first */
    const fo_frame *event = bench_next(FO_EVENT);
    EQUAL(event->payload[0], FO_EVENT_STOPPED);
    EQUAL(fo_get32(event->payload + 4), FO_STOP_KEEP_ALIVE);
    CHECK(!B.dev.streams[0].running);
    bench_pass(20000000); /* an idle device has nothing to stop */
    CHECK(!bench_has(FO_EVENT));
}

static void garbage_is_no_sign_of_life(void)
{
    static const uint8_t GARBAGE[30] = {1};
    bench_boot();
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_OK);
    for (unsigned i = 0; i < 10u; i++) {
        bench_forget();
        bench_frame(GARBAGE, sizeof GARBAGE);
        bench_sample(0, 1000);
    }
    (void)bench_next(FO_EVENT);
    CHECK(!B.dev.streams[0].running);
}

static void a_battery_that_runs_down(void)
{
    bench_boot();
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_OK);
    B.battery_mv = FO_LOW_BATTERY_MV - 1u;
    bench_forget();
    bench_sample(0, 1000);
    const fo_frame *event = bench_next(FO_EVENT);
    EQUAL(event->payload[0], FO_EVENT_LOW_BATTERY);
    EQUAL(fo_get32(event->payload + 4), FO_LOW_BATTERY_MV - 1u);
    bench_forget();
    bench_sample(0, 1000);
    CHECK(!bench_has(FO_EVENT)); /* said once */
    B.battery_mv = FO_EMPTY_BATTERY_MV - 1u;
    bench_forget();
    bench_sample(0, 1000);
    event = bench_next(FO_EVENT);
    EQUAL(event->payload[0], FO_EVENT_STOPPED);
    EQUAL(fo_get32(event->payload + 4), FO_STOP_BATTERY);
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_BATTERY);
    B.battery_mv = 0; /* unknown is not empty */
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_OK);
}

static void five_lines_a_second(void)
{
    char lines[300];
    bench_boot();
    memset(lines, 'x', sizeof lines - 1u);
    lines[sizeof lines - 1u] = '\0';
    for (unsigned i = 0; i < 9u; i++) {
        fo_device_log(&B.dev, lines);
    }
    fo_device_poll(&B.dev);
    EQUAL(B.n_seen, 5);
    EQUAL(bench_next(FO_LOG)->payload_bytes, FO_MAX_PAYLOAD_BYTES);
    bench_pass(1000000);
    bench_forget();
    fo_device_log(&B.dev, "again");
    fo_device_poll(&B.dev);
    EQUAL(bench_next(FO_LOG)->payload_bytes, 5);
}

/* The grid of the emulated converters goes on where the index of 32 bits begins anew: at 4000 Hz
 * after 12 days. */
static void the_grid_outlives_the_index(void)
{
    fo_cadence c;
    fo_cadence_start(&c, 1000, 4000000);
    c.k = UINT64_C(0xFFFFFFFF);
    uint64_t last_us = fo_cadence_at_us(&c, c.k);
    EQUAL(last_us, INT64_C(1000) + (INT64_C(1) << 32) * 250);
    c.k++;
    EQUAL(fo_cadence_at_us(&c, c.k) - last_us, 250);
}

const test TIME_TESTS[] = {
    TEST(the_grid_outlives_the_index),
    TEST(status_begins_with_the_first_valid_frame),
    TEST(silence_for_ten_seconds_ends_the_stream),
    TEST(garbage_is_no_sign_of_life),
    TEST(a_battery_that_runs_down),
    TEST(five_lines_a_second),
    {NULL, NULL},
};

/* A byte stream that is opened anew. */
static void what_waited_survives_a_byte_stream_that_was_away(void)
{
    bench_boot();
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_OK);
    B.link_room = 100;
    bench_sample(0, 24);
    fo_device_link_down(&B.dev);
    CHECK(B.dev.streams[0].running); /* a device cannot trust such a link to tell */
    B.buffered = 0; /* the new host has not seen the first half */
    bench_forget();
    fo_device_link_up(&B.dev, 0);
    B.link_room = SIZE_MAX;
    fo_device_poll(&B.dev);
    EQUAL(B.bad, 1); /* the rest of the packet that was cut, ended by the leading zero */
    EQUAL(bench_next(FO_DATA)->index, 8);
    EQUAL(bench_next(FO_DATA)->index, 16);
    bench_pass(1000000);
    CHECK(!bench_has(FO_STATUS)); /* this host has not spoken yet */
}

static void boot_on_packets(uint16_t mtu)
{
    bench_prepare();
    B.board.packet_link = true;
    bench_power_on();
    EQUAL(B.n_seen, 0); /* nobody is subscribed at boot */
    fo_device_link_up(&B.dev, mtu);
}

static void frames_fit_the_packets_of_a_radio_link(void)
{
    static const struct {
        uint16_t mtu;
        uint8_t emg, imu;
    } CASES[] = {{247, 8, 5}, {185, 6, 5}, {100, 3, 5}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        boot_on_packets(CASES[i].mtu);
        EQUAL(B.dev.streams[0].batch, CASES[i].emg);
        EQUAL(B.dev.streams[1].batch, CASES[i].imu);
        EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
        bench_sample(0, 16);
        EQUAL(bench_next(FO_DATA)->count, CASES[i].emg);
        CHECK(B.seen[B.read - 1u].bytes + 3u <= CASES[i].mtu);
    }
    boot_on_packets(99);
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_LINK_TOO_SMALL);
}

static void a_hello_that_does_not_fit_is_read_instead(void)
{
    uint8_t info[FO_MAX_FRAME_BYTES];
    fo_frame frame;
    boot_on_packets(176); /* HELLO has 174 bytes, a notification carries 173 */
    uint16_t seq = B.dev.seq;
    EQUAL(bench_ask(FO_CMD_HELLO, "00010001"), FO_OK);
    CHECK(B.seen[0].frame.type == FO_ACK);
    EQUAL(B.dev.seq, (uint16_t)(seq + 1u)); /* the ACK's; the HELLO has taken none */
    size_t n = fo_device_info(&B.dev, info);
    EQUAL(n, 174);
    EQUAL(fo_frame_parse(info, n, &frame), FO_FRAME_GOOD);
    EQUAL(frame.seq, 0);
    EQUAL(frame.payload[5 + 32], 6); /* samples that a frame of this link holds */
    boot_on_packets(177);
    bench_command(FO_CMD_HELLO, "00010001");
    EQUAL(bench_next(FO_HELLO)->payload_bytes, 150);
}

/* GATT reads a long value in pieces, and a stack may ask for the whole before each of them. */
static void what_is_read_stays_until_it_changes(void)
{
    static const struct {
        uint8_t code;
        const char *arguments;
    } CHANGES[] = {{FO_CMD_SET_RATE, "01ff400d0300"}, {FO_CMD_SET_GAIN, "0c0001000000"},
                   {FO_CMD_START, START_BOTH}};
    uint8_t info[FO_MAX_FRAME_BYTES], again[FO_MAX_FRAME_BYTES];
    boot_on_packets(247);
    B.tick_us = 1;
    for (size_t i = 0; i <= sizeof CHANGES / sizeof CHANGES[0]; i++) {
        size_t n = fo_device_info(&B.dev, info);
        bench_pass(1234567);
        EQUAL(bench_ask(FO_CMD_HELLO, "00010001"), FO_OK);
        SAME(again, fo_device_info(&B.dev, again), info, n);
        if (i < sizeof CHANGES / sizeof CHANGES[0]) {
            EQUAL(bench_ask(CHANGES[i].code, CHANGES[i].arguments), FO_OK);
            n = fo_device_info(&B.dev, again);
            CHECK(memcmp(info + FO_HEADER_BYTES, again + FO_HEADER_BYTES,
                         n - FO_HEADER_BYTES) != 0 || info[4] != again[4]);
            CHECK(fo_get64(again + 12) > fo_get64(info + 12));
        }
    }
}

static void radio(void *ctx, int8_t *rssi_dbm, uint8_t *phy, uint16_t *interval)
{
    (void)ctx;
    *rssi_dbm = -61;
    *phy = 2;
    *interval = 6;
}

static void status_tells_of_the_radio(void)
{
    boot_on_packets(247);
    EQUAL(bench_ask(FO_CMD_HELLO, "00010001"), FO_OK);
    bench_pass(1000000);
    const uint8_t *p = bench_next(FO_STATUS)->payload;
    EQUAL((int8_t)p[15], 127);
    EQUAL(p[16], 0);
    EQUAL(fo_get16(p + 18), 0);
    B.hal.radio = radio;
    bench_pass(1000000);
    p = bench_next(FO_STATUS)->payload;
    EQUAL((int8_t)p[15], -61);
    EQUAL(p[16], 2);
    EQUAL(fo_get16(p + 18), 6);
}

static void a_radio_link_that_is_lost_ends_the_stream(void)
{
    boot_on_packets(247);
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
    B.link_room = 0;
    bench_sample(0, 80);
    EQUAL(B.dev.ring.used, 10u * 217u);
    fo_device_link_down(&B.dev);
    CHECK(!B.dev.streams[0].running && !B.dev.streams[1].running);
    EQUAL(B.dev.ring.used, 0);
    bench_forget();
    B.link_room = SIZE_MAX;
    fo_device_link_up(&B.dev, 247);
    fo_device_poll(&B.dev);
    EQUAL(B.n_seen, 0);
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
    for (unsigned i = 0; i < 25u; i++) { /* no keep-alive here: the link tells */
        bench_forget();
        for (unsigned j = 0; j < 5u; j++) {
            bench_sample(0, 100);
            fo_device_data_ready(&B.dev, 1, B.now_us);
        }
    }
    CHECK(B.dev.streams[0].running);
    EQUAL(B.bad, 0);
}

const test LINK_TESTS[] = {
    TEST(what_waited_survives_a_byte_stream_that_was_away),
    TEST(frames_fit_the_packets_of_a_radio_link),
    TEST(a_hello_that_does_not_fit_is_read_instead),
    TEST(what_is_read_stays_until_it_changes),
    TEST(status_tells_of_the_radio),
    TEST(a_radio_link_that_is_lost_ends_the_stream),
    {NULL, NULL},
};
