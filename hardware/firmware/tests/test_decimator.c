/* The decimator: gain one, exact delay, whole windows only, exact arithmetic. */
#include "../drivers/decimator.h"
#include "drivers_check.h"

static struct decimator filter;

static void push_all(int32_t value, int32_t out[DECIMATOR_CHANNELS], enum decimator_result *result)
{
    int32_t in[DECIMATOR_CHANNELS];
    for (unsigned i = 0; i < DECIMATOR_CHANNELS; i++)
        in[i] = value * (i % 2 == 0 ? 1 : -1);
    *result = decimator_push(&filter, in, out);
}

static void test_constant_and_clipping(void)
{
    static const int32_t VALUES[] = {0, 1, -1, 1000, 8388607, -8388607};
    for (unsigned n = 0; n < sizeof VALUES / sizeof VALUES[0]; n++) {
        int32_t out[DECIMATOR_CHANNELS] = {0};
        enum decimator_result result;
        decimator_reset(&filter);
        for (unsigned k = 1; k <= 200; k++) {
            push_all(VALUES[n], out, &result);
            if (k % 2 != 0)
                CHECK_EQUAL(result, DECIMATOR_NOTHING);
            else if (k < DECIMATOR_LENGTH)
                CHECK_EQUAL(result, DECIMATOR_SETTLING);
            else {
                CHECK_EQUAL(result, DECIMATOR_OUTPUT);
                CHECK_EQUAL(out[0], VALUES[n]);
                CHECK_EQUAL(out[7], -VALUES[n]);
            }
        }
    }
}

/* A ramp of slope one comes out as the ramp 31 conversions before: the delay is exact. */
static void test_delay_is_31_conversions(void)
{
    int32_t out[DECIMATOR_CHANNELS] = {0};
    enum decimator_result result;
    decimator_reset(&filter);
    for (int32_t k = 0; k < 500; k++) {
        push_all(k * 1000, out, &result);
        if (result == DECIMATOR_OUTPUT) {
            CHECK_EQUAL(out[0], (k - 31) * 1000);
            CHECK_EQUAL(out[1], -(k - 31) * 1000);
        }
    }
    CHECK_EQUAL(decimator_group_delay_us(2000), 15500);
    CHECK_EQUAL(decimator_group_delay_us(1000), 31000);
    CHECK_EQUAL(decimator_group_delay_us(4000), 7750);
}

static void test_step_overshoot_is_clipped(void)
{
    int32_t out[DECIMATOR_CHANNELS] = {0};
    enum decimator_result result;
    bool clipped = false;
    decimator_reset(&filter);
    for (unsigned k = 0; k < 300; k++) {
        push_all(k < 150 ? -8388607 : 8388607, out, &result);
        if (result == DECIMATOR_OUTPUT) {
            CHECK(out[0] >= -8388608 && out[0] <= 8388607);
            clipped = clipped || out[0] == -8388608;
        }
    }
    CHECK(clipped); /* Gibbs: without the clip it would wrap in 24 bits */
}

/* After a gap the grid goes on and nothing is given before the window is whole again. */
static void test_gap(void)
{
    for (uint32_t lost = 0; lost < 9; lost++) {
        int32_t out[DECIMATOR_CHANNELS] = {0};
        enum decimator_result result;
        uint32_t slots = 0, outputs = 0;
        decimator_reset(&filter);
        for (unsigned k = 0; k < 101; k++)
            push_all(5, out, &result);
        slots += 50 + decimator_gap(&filter, lost);
        unsigned whole = 0;
        for (unsigned k = 0; k < 100; k++) {
            push_all(7, out, &result);
            slots += result != DECIMATOR_NOTHING;
            if (result == DECIMATOR_OUTPUT) {
                outputs++;
                whole = whole == 0 ? k + 1 : whole;
                if (lost > 0)
                    CHECK_EQUAL(out[0], 7); /* not a mixture of before and after */
            }
        }
        CHECK_EQUAL(slots, (101 + lost + 100) / 2);
        CHECK(lost == 0 ? outputs == 50 : whole >= DECIMATOR_LENGTH && outputs >= 18);
    }
}

void test_decimator(void)
{
    test_constant_and_clipping();
    test_delay_is_31_conversions();
    test_step_overshoot_is_clipped();
    test_gap();
}
