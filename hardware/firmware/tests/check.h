/* A test header of our own: a check that fails is printed and counted, and the run goes on. */
#ifndef FO_CHECK_H
#define FO_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void check_failed(const char *file, int line, const char *what);
void check_equal(const char *file, int line, const char *what, int64_t got, int64_t wanted);
void check_same(const char *file, int line, const char *what, const uint8_t *got, size_t got_n,
                const uint8_t *wanted, size_t wanted_n);
extern unsigned long checks_done;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        checks_done++;                                                                             \
        if (!(condition)) {                                                                        \
            check_failed(__FILE__, __LINE__, #condition);                                          \
        }                                                                                          \
    } while (0)
#define EQUAL(got, wanted) check_equal(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(wanted))
#define SAME(got, got_n, wanted, wanted_n)                                                         \
    check_same(__FILE__, __LINE__, #got, got, got_n, wanted, wanted_n)

/* A test is a function; its name is printed when one of its checks fails. */
typedef struct test {
    const char *name;
    void (*run)(void);
} test;
#define TEST(function) {#function, function}

/* Numbers for random tests: the same on every machine for a seed. */
uint32_t random32(void);
uint32_t random_below(uint32_t limit);
void random_seed(uint32_t seed);

/* Bytes of a string in hexadecimal; returns how many. */
size_t unhex(const char *text, uint8_t *out);

extern const test CODEC_TESTS[], RING_TESTS[], RECEIVER_TESTS[], COMMAND_TESTS[], STREAM_TESTS[],
    TIME_TESTS[], LINK_TESTS[], FUZZ_TESTS[];

/* How much random work to do: less where a machine is emulated. */
#ifdef UNIT_TESTS
#define ROUNDS(host) ((host) / 10u)
#else
#define ROUNDS(host) (host)
#endif

#endif
