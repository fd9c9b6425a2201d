/* Commands, their answers, and the golden frames that a device sends. */
#include <string.h>

#include "bench.h"
#include "bytes.h"
#include "check.h"
#include "vectors.h"

#define START_BOTH "000003000000"
#define START_EMG "000001000000"

static size_t golden(const char *name, uint8_t *raw)
{
    for (size_t i = 0; i < sizeof FRAMES / sizeof FRAMES[0]; i++) {
        if (strcmp(FRAMES[i].name, name) == 0) {
            return unhex(FRAMES[i].raw, raw);
        }
    }
    CHECK(!"a golden frame of that name");
    return 0;
}

static void same_as_golden(const char *name, const fo_frame *frame)
{
    uint8_t raw[FO_MAX_FRAME_BYTES];
    size_t n = golden(name, raw);
    SAME(frame->payload - FO_HEADER_BYTES, frame->payload_bytes + FO_MIN_FRAME_BYTES, raw, n);
}

static void give_golden(const char *name)
{
    uint8_t raw[FO_MAX_FRAME_BYTES];
    size_t n = golden(name, raw);
    bench_frame(raw, n);
}

static void boot_sends_one_zero_and_hello(void)
{
    bench_prepare();
    bench_power_on();
    EQUAL(B.empty, 1);
    EQUAL(B.n_seen, 1);
    EQUAL(B.seen[0].frame.type, FO_HELLO);
    EQUAL(B.seen[0].frame.epoch, 0x9E);
    EQUAL(B.bad, 0);
}

static void golden_hello_and_answers(void)
{
    bench_prepare();
    B.dev.seq = 0;
    bench_power_on();
    bench_forget();
    B.dev.epoch = 0x5A;
    B.dev.seq = 7;
    B.now_us = 2000123;
    give_golden("A1");
    same_as_golden("B1", bench_next(FO_HELLO));
    const fo_frame *ack = bench_next(FO_ACK);
    SAME(ack->payload, 8, (const uint8_t *)"\x34\x12\x81\x00\0\0\0\0", 8);
    B.dev.seq = 8;
    B.now_us = 2000456;
    give_golden("A2");
    same_as_golden("B2", bench_next(FO_ACK));
    EQUAL(B.rates[0], 1000000);
    EQUAL(B.rates[1], 100000);
}

static void golden_time_response(void)
{
    bench_boot();
    B.dev.epoch = 0x5B;
    B.dev.seq = 9;
    B.dev.next_second_us = UINT64_MAX;
    B.now_us = 2000789; /* the request arrives; its answer is made 111 us later, queued at 115 */
    uint8_t raw[FO_MAX_FRAME_BYTES], packet[FO_MAX_FRAME_BYTES];
    fo_frame frame;
    size_t n = golden("A3", raw);
    EQUAL(fo_frame_parse(raw, n, &frame), FO_FRAME_GOOD);
    bench_frame(raw, n);
    const fo_frame *answer = bench_next(FO_TIME_RSP);
    EQUAL(fo_get16(answer->payload), 0x1236);
    EQUAL(fo_get64(answer->payload + 4), INT64_C(1234567890123));
    EQUAL(fo_get64(answer->payload + 12), 2000789);
    n = golden("B3", packet);
    /* The same bytes but for t3 and the header's time, which the golden frame has apart. */
    memcpy(raw, answer->payload, answer->payload_bytes);
    fo_put64(raw + 20, 2000899);
    SAME(raw, answer->payload_bytes, packet + FO_HEADER_BYTES, 28);
    EQUAL(n, 52);
}

static void golden_event_and_status(void)
{
    uint8_t raw[FO_MAX_FRAME_BYTES], payload[32];
    bench_boot();
    fo_device_sync_edge(&B.dev, true, 125451234);
    fo_device_poll(&B.dev);
    size_t n = golden("B7", raw);
    const fo_frame *event = bench_next(FO_EVENT);
    SAME(event->payload, event->payload_bytes, raw + FO_HEADER_BYTES, n - FO_MIN_FRAME_BYTES);

    B.leads_n = 4;
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
    B.dev.saturated = 0x18;
    B.dev.frames_dropped = 30;
    B.dev.rx_bad = 1;
    B.dev.next_second_us = 126000000;
    B.dev.heard_us = 126000000;
    B.dev.streams[0].last_us = B.dev.streams[1].last_us = 126000000;
    B.now_us = 126000000;
    bench_forget();
    B.dev.ring.high_water = sizeof B.ring / 100u * 13u;
    fo_device_poll(&B.dev);
    const fo_frame *status = bench_next(FO_STATUS);
    (void)golden("B6", raw);
    memcpy(payload, raw + FO_HEADER_BYTES, sizeof payload);
    payload[15] = 127; /* there is no radio: strength unknown, no phy, no interval */
    payload[16] = 0;
    payload[18] = 0;
    SAME(status->payload, status->payload_bytes, payload, 32);
    EQUAL(status->flags, FO_FLAG_LEAD_OFF);
}

static void golden_data(void)
{
    static const int32_t FIRST[8] = {0, 1, -1, 8388607, -8388608, 256, -256, 65536};
    static const int32_t SECOND[8] = {1000, -1000, 20971, -20971, 2097152, -2097152, 0, -2};
    static const int16_t IMU[6] = {12, 4096, -7, 3, -250, 0};
    bench_boot();
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
    B.dev.epoch = 0x5B;
    B.dev.seq = 10;
    B.dev.streams[0].index = 123456;
    B.leads_n = 4;
    B.dev.leadoff_n = 4;
    memcpy(B.adc, FIRST, sizeof FIRST);
    fo_device_data_ready(&B.dev, 0, 125456789);
    memcpy(B.adc, SECOND, sizeof SECOND);
    fo_device_data_ready(&B.dev, 0, 125457789);
    bench_forget();
    bench_command(FO_CMD_STOP, "");
    same_as_golden("B4", bench_next(FO_DATA));
    bench_forget();

    EQUAL(bench_ask(FO_CMD_START, "000002000000"), FO_OK);
    B.dev.epoch = 0x5B;
    B.dev.streams[1].index = 12345;
    B.dev.seq = 11;
    memcpy(B.imu, IMU, sizeof IMU);
    fo_device_sync_edge(&B.dev, true, 125450789 - 8000 + 9999);
    B.dev.seq = 11;
    fo_device_data_ready(&B.dev, 1, 125450789);
    bench_forget();
    bench_command(FO_CMD_STOP, "");
    same_as_golden("B5", bench_next(FO_DATA));
}

static void golden_pattern_at_the_largest_size(void)
{
    bench_prepare();
    B.board.emg_batch = 9;
    bench_power_on();
    EQUAL(bench_ask(FO_CMD_SELFTEST, "0300"), FO_OK);
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_OK);
    B.dev.epoch = 0xFF;
    B.dev.seq = 0xFFFF;
    B.dev.next_second_us = UINT64_MAX;
    B.now_us = 5000000 - 1000;
    bench_sample(0, 9);
    const fo_frame *frame = bench_next(FO_DATA);
    same_as_golden("B8", frame);
}

static void a_repeated_token_is_answered_and_not_executed(void)
{
    bench_boot();
    bench_command_as(5, FO_CMD_MARK, "000007000000");
    bench_command_as(5, FO_CMD_MARK, "000008000000");
    const fo_frame *event = bench_next(FO_EVENT);
    EQUAL(fo_get32(event->payload + 4), 7);
    const fo_frame *first = bench_next(FO_ACK), *again = bench_next(FO_ACK);
    SAME(first->payload, 8, again->payload, 8);
    CHECK(!bench_has(FO_EVENT));
    /* HELLO always executes and clears the stored token. */
    bench_command_as(5, FO_CMD_HELLO, "00010001");
    (void)bench_next(FO_HELLO);
    bench_command_as(5, FO_CMD_HELLO, "00010001");
    (void)bench_next(FO_HELLO);
    bench_command_as(5, FO_CMD_MARK, "000009000000");
    EQUAL(fo_get32(bench_next(FO_EVENT)->payload + 4), 9);
    /* TIME_REQ always executes and leaves the token alone. */
    bench_command_as(5, FO_CMD_TIME_REQ, "00000000000000000000");
    (void)bench_next(FO_TIME_RSP);
    bench_command_as(5, FO_CMD_MARK, "00000a000000");
    CHECK(!bench_has(FO_EVENT));
}

static void a_lost_start_ack_does_not_start_twice(void)
{
    bench_boot();
    bench_command_as(9, FO_CMD_START, START_BOTH);
    uint8_t epoch = B.dev.epoch;
    bench_command_as(9, FO_CMD_START, START_BOTH);
    EQUAL(B.dev.epoch, epoch);
    EQUAL(fo_get32(bench_next(FO_ACK)->payload + 4), epoch);
    const fo_frame *again = bench_next(FO_ACK);
    EQUAL(again->payload[3], FO_OK);
    EQUAL(fo_get32(again->payload + 4), epoch);
}

static void token_zero_is_refused(void)
{
    bench_boot();
    bench_command_as(0, FO_CMD_MARK, "000007000000");
    CHECK(!bench_has(FO_EVENT));
    EQUAL(bench_next(FO_ACK)->payload[3], FO_BAD_PARAMETER);
    bench_command_as(0, FO_CMD_TIME_REQ, "00000000000000000000");
    CHECK(!bench_has(FO_TIME_RSP));
    EQUAL(bench_next(FO_ACK)->payload[3], FO_BAD_PARAMETER);
}

static void short_and_unknown_commands(void)
{
    static const struct {
        uint8_t code;
        const char *arguments;
        uint8_t status;
        uint32_t detail;
    } CASES[] = {
        {FO_CMD_HELLO, "000100", FO_BAD_LENGTH, 5},
        {FO_CMD_START, "0000030000", FO_BAD_LENGTH, 7},
        {FO_CMD_TIME_REQ, "", FO_BAD_LENGTH, 2},
        {FO_CMD_REBOOT, "00", FO_BAD_LENGTH, 3},
        {FO_CMD_SET_NAME, "", FO_BAD_LENGTH, 2},
        {FO_CMD_SET_NAME, "034142", FO_BAD_LENGTH, 5},
        {FO_CMD_SET_NAME, "02c328", FO_BAD_PARAMETER, 3},
        {FO_CMD_SET_NAME, "03eda080", FO_BAD_PARAMETER, 3},
        {FO_CMD_SET_NAME, "04f4908080", FO_BAD_PARAMETER, 3},
        {FO_CMD_SET_NAME, "01e2", FO_BAD_PARAMETER, 3},
        {FO_CMD_SET_NAME, "1941414141414141414141414141414141414141414141414141", FO_BAD_PARAMETER, 2},
        {0x8C, "", FO_UNKNOWN_COMMAND, 0},
        {0xFF, "00", FO_UNKNOWN_COMMAND, 0},
        {FO_CMD_START, "010003000000", FO_BAD_PARAMETER, 2},
        {FO_CMD_START, "000004000000", FO_BAD_PARAMETER, 4},
        {FO_CMD_HELLO, "01010001", FO_BAD_PARAMETER, 2},
        {FO_CMD_SET_RATE, "02ff40420f00", FO_BAD_PARAMETER, 2},
        {FO_CMD_SET_RATE, "000240420f00", FO_BAD_PARAMETER, 3},
        {FO_CMD_SET_RATE, "0100a0860100", FO_BAD_PARAMETER, 3},
        {FO_CMD_SET_RATE, "00ff41420f00", FO_BAD_PARAMETER, 4},
        {FO_CMD_SET_GAIN, "0500ff000000", FO_BAD_PARAMETER, 2},
        {FO_CMD_SET_GAIN, "060000ff0000", FO_BAD_PARAMETER, 4},
        {FO_CMD_SELFTEST, "0400", FO_BAD_PARAMETER, 2},
        {FO_CMD_LEADOFF, "0200", FO_BAD_PARAMETER, 2},
        {FO_CMD_SYNC_OUT, "000000000000", FO_BAD_PARAMETER, 4},
        {FO_CMD_REBOOT, "0100", FO_BAD_PARAMETER, 2},
    };
    bench_boot();
    B.board.caps |= FO_CAP_SET_NAME;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        EQUAL(bench_ask(CASES[i].code, CASES[i].arguments), CASES[i].status);
        EQUAL(bench_detail(), CASES[i].detail);
    }
    EQUAL(B.reboots, 0);
    EQUAL(B.dev.rx_bad, 0);
}

static void a_longer_command_of_a_newer_host_is_taken_up_to_64_bytes(void)
{
    char arguments[2u * 64u + 1u];
    bench_boot();
    memset(arguments, '0', sizeof arguments);
    arguments[2u * 38u] = '\0'; /* 24 + 2 + 38 = 64 bytes */
    EQUAL(bench_ask(FO_CMD_MARK, arguments), FO_OK);
    memset(arguments, '0', sizeof arguments);
    arguments[2u * 39u] = '\0';
    EQUAL(bench_ask(FO_CMD_MARK, arguments), FO_BAD_LENGTH);
    EQUAL(bench_detail(), 41);
}

static void a_payload_without_a_token(void)
{
    uint8_t raw[FO_MAX_FRAME_BYTES];
    fo_frame frame = {0};
    bench_boot();
    frame.type = FO_CMD_STOP;
    frame.payload = (const uint8_t *)"\x05";
    frame.payload_bytes = 1;
    bench_frame(raw, fo_frame_encode(&frame, raw));
    const fo_frame *ack = bench_next(FO_ACK);
    EQUAL(fo_get16(ack->payload), 0);
    EQUAL(ack->payload[3], FO_BAD_LENGTH);
}

static void an_echo_of_the_device_is_no_command(void)
{
    bench_boot();
    give_golden("B2"); /* an ACK: a line that echoes, or another device's talk */
    EQUAL(B.n_seen, 0);
    EQUAL(fo_device_rx_bad(&B.dev), 1);
    bench_pass(2000000);
    EQUAL(B.n_seen, 0); /* and no sign of a host */
}

static void versions(void)
{
    bench_boot();
    EQUAL(bench_ask(FO_CMD_HELLO, "00020003"), FO_VERSION);
    EQUAL(bench_detail(), 1);
    CHECK(!bench_has(FO_HELLO));
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_VERSION);
    EQUAL(bench_ask(FO_CMD_HELLO, "00010702"), FO_OK);
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
}

static void what_needs_idle_is_refused_while_streaming(void)
{
    static const struct {
        uint8_t code;
        const char *arguments;
    } CASES[] = {
        {FO_CMD_START, START_BOTH},       {FO_CMD_SET_RATE, "00ff40420f00"},
        {FO_CMD_SET_GAIN, "0600ff000000"}, {FO_CMD_SELFTEST, "0000"},
        {FO_CMD_LEADOFF, "0100"},         {FO_CMD_SET_NAME, "0141"},
    };
    bench_boot();
    B.board.caps |= FO_CAP_SET_NAME;
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        EQUAL(bench_ask(CASES[i].code, CASES[i].arguments), FO_BAD_STATE);
    }
    EQUAL(bench_ask(FO_CMD_MARK, "000001000000"), FO_OK);
    EQUAL(bench_ask(FO_CMD_HELLO, "00010001"), FO_OK);
    EQUAL(bench_ask(FO_CMD_STOP, ""), FO_OK);
    EQUAL(bench_ask(FO_CMD_STOP, ""), FO_OK); /* in any state */
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
}

static void what_the_board_cannot_do_is_unknown(void)
{
    bench_prepare();
    B.board.caps = FO_CAP_SHORTED;
    bench_power_on();
    EQUAL(bench_ask(FO_CMD_MARK, "000001000000"), FO_UNKNOWN_COMMAND);
    EQUAL(bench_ask(FO_CMD_SET_RATE, "00ff40420f00"), FO_UNKNOWN_COMMAND);
    EQUAL(bench_ask(FO_CMD_SET_NAME, "0141"), FO_UNKNOWN_COMMAND);
    EQUAL(bench_ask(FO_CMD_SELFTEST, "0300"), FO_BAD_PARAMETER);
    EQUAL(bench_ask(FO_CMD_SELFTEST, "0100"), FO_OK);
    EQUAL(bench_ask(FO_CMD_START, START_EMG), FO_OK);
}

static float f32_at(const uint8_t *p)
{
    uint32_t bits = fo_get32(p);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void every_gain_has_its_scale(void)
{
    static const uint8_t GAINS[] = {1, 2, 3, 4, 6, 8, 12};
    char arguments[] = "0000ff000000";
    bench_boot();
    for (size_t i = 0; i < sizeof GAINS; i++) {
        arguments[0] = '0';
        arguments[1] = GAINS[i] == 12u ? 'c' : (char)('0' + GAINS[i]);
        bench_command(FO_CMD_SET_GAIN, arguments);
        const fo_frame *hello = bench_next(FO_HELLO); /* before its ACK */
        EQUAL(bench_next(FO_ACK)->payload[3], FO_OK);
        float wanted = (float)(2.4e6 / (double)GAINS[i] / 8388607.0);
        CHECK(f32_at(hello->payload + 32 + 20) == wanted);
        CHECK(f32_at(hello->payload + 32 + 20 + 28) == wanted);
        EQUAL(hello->payload[32 + 20 + 32], GAINS[i]);
        EQUAL(B.gains[7], GAINS[i]);
        bench_forget();
    }
    EQUAL(bench_ask(FO_CMD_SET_GAIN, "010002000000"), FO_OK); /* one channel alone */
    EQUAL(B.dev.gains[0], 12);
    EQUAL(B.dev.gains[1], 1);
    B.front_end_dead = true;
    EQUAL(bench_ask(FO_CMD_SET_GAIN, "020001000000"), FO_AFE_FAULT);
}

static void rates_and_formats_show_in_hello(void)
{
    bench_boot();
    bench_command(FO_CMD_SET_RATE, "000180841e00"); /* i16, 2000 Hz */
    const uint8_t *p = bench_next(FO_HELLO)->payload + 32;
    EQUAL(p[3], FO_I16);
    EQUAL(p[6], FO_STREAM_CALIBRATED | FO_STREAM_HARDWARE_TIME | FO_STREAM_HIGH_PASS);
    EQUAL(fo_get32(p + 8), 2000000);
    EQUAL(fo_get32(p + 12), 750);
    CHECK(f32_at(p + 20) == 0.25f);
    const fo_frame *ack = bench_next(FO_ACK);
    EQUAL(ack->payload[3], FO_OK);
    EQUAL(fo_get32(ack->payload + 4), 2000000);
    EQUAL(bench_ask(FO_CMD_SET_RATE, "000000000000"), FO_OK); /* i24, the rate kept */
    EQUAL(bench_detail(), 2000000);
    EQUAL(B.dev.streams[0].fmt, FO_I24);
    EQUAL(bench_ask(FO_CMD_SET_RATE, "01ff400d0300"), FO_OK); /* IMU 200 Hz */
    EQUAL(bench_detail(), 200000);
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
    EQUAL(B.rates[0], 2000000);
    EQUAL(B.rates[1], 200000);
}

static void pulses_names_and_marks(void)
{
    bench_boot();
    B.board.caps |= FO_CAP_SET_NAME;
    EQUAL(bench_ask(FO_CMD_SYNC_OUT, "0000f4010000"), FO_OK);
    EQUAL(B.pulse_us, 500);
    EQUAL(bench_ask(FO_CMD_SET_NAME, "05c3a97a61ff"), FO_BAD_PARAMETER);
    EQUAL(bench_ask(FO_CMD_SET_NAME, "04c3a97a61"), FO_OK);
    SAME(B.name, B.name_bytes, (const uint8_t *)"\xc3\xa9za", 4);
    fo_device_button(&B.dev, 3, 77);
    fo_device_poll(&B.dev);
    const fo_frame *event = bench_next(FO_EVENT);
    EQUAL(event->payload[0], FO_EVENT_BUTTON);
    EQUAL(fo_get64(event->payload + 8), 77);
}

static void reboot_answers_first(void)
{
    bench_boot();
    EQUAL(bench_ask(FO_CMD_START, START_BOTH), FO_OK);
    B.link_room = 20;
    bench_command(FO_CMD_REBOOT, "0000");
    EQUAL(B.reboots, 0);
    EQUAL(B.rates[0], 0); /* sampling has ended */
    B.link_room = SIZE_MAX;
    fo_device_poll(&B.dev);
    EQUAL(bench_next(FO_ACK)->payload[2], FO_CMD_REBOOT);
    EQUAL(B.reboots, 1);
    bench_pass(2000000);
    EQUAL(B.reboots, 1);

    bench_boot();
    B.link_room = 0; /* a link that takes nothing does not keep it from the reset */
    bench_command(FO_CMD_REBOOT, "0000");
    bench_pass(FO_REBOOT_LIMIT_US - 1u);
    EQUAL(B.reboots, 0);
    EQUAL(fo_device_next_due_us(&B.dev), B.now_us + 1u);
    bench_pass(1);
    EQUAL(B.reboots, 1);
}

const test COMMAND_TESTS[] = {
    TEST(boot_sends_one_zero_and_hello),
    TEST(golden_hello_and_answers),
    TEST(golden_time_response),
    TEST(golden_event_and_status),
    TEST(golden_data),
    TEST(golden_pattern_at_the_largest_size),
    TEST(a_repeated_token_is_answered_and_not_executed),
    TEST(a_lost_start_ack_does_not_start_twice),
    TEST(token_zero_is_refused),
    TEST(short_and_unknown_commands),
    TEST(a_longer_command_of_a_newer_host_is_taken_up_to_64_bytes),
    TEST(a_payload_without_a_token),
    TEST(an_echo_of_the_device_is_no_command),
    TEST(versions),
    TEST(what_needs_idle_is_refused_while_streaming),
    TEST(what_the_board_cannot_do_is_unknown),
    TEST(every_gain_has_its_scale),
    TEST(rates_and_formats_show_in_hello),
    TEST(pulses_names_and_marks),
    TEST(reboot_answers_first),
    {NULL, NULL},
};
