/* Runs every unit test of the core. Exit status 0 when all checks held. Runs on the host and, by
 * semihosting, on emulated Cortex-M4 machines. */
#include <stdio.h>
#include <string.h>

#include "check.h"

unsigned long checks_done;
static unsigned long failures;
static const char *present = "";
static uint32_t state = 1;

static void report(const char *file, int line)
{
    failures++;
    printf("%s:%d: %s: ", file, line, present);
}

void check_failed(const char *file, int line, const char *what)
{
    report(file, line);
    printf("%s\n", what);
}

void check_equal(const char *file, int line, const char *what, int64_t got, int64_t wanted)
{
    checks_done++;
    if (got != wanted) {
        report(file, line);
        printf("%s is %ld, not %ld\n", what, (long)got, (long)wanted);
    }
}

void check_same(const char *file, int line, const char *what, const uint8_t *got, size_t got_n,
                const uint8_t *wanted, size_t wanted_n)
{
    checks_done++;
    if (got_n == wanted_n && memcmp(got, wanted, got_n) == 0) {
        return;
    }
    report(file, line);
    printf("%s differs\n  got   ", what);
    for (size_t i = 0; i < got_n; i++) {
        printf("%02x", got[i]);
    }
    printf("\n  wanted ");
    for (size_t i = 0; i < wanted_n; i++) {
        printf("%02x", wanted[i]);
    }
    printf("\n");
}

/* xorshift32 of Marsaglia (2003) */
uint32_t random32(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

uint32_t random_below(uint32_t limit)
{
    return random32() % limit;
}

void random_seed(uint32_t seed)
{
    state = seed != 0u ? seed : 1u;
}

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

size_t unhex(const char *text, uint8_t *out)
{
    size_t n = 0;
    for (; text[0] != '\0'; text += 2) {
        out[n++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
    }
    return n;
}

int main(void)
{
    static const struct {
        const char *name;
        const test *tests;
    } SUITES[] = {
        {"codec", CODEC_TESTS},     {"ring", RING_TESTS}, {"receiver", RECEIVER_TESTS},
        {"commands", COMMAND_TESTS}, {"streams", STREAM_TESTS}, {"time", TIME_TESTS},
        {"link", LINK_TESTS},       {"fuzz", FUZZ_TESTS},
    };
    unsigned long tests = 0;
    for (size_t s = 0; s < sizeof SUITES / sizeof SUITES[0]; s++) {
        for (const test *t = SUITES[s].tests; t->run != NULL; t++) {
            present = t->name;
            random_seed(20261121u);
            t->run();
            tests++;
        }
    }
    printf("%lu tests, %lu checks, %lu failures (seed 20261121)\n", tests, checks_done, failures);
    return failures == 0ul ? 0 : 1;
}
