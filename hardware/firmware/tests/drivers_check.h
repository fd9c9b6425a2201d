/* The smallest test frame: counts checks, prints what failed, goes on. */
#ifndef TESTS_DRIVERS_CHECK_H
#define TESTS_DRIVERS_CHECK_H

#include <stdbool.h>

/* Records one check; prints file, line and text when it failed. Returns `ok`. */
bool drivers_check(bool ok, const char *file, int line, const char *text);
bool drivers_check_equal(long got, long wanted, const char *file, int line, const char *text);

#define CHECK(condition) drivers_check((condition), __FILE__, __LINE__, #condition)
#define CHECK_EQUAL(got, wanted) \
    drivers_check_equal((long)(got), (long)(wanted), __FILE__, __LINE__, #got " is " #wanted)

void test_ads1298(void);
void test_ads1298_planted(void);
void test_icm42688(void);
void test_decimator(void);
void test_afe_sampling(void);
void test_nrf_board(void);

#endif
