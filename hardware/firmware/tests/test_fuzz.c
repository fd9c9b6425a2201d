/* Random streams into the parser, and a link that takes what it likes: seeded, the same everywhere. */
#include <string.h>

#include "bench.h"
#include "bytes.h"
#include "check.h"
#include "cobs.h"

static void give_bytes(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fo_device_rx(&B.dev, p[i], B.now_us);
        if (p[i] == 0u) {
            fo_device_poll(&B.dev);
        }
    }
}

/* A command with random arguments: mostly good, sometimes cut, prolonged or spoilt. */
static void give_command(void)
{
    uint8_t payload[80], raw[FO_MAX_FRAME_BYTES], packet[FO_MAX_PACKET_BYTES + 12u];
    fo_frame frame = {0};
    for (size_t i = 0; i < sizeof payload; i++) {
        payload[i] = random_below(3) == 0u ? (uint8_t)random32() : (uint8_t)random_below(4);
    }
    frame.type = (uint8_t)(FO_FIRST_COMMAND + random_below(17));
    frame.type = frame.type == FO_CMD_REBOOT ? FO_CMD_START : frame.type;
    frame.seq = (uint16_t)random32();
    frame.payload = payload;
    frame.payload_bytes = random_below(4) == 0u ? random_below(sizeof payload) : 8u + random_below(8);
    if (random_below(4) == 0u) { /* now and then one that starts, so that there is something to lose */
        frame.type = FO_CMD_START;
        memcpy(payload + 2, "\0\0\3\0\0\0", 6);
        frame.payload_bytes = 8;
    }
    size_t n = fo_cobs_encode(raw, fo_frame_encode(&frame, raw), packet);
    packet[n++] = 0u;
    if (random_below(8) == 0u) {
        packet[random_below((uint32_t)n)] ^= (uint8_t)(1u << random_below(8));
    }
    give_bytes(packet, n);
}

static void give_garbage(void)
{
    uint8_t bytes[400];
    size_t n = random_below(sizeof bytes);
    for (size_t i = 0; i < n; i++) {
        bytes[i] = random_below(40) == 0u ? 0u : (uint8_t)random32();
    }
    give_bytes(bytes, n);
}

static uint32_t dropped, received;
static uint16_t last_seq;

/* Counts the numbers that are missing among what has arrived. */
static void tally(void)
{
    for (unsigned i = 0; i < B.n_seen; i++) {
        uint16_t seq = B.seen[i].frame.seq;
        dropped += received > 0u ? (uint16_t)(seq - last_seq - 1u) : 0u;
        last_seq = seq;
        received++;
    }
    bench_forget();
}

static void convert(void)
{
    uint8_t stream = (uint8_t)random_below(3);
    for (uint32_t n = random_below(30); n > 0u; n--) {
        B.now_us += random_below(20) == 0u ? random_below(20000) : 1000u;
        B.adc[random_below(8)] = (int32_t)random32() / 256;
        fo_device_data_ready(&B.dev, stream, B.now_us);
    }
    fo_device_poll(&B.dev);
}

/* Whatever comes in, what goes out is frames without a flaw, and seq tells what was dropped. */
static void nothing_that_comes_in_spoils_what_goes_out(void)
{
    uint32_t blocked = 0;
    bench_prepare();
    B.board.ring_bytes = 2048;
    bench_power_on();
    dropped = received = 0;
    for (unsigned round = 0; round < ROUNDS(20000u); round++) {
        B.link_takes = 1u + random_below(300);
        if (blocked > 0u) {
            blocked--;
        } else if (random_below(30) == 0u) {
            blocked = random_below(200);
        }
        B.link_room = blocked > 0u ? 0u : SIZE_MAX;
        B.vbus = random_below(200) == 0u;
        switch (random_below(4)) {
        case 0:
            give_garbage();
            break;
        case 1:
            give_command();
            break;
        case 2:
            convert();
            break;
        default:
            bench_pass(random_below(200) == 0u ? random_below(3000000) : random_below(3000));
            break;
        }
        tally();
    }
    B.link_takes = B.link_room = SIZE_MAX;
    B.vbus = false;
    give_bytes((const uint8_t *)"\0", 1);
    fo_device_poll(&B.dev);
    tally();
    EQUAL(bench_ask(FO_CMD_HELLO, "00010001"), FO_OK);
    tally();
    EQUAL(dropped, B.dev.frames_dropped);
    EQUAL(B.bad, 0);
    CHECK(B.dev.frames_dropped > 0u);
    CHECK(received > 100u);
    CHECK(fo_device_rx_bad(&B.dev) > 100u);
}

/* The device counts as bad exactly what a plain reading of the stream finds bad. */
static void bad_packets_are_counted_exactly(void)
{
    static uint8_t stream[4096];
    for (unsigned round = 0; round < ROUNDS(500u); round++) {
        size_t n = random_below(sizeof stream), from = 0;
        uint32_t bad = 0, zeros = 2u + random_below(600);
        for (size_t i = 0; i < n; i++) {
            stream[i] = random_below(zeros) == 0u ? 0u : (uint8_t)(1u + random_below(255));
        }
        bench_boot();
        give_bytes(stream, n);
        for (size_t i = 0; i < n; i++) {
            if (stream[i] == 0u) {
                bad += i > from ? 1u : 0u;
                from = i + 1u;
            }
        }
        bad += n - from > FO_MAX_PACKET_BYTES ? 1u : 0u; /* not ended yet, but too long already */
        EQUAL(fo_device_rx_bad(&B.dev), bad);
    }
}

const test FUZZ_TESTS[] = {
    TEST(nothing_that_comes_in_spoils_what_goes_out),
    TEST(bad_packets_are_counted_exactly),
    {NULL, NULL},
};
