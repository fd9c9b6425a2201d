/* The transmit ring, and the receiver's packets. */
#include <string.h>

#include "check.h"
#include "receiver.h"
#include "ring.h"

static void whole_packets_or_nothing(void)
{
    uint8_t data[10], packet[12];
    fo_ring ring;
    memset(packet, 7, sizeof packet);
    fo_ring_init(&ring, data, sizeof data);
    CHECK(!fo_ring_put(&ring, packet, 11));
    EQUAL(ring.used, 0);
    CHECK(fo_ring_put(&ring, packet, 10));
    CHECK(!fo_ring_put(&ring, packet, 1));
    EQUAL(fo_ring_high_water_percent(&ring), 100);
    fo_ring_consume(&ring, 9);
    EQUAL(ring.used, 1);
    CHECK(fo_ring_put(&ring, packet, 9));
    EQUAL(fo_ring_high_water_percent(&ring), 100);
    fo_ring_clear(&ring);
    (void)fo_ring_high_water_percent(&ring);
    EQUAL(fo_ring_high_water_percent(&ring), 0);
}

/* Against a queue that is only an array. */
static void bytes_come_out_in_their_order(void)
{
    static uint8_t data[97], model[ROUNDS(100000u)];
    size_t first = 0, last = 0;
    fo_ring ring;
    fo_ring_init(&ring, data, sizeof data);
    for (unsigned round = 0; round < ROUNDS(4000u); round++) {
        uint8_t packet[30], copy[97];
        const uint8_t *p;
        size_t n = random_below(sizeof packet + 1u);
        for (size_t i = 0; i < n; i++) {
            packet[i] = (uint8_t)random32();
        }
        bool fits = n <= sizeof data - (last - first);
        EQUAL(fo_ring_put(&ring, packet, n), fits);
        if (fits) {
            memcpy(model + last, packet, n);
            last += n;
        }
        EQUAL(ring.used, last - first);
        if (last > first) {
            size_t offset = random_below((uint32_t)(last - first));
            size_t count = last - first - offset;
            fo_ring_copy(&ring, offset, copy, count);
            SAME(copy, count, model + first + offset, count);
        }
        size_t run = fo_ring_peek(&ring, &p);
        SAME(p, run, model + first, run);
        size_t taken = run > 0u ? random_below((uint32_t)run + 1u) : 0u;
        fo_ring_consume(&ring, taken);
        first += taken;
    }
    CHECK(first > 20u * sizeof data);
}

const test RING_TESTS[] = {
    TEST(whole_packets_or_nothing), TEST(bytes_come_out_in_their_order), {NULL, NULL},
};

static void give(fo_receiver *rx, const char *text, uint64_t t_us)
{
    uint8_t bytes[300];
    size_t n = unhex(text, bytes);
    for (size_t i = 0; i < n; i++) {
        fo_receiver_byte(rx, bytes[i], t_us + i);
    }
}

static void packets_are_split_at_zeros(void)
{
    static fo_receiver rx;
    fo_receiver_init(&rx);
    give(&rx, "000000", 0);
    CHECK(fo_receiver_next(&rx) == NULL);
    give(&rx, "0102", 10);
    CHECK(fo_receiver_next(&rx) == NULL);
    give(&rx, "0300000400", 20);
    fo_packet *packet = fo_receiver_next(&rx);
    EQUAL(packet->n, 3);
    EQUAL(packet->data[2], 3);
    EQUAL(packet->t_us, 21);
    fo_receiver_done(&rx);
    packet = fo_receiver_next(&rx);
    EQUAL(packet->n, 1);
    EQUAL(packet->t_us, 24);
    fo_receiver_done(&rx);
    CHECK(fo_receiver_next(&rx) == NULL);
    EQUAL(rx.lost, 0);
}

static void an_endless_packet_is_one_error(void)
{
    static fo_receiver rx;
    fo_receiver_init(&rx);
    for (unsigned i = 0; i < FO_MAX_PACKET_BYTES; i++) {
        fo_receiver_byte(&rx, 1, 0);
    }
    fo_receiver_byte(&rx, 0, 0);
    EQUAL(fo_receiver_next(&rx)->n, FO_MAX_PACKET_BYTES);
    fo_receiver_done(&rx);
    EQUAL(rx.lost, 0);
    for (unsigned i = 0; i < 5000u; i++) {
        fo_receiver_byte(&rx, 1, 0);
    }
    fo_receiver_byte(&rx, 0, 0);
    CHECK(fo_receiver_next(&rx) == NULL);
    EQUAL(rx.lost, 1);
    give(&rx, "0900", 0);
    EQUAL(fo_receiver_next(&rx)->data[0], 9);
}

static void without_a_free_slot_the_newest_is_lost_and_counted(void)
{
    static fo_receiver rx;
    fo_receiver_init(&rx);
    give(&rx, "0100020003000400", 0);
    EQUAL(rx.lost, 1);
    for (uint8_t wanted = 1; wanted <= 3u; wanted++) {
        EQUAL(fo_receiver_next(&rx)->data[0], wanted);
        fo_receiver_done(&rx);
    }
    CHECK(fo_receiver_next(&rx) == NULL);
    give(&rx, "0500", 0);
    EQUAL(fo_receiver_next(&rx)->data[0], 5);
}

static void frames_of_a_packet_link(void)
{
    static fo_receiver rx;
    uint8_t frame[FO_MAX_FRAME_BYTES + 1u] = {5};
    fo_receiver_init(&rx);
    fo_receiver_packet(&rx, frame, FO_MAX_FRAME_BYTES + 1u, 1);
    EQUAL(rx.lost, 1);
    fo_receiver_packet(&rx, frame, FO_MAX_FRAME_BYTES, 2);
    EQUAL(fo_receiver_next(&rx)->n, FO_MAX_FRAME_BYTES);
    EQUAL(fo_receiver_next(&rx)->t_us, 2);
}

const test RECEIVER_TESTS[] = {
    TEST(packets_are_split_at_zeros),
    TEST(an_endless_packet_is_one_error),
    TEST(without_a_free_slot_the_newest_is_lost_and_counted),
    TEST(frames_of_a_packet_link),
    {NULL, NULL},
};
