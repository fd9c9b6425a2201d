/* CRC, stuffing and frames against the vectors shared with Python. */
#include <string.h>

#include "check.h"
#include "cobs.h"
#include "crc32.h"
#include "frame.h"
#include "vectors.h"

#define COUNT(table) (sizeof table / sizeof table[0])

static uint32_t crc_bitwise(const uint8_t *p, size_t n)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc & 1u ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
        }
    }
    return crc ^ 0xFFFFFFFFu;
}

static void checksums(void)
{
    uint8_t raw[256];
    for (size_t i = 0; i < COUNT(CHECKS); i++) {
        size_t n = unhex(CHECKS[i].raw, raw);
        EQUAL(fo_crc32(raw, n), CHECKS[i].crc);
    }
    for (size_t n = 0; n < sizeof raw; n++) {
        for (size_t i = 0; i < n; i++) {
            raw[i] = (uint8_t)random32();
        }
        EQUAL(fo_crc32(raw, n), crc_bitwise(raw, n));
    }
}

static void golden_frames(void)
{
    uint8_t raw[256], cobs[256], out[256];
    for (size_t i = 0; i < COUNT(FRAMES); i++) {
        fo_frame frame;
        size_t n = unhex(FRAMES[i].raw, raw), m = unhex(FRAMES[i].cobs, cobs);
        EQUAL(n, FRAMES[i].size);
        EQUAL(fo_crc32(raw, n - 4u), FRAMES[i].crc);
        EQUAL(fo_frame_parse(raw, n, &frame), FO_FRAME_GOOD);
        SAME(out, fo_frame_encode(&frame, out), raw, n);
        SAME(out, fo_cobs_encode(raw, n, out), cobs, m - 1u);
        EQUAL(cobs[m - 1u], 0);
        SAME(out, fo_cobs_decode(cobs, m - 1u, out), raw, n);
    }
    EQUAL(COUNT(FRAMES), 11);
}

static void stuffing(void)
{
    uint8_t raw[256], cobs[256], out[256];
    for (size_t i = 0; i < COUNT(STUFFED); i++) {
        size_t n = unhex(STUFFED[i].raw, raw), m = unhex(STUFFED[i].cobs, cobs);
        SAME(out, fo_cobs_encode(raw, n, out), cobs, m);
        SAME(out, fo_cobs_decode(cobs, m, out), raw, n);
    }
    for (size_t i = 0; i < COUNT(SPOILT); i++) {
        EQUAL(fo_cobs_decode(cobs, unhex(SPOILT[i].cobs, cobs), out), 0);
    }
    EQUAL(fo_cobs_decode(cobs, 0, out), 0);
    memset(raw, 1, sizeof raw);
    EQUAL(fo_cobs_decode(raw, 255, out), 0); /* longer than this codec's packets */
}

static void stuffing_of_any_bytes(void)
{
    uint8_t raw[FO_COBS_MAX_BYTES], cobs[FO_COBS_MAX_BYTES + 1u], out[FO_COBS_MAX_BYTES];
    for (unsigned round = 0; round < ROUNDS(5000u); round++) {
        size_t n = 1u + random_below(FO_COBS_MAX_BYTES);
        uint32_t zeros = 1u + random_below(20);
        for (size_t i = 0; i < n; i++) {
            raw[i] = random_below(zeros) == 0u ? 0u : (uint8_t)random32();
        }
        size_t m = fo_cobs_encode(raw, n, cobs);
        EQUAL(m, n + 1u);
        CHECK(memchr(cobs, 0, m) == NULL);
        SAME(out, fo_cobs_decode(cobs, m, out), raw, n);
        SAME(cobs, fo_cobs_decode(cobs, m, cobs), raw, n); /* in place */
    }
}

static fo_fault fault_named(const char *name)
{
    return strcmp(name, "bad_length") == 0  ? FO_FRAME_BAD_LENGTH
           : strcmp(name, "bad_crc") == 0   ? FO_FRAME_BAD_CRC
           : strcmp(name, "bad_magic") == 0 ? FO_FRAME_BAD_MAGIC
                                            : FO_FRAME_FOREIGN_MAJOR;
}

static void refused_frames(void)
{
    uint8_t raw[256];
    fo_frame frame;
    for (size_t i = 0; i < COUNT(FAULTS); i++) {
        size_t n = unhex(FAULTS[i].raw, raw);
        EQUAL(fo_frame_parse(raw, n, &frame), fault_named(FAULTS[i].kind));
    }
}

static void every_flipped_bit_is_noticed(void)
{
    uint8_t raw[256];
    fo_frame frame;
    for (size_t i = 0; i < COUNT(FRAMES); i++) {
        size_t n = unhex(FRAMES[i].raw, raw);
        for (size_t bit = 0; bit < 8u * n; bit++) {
            raw[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
            EQUAL(fo_frame_parse(raw, n, &frame), FO_FRAME_BAD_CRC);
            raw[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
        }
    }
}

const test CODEC_TESTS[] = {
    TEST(checksums),      TEST(golden_frames),  TEST(stuffing), TEST(stuffing_of_any_bytes),
    TEST(refused_frames), TEST(every_flipped_bit_is_noticed), {NULL, NULL},
};
