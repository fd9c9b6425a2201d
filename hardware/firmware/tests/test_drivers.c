/* Runs the tests of the chip drivers against the register models. Exit code 0 = all passed. */
#include <stdio.h>
#include <stdlib.h>

#include "drivers_check.h"

enum { SHOWN = 40 }; /* failures printed; the rest is only counted */

static unsigned checks, failures;

bool drivers_check_equal(long got, long wanted, const char *file, int line, const char *text)
{
    checks++;
    if (got == wanted)
        return true;
    failures++;
    if (failures <= SHOWN)
        printf("FAILED %s:%d: %s (got %ld, wanted %ld)\n", file, line, text, got, wanted);
    return false;
}

bool drivers_check(bool ok, const char *file, int line, const char *text)
{
    return drivers_check_equal(ok, true, file, line, text);
}

int main(void)
{
    test_ads1298();
    test_ads1298_planted();
    test_icm42688();
    test_decimator();
    test_afe_sampling();
    test_nrf_board();
    printf("drivers: %u checks, %u failed\n", checks, failures);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
