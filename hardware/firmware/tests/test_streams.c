/* From conversions to frames: batches, index, gaps, tests, flags, interlock. */
#include <string.h>

#include "bench.h"
#include "bytes.h"
#include "check.h"

#define START_BOTH "000003000000"
#define START_EMG "000001000000"

static int32_t i24_at(const uint8_t *p)
{
    uint32_t u = (uint32_t)(p[0] | p[1] << 8 | p[2] << 16);
    return (int32_t)(u & 0x800000u ? u | 0xFF000000u : u);
}

static void start(const char *arguments)
{
    EQUAL(bench_ask(FO_CMD_START, arguments), FO_OK);
    bench_forget();
}

static void batches_and_index(void)
{
    bench_boot();
    uint8_t epoch = B.dev.epoch;
    start(START_BOTH);
    EQUAL(B.dev.epoch, (uint8_t)(epoch + 1u));
    uint64_t t_us = B.now_us;
    bench_sample(0, 20);
    for (unsigned i = 0; i < 2u; i++) {
        const fo_frame *frame = bench_next(FO_DATA);
        EQUAL(frame->count, 8);
        EQUAL(frame->index, 8u * i);
        EQUAL(frame->t_us, t_us + 1000u + 8000u * i);
        EQUAL(frame->payload_bytes, 8u * 8u * 3u);
        EQUAL(frame->stream, 0);
        EQUAL(frame->epoch, (uint8_t)(epoch + 1u));
        EQUAL(frame->flags, 0);
    }
    CHECK(!bench_has(FO_DATA));
    bench_sample(1, 5);
    const fo_frame *imu = bench_next(FO_DATA);
    EQUAL(imu->stream, 1);
    EQUAL(imu->count, 5);
    EQUAL(imu->payload_bytes, 60);
    bench_command(FO_CMD_STOP, ""); /* the rest comes before the ACK */
    const fo_frame *rest = &B.seen[B.read].frame;
    EQUAL(rest->type, FO_DATA);
    EQUAL(rest->count, 4);
    EQUAL(rest->index, 16);
    EQUAL(bench_next(FO_ACK)->payload[3], FO_OK);
    bench_sample(0, 8); /* what comes after STOP is ignored */
    CHECK(!bench_has(FO_DATA));
    start(START_EMG);
    bench_sample(0, 8);
    EQUAL(bench_next(FO_DATA)->index, 0);
    bench_sample(1, 5); /* the stream that was not started */
    CHECK(!bench_has(FO_DATA));
    fo_device_data_ready(&B.dev, 7, B.now_us); /* a stream that there is not */
}

static void a_late_conversion_closes_the_frame_early(void)
{
    bench_boot();
    start(START_EMG);
    bench_sample(0, 3);
    B.now_us += 500;
    fo_device_data_ready(&B.dev, 0, B.now_us += 1000); /* 1.5 periods: in order */
    EQUAL(B.dev.samples_missed, 0);
    B.now_us += 4501;
    fo_device_data_ready(&B.dev, 0, B.now_us += 1000); /* 5.5 periods: four or five are missing */
    bench_sample(0, 7);
    const fo_frame *early = bench_next(FO_DATA), *next = bench_next(FO_DATA);
    EQUAL(early->count, 4);
    EQUAL(next->index, 4u + 5u);
    EQUAL(next->count, 8);
    EQUAL(B.dev.samples_missed, 5);
    EQUAL(next->t_us - early->t_us, 3000u + 500u + 5501u);
}

static void one_and_a_half_periods_are_the_limit(void)
{
    bench_boot();
    start(START_EMG);
    bench_sample(0, 1);
    fo_device_data_ready(&B.dev, 0, B.now_us + 1500u);
    EQUAL(B.dev.samples_missed, 0);
    fo_device_data_ready(&B.dev, 0, B.now_us + 1500u + 1501u);
    EQUAL(B.dev.samples_missed, 1);
    EQUAL(B.dev.streams[0].index, 4);
}

static void a_conversion_that_cannot_be_read_is_missing(void)
{
    bench_boot();
    start(START_BOTH);
    bench_sample(0, 2);
    B.unreadable = true;
    bench_sample(0, 1);
    fo_device_data_ready(&B.dev, 1, B.now_us);
    B.unreadable = false;
    bench_sample(0, 8);
    EQUAL(bench_next(FO_DATA)->count, 2);
    EQUAL(bench_next(FO_DATA)->index, 3);
    EQUAL(B.dev.samples_missed, 2);
    EQUAL(B.dev.streams[1].index, 1);
}

static void the_index_survives_its_wrap(void)
{
    bench_boot();
    start(START_EMG);
    B.dev.streams[0].index = 0xFFFFFFFCu;
    bench_sample(0, 16);
    EQUAL(bench_next(FO_DATA)->index, 0xFFFFFFFCu);
    EQUAL(bench_next(FO_DATA)->index, 4);
}

static void pattern(void)
{
    bench_boot();
    EQUAL(bench_ask(FO_CMD_SELFTEST, "0300"), FO_OK);
    start(START_BOTH);
    B.dev.streams[0].index = 70000;
    B.dev.streams[1].index = 65533;
    bench_sample(0, 8);
    bench_sample(1, 5);
    const fo_frame *emg = bench_next(FO_DATA), *imu = bench_next(FO_DATA);
    EQUAL(emg->flags, FO_FLAG_TEST_SIGNAL);
    EQUAL(imu->flags, FO_FLAG_TEST_SIGNAL);
    for (uint32_t j = 0; j < 8u; j++) {
        for (int32_t c = 0; c < 8; c++) {
            uint64_t k = 70000u + j;
            int32_t wanted = (int32_t)((k * 2654435761u % 4294967296u >> 16) % 20000u) - 10000 + c;
            EQUAL(i24_at(emg->payload + 24u * j + 3 * c), wanted);
        }
    }
    for (uint32_t j = 0; j < 5u; j++) {
        for (uint32_t c = 0; c < 6u; c++) {
            EQUAL(fo_get16(imu->payload + 12u * j + 2u * c), (65533u + j + c) % 65536u);
        }
    }
}

static void the_pattern_in_i16_is_the_same_numbers(void)
{
    bench_boot();
    EQUAL(bench_ask(FO_CMD_SET_RATE, "000100000000"), FO_OK);
    EQUAL(bench_ask(FO_CMD_SELFTEST, "0300"), FO_OK);
    start(START_EMG);
    bench_sample(0, 8);
    const fo_frame *frame = bench_next(FO_DATA);
    EQUAL(frame->payload_bytes, 8u * 8u * 2u);
    EQUAL(frame->flags, FO_FLAG_TEST_SIGNAL | FO_FLAG_DEGRADED);
    for (uint32_t k = 0; k < 8u; k++) {
        uint16_t wanted = (uint16_t)((k * 2654435761u >> 16) % 20000u - 10000u);
        EQUAL(fo_get16(frame->payload + 16u * k), wanted);
    }
}

/* A step behind the DC block: at once 0.25 uV counts of its height, and 1/e of it after a time
 * constant of 1 / (2 pi 1 Hz) = 159 ms. */
static void i16_blocks_direct_current(void)
{
    bench_boot();
    EQUAL(bench_ask(FO_CMD_SET_RATE, "000100000000"), FO_OK);
    start(START_EMG);
    B.adc[0] = 5000000; /* 238 mV of electrode offset would not fit: full scale is 8.19 mV */
    B.adc[1] = -5000000;
    bench_sample(0, 8);
    const fo_frame *frame = bench_next(FO_DATA);
    EQUAL(fo_get16(frame->payload), 0);
    EQUAL(fo_get16(frame->payload + 16 * 7 + 2), 0);
    EQUAL(frame->flags, FO_FLAG_DEGRADED);
    B.adc[0] += 20972; /* 1 mV at gain 6 */
    B.adc[1] -= 20972;
    bench_sample(0, 8);
    frame = bench_next(FO_DATA);
    EQUAL((int16_t)fo_get16(frame->payload), 4000);
    EQUAL((int16_t)fo_get16(frame->payload + 2), -4000);
    for (unsigned i = 0; i < 19u; i++) {
        bench_forget();
        bench_sample(0, 8);
    }
    frame = bench_next(FO_DATA);
    int16_t after_160 = (int16_t)fo_get16(frame->payload + 16 * 7); /* the 160th since the step */
    CHECK(after_160 > 1440 && after_160 < 1500);                    /* 4000 / e = 1472 */
    EQUAL((int16_t)fo_get16(frame->payload + 16 * 7 + 2), -after_160);
    bench_ask(FO_CMD_STOP, "");
    start(START_EMG); /* the first sample after START is the new mean */
    B.adc[0] = -3000000;
    bench_sample(0, 8);
    EQUAL(fo_get16(bench_next(FO_DATA)->payload), 0);
}

static void saturation(void)
{
    bench_boot();
    start(START_EMG);
    B.adc[2] = 8388607 / 100 * 98 - 1;
    bench_sample(0, 8);
    EQUAL(bench_next(FO_DATA)->flags, 0);
    B.adc[2]++;
    B.adc[5] = -8388608;
    bench_sample(0, 1);
    B.adc[2] = B.adc[5] = 0;
    bench_sample(0, 15);
    EQUAL(bench_next(FO_DATA)->flags, FO_FLAG_SATURATED);
    EQUAL(bench_next(FO_DATA)->flags, 0);
    bench_ask(FO_CMD_STOP, "");
    bench_pass(1000000);
    EQUAL(fo_get16(bench_next(FO_STATUS)->payload + 12), 1u << 2 | 1u << 5);
    bench_pass(1000000);
    EQUAL(fo_get16(bench_next(FO_STATUS)->payload + 12), 0);
}

static void lead_off(void)
{
    bench_boot();
    start(START_EMG);
    B.leads_p = 0x8001;
    B.leads_n = 0x0004;
    bench_sample(0, 8);
    const fo_frame *event = bench_next(FO_EVENT);
    EQUAL(event->payload[0], FO_EVENT_LEAD_OFF);
    EQUAL(fo_get32(event->payload + 4), 0x00048001);
    const fo_frame *data = bench_next(FO_DATA);
    EQUAL(data->flags, FO_FLAG_LEAD_OFF);
    bench_sample(0, 8);
    CHECK(!bench_has(FO_EVENT)); /* only a change is told */
    bench_ask(FO_CMD_STOP, "");
    EQUAL(bench_ask(FO_CMD_LEADOFF, "0000"), FO_OK);
    bench_forget();
    bench_pass(1000000);
    EQUAL(fo_get32(bench_next(FO_EVENT)->payload + 4), 0);
    EQUAL(bench_next(FO_STATUS)->flags, 0);
}

static void sync_edges_mark_the_samples_they_fall_into(void)
{
    bench_boot();
    start(START_BOTH);
    uint64_t t_us = B.now_us;
    fo_device_sync_edge(&B.dev, false, t_us + 3500);
    fo_device_sync_edge(&B.dev, true, t_us + 3600);
    EQUAL(B.dev.sync_edges, 2);
    bench_sample(0, 40);
    /* Sample j was taken at t + 1000 (j + 1) - 16250: 3500 lies between samples 18 and 19. */
    for (unsigned i = 0; i < 5u; i++) {
        const fo_frame *frame = bench_next(FO_DATA);
        EQUAL(frame->flags, i == 2u ? FO_FLAG_SYNC_EDGE : 0u);
    }
    bench_sample(1, 5); /* the clock has gone on: this frame begins at t + 50 ms */
    EQUAL(bench_next(FO_DATA)->flags, 0);
}

static void an_edge_between_two_frames_belongs_to_the_second(void)
{
    bench_boot();
    start(START_EMG);
    /* The fourth frame begins at t + 25000, with the sample taken 16250 before. */
    fo_device_sync_edge(&B.dev, true, B.now_us + 25000u - 16250u);
    bench_sample(0, 32);
    for (unsigned i = 0; i < 4u; i++) {
        EQUAL(bench_next(FO_DATA)->flags, i == 3u ? FO_FLAG_SYNC_EDGE : 0u);
    }
}

/* 1 % slower than nominal, frames are 8080 us apart and span 8000. */
static void an_edge_in_the_seam_of_a_slow_converter_is_marked(void)
{
    bench_boot();
    start(START_EMG);
    uint64_t t_us = B.now_us;
    fo_device_sync_edge(&B.dev, true, t_us + 25250u - 16250u - 20u); /* just before the fourth */
    for (unsigned i = 1; i <= 32u; i++) {
        B.now_us = t_us + 1010u * i;
        fo_device_data_ready(&B.dev, 0, B.now_us);
        fo_device_poll(&B.dev);
    }
    for (unsigned i = 0; i < 4u; i++) {
        EQUAL(bench_next(FO_DATA)->flags, i == 3u ? FO_FLAG_SYNC_EDGE : 0u);
    }
    /* In a gap it belongs to no frame: to the converter nothing happened then. */
    fo_device_sync_edge(&B.dev, true, B.now_us + 2000u - 16250u);
    B.now_us += 4000;
    bench_sample(0, 16);
    EQUAL(bench_next(FO_DATA)->flags, 0);
    EQUAL(bench_next(FO_DATA)->flags, 0);
}

static void a_stalled_link_drops_whole_newest_frames(void)
{
    bench_prepare();
    B.board.ring_bytes = 1024;
    bench_power_on();
    start(START_EMG);
    B.link_room = 100;
    for (unsigned i = 0; i < 10u; i++) {
        bench_sample(0, 8);
    }
    /* 218 bytes a frame: 100 left, 1024 wait; five frames fit and five are dropped. */
    EQUAL(B.dev.frames_dropped, 5);
    B.link_room = SIZE_MAX;
    fo_device_poll(&B.dev);
    bench_sample(0, 16);
    EQUAL(B.bad, 0);
    uint16_t seq = 0;
    for (uint32_t i = 0; i < 7u; i++) {
        const fo_frame *frame = bench_next(FO_DATA);
        EQUAL(frame->index, i < 5u ? 8u * i : 80u + 8u * (i - 5u));
        EQUAL(frame->flags, i == 5u ? FO_FLAG_DROPPED : 0u);
        if (i > 0u) {
            EQUAL((uint16_t)(frame->seq - seq), i == 5u ? 6 : 1);
        }
        seq = frame->seq;
    }
    bench_command(FO_CMD_STOP, "");
    bench_pass(1000000);
    const fo_frame *status = bench_next(FO_STATUS);
    EQUAL(fo_get32(status->payload + 24), 5);
    CHECK(status->payload[14] >= 90u);
}

static void supply_refuses_and_stops_a_body(void)
{
    bench_boot();
    B.vbus = true;
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_VBUS_INTERLOCK);
    bench_pass(1000000);
    const fo_frame *status = bench_next(FO_STATUS);
    EQUAL(status->payload[17], FO_INTERLOCK);
    EQUAL(status->flags, FO_FLAG_VBUS);
    for (unsigned mode = 1; mode <= 3u; mode++) {
        char arguments[] = "0000";
        arguments[1] = (char)('0' + mode);
        EQUAL(bench_ask(FO_CMD_SELFTEST, arguments), FO_OK);
        EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_OK);
        bench_sample(0, 8);
        EQUAL(bench_next(FO_DATA)->flags, FO_FLAG_VBUS | FO_FLAG_TEST_SIGNAL);
        EQUAL(bench_ask(FO_CMD_STOP, ""), FO_OK);
    }
    EQUAL(bench_ask(FO_CMD_SELFTEST, "0000"), FO_OK);
    B.vbus = false;
    start(START_EMG);
    bench_sample(0, 7);
    B.vbus = true;
    bench_sample(0, 9); /* not one frame more */
    CHECK(!bench_has(FO_DATA));
    const fo_frame *event = bench_next(FO_EVENT);
    EQUAL(event->payload[0], FO_EVENT_STOPPED);
    EQUAL(fo_get32(event->payload + 4), FO_STOP_VBUS);
    EQUAL(event->flags, FO_FLAG_VBUS);
    EQUAL(B.rates[0], 0);
    B.vbus = false; /* no automatic restart */
    bench_sample(0, 16);
    CHECK(!bench_has(FO_DATA));
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_OK);
}

/* What closes a frame early does not let it slip past the interlock. */
static void supply_holds_back_a_frame_that_a_gap_closes(void)
{
    for (unsigned unreadable = 0; unreadable < 2u; unreadable++) {
        bench_boot();
        start(START_EMG);
        bench_sample(0, 3);
        B.vbus = true;
        B.unreadable = unreadable != 0u;
        B.now_us += unreadable != 0u ? 1000u : 5000u;
        fo_device_data_ready(&B.dev, 0, B.now_us);
        fo_device_poll(&B.dev);
        CHECK(!bench_has(FO_DATA));
        EQUAL(fo_get32(bench_next(FO_EVENT)->payload + 4), FO_STOP_VBUS);
        CHECK(!bench_has(FO_EVENT));
    }
}

static void a_front_end_that_does_not_start(void)
{
    bench_boot();
    B.front_end_dead = true;
    uint8_t epoch = B.dev.epoch;
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_AFE_FAULT);
    EQUAL(B.dev.epoch, epoch);
    bench_pass(1000000);
    EQUAL(bench_next(FO_STATUS)->payload[17], FO_FAULT);
    B.front_end_dead = false;
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
    bench_sample(0, 500);
    bench_sample(1, 50);
    EQUAL(bench_next(FO_STATUS)->payload[17], FO_STREAMING);
}

static void a_silent_front_end_is_a_fault(void)
{
    bench_boot();
    start(START_EMG);
    bench_sample(0, 12);
    bench_pass(FO_DATA_READY_LIMIT_US);
    CHECK(!bench_has(FO_EVENT));
    bench_pass(1);
    (void)bench_next(FO_LOG);
    const fo_frame *rest = bench_next(FO_DATA);
    EQUAL(rest->count, 4);
    const fo_frame *event = bench_next(FO_EVENT);
    EQUAL(fo_get32(event->payload + 4), FO_STOP_AFE);
    bench_pass(1000000);
    EQUAL(bench_next(FO_STATUS)->payload[17], FO_FAULT);
}

const test STREAM_TESTS[] = {
    TEST(batches_and_index),
    TEST(a_late_conversion_closes_the_frame_early),
    TEST(one_and_a_half_periods_are_the_limit),
    TEST(a_conversion_that_cannot_be_read_is_missing),
    TEST(the_index_survives_its_wrap),
    TEST(pattern),
    TEST(the_pattern_in_i16_is_the_same_numbers),
    TEST(i16_blocks_direct_current),
    TEST(saturation),
    TEST(lead_off),
    TEST(sync_edges_mark_the_samples_they_fall_into),
    TEST(an_edge_between_two_frames_belongs_to_the_second),
    TEST(an_edge_in_the_seam_of_a_slow_converter_is_marked),
    TEST(a_stalled_link_drops_whole_newest_frames),
    TEST(supply_refuses_and_stops_a_body),
    TEST(supply_holds_back_a_frame_that_a_gap_closes),
    TEST(a_front_end_that_does_not_start),
    TEST(a_silent_front_end_is_a_fault),
    {NULL, NULL},
};
