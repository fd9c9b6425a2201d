#include "decimator.h"

#include <string.h>

#include "decimator_coefficients.h"

enum { CODE_MAX = 8388607, CODE_MIN = -8388607 - 1 };

/* The header's taps and the ring must agree; a wrong length does not compile. */
typedef char length_must_match[(int)DECIMATOR_TAPS == (int)DECIMATOR_LENGTH ? 1 : -1];

void decimator_reset(struct decimator *filter)
{
    memset(filter, 0, sizeof *filter);
}

static int32_t clipped(int64_t sum)
{
    /* To nearest: half a unit up, then the floor that division of a positive number gives. */
    const int64_t unit = (int64_t)1 << DECIMATOR_SHIFT;
    int64_t shifted = sum + unit / 2;
    int64_t whole = shifted >= 0 ? shifted / unit : -((-shifted + unit - 1) / unit);
    if (whole > CODE_MAX)
        return CODE_MAX;
    if (whole < CODE_MIN)
        return CODE_MIN;
    return (int32_t)whole;
}

static int32_t filtered(const int32_t history[DECIMATOR_LENGTH], unsigned newest)
{
    unsigned young = newest, old = (newest + 1) % DECIMATOR_LENGTH;
    int64_t sum = 0;
    for (unsigned i = 0; i < DECIMATOR_LENGTH / 2; i++) {
        sum += (int64_t)DECIMATOR_HALF[i] * ((int64_t)history[young] + history[old]);
        young = young == 0 ? DECIMATOR_LENGTH - 1 : young - 1;
        old = old == DECIMATOR_LENGTH - 1 ? 0 : old + 1;
    }
    sum += (int64_t)DECIMATOR_HALF[DECIMATOR_LENGTH / 2] * history[young];
    return clipped(sum);
}

enum decimator_result decimator_push(struct decimator *filter,
                                     const int32_t in[DECIMATOR_CHANNELS],
                                     int32_t out[DECIMATOR_CHANNELS])
{
    filter->newest = (uint8_t)((filter->newest + 1u) % DECIMATOR_LENGTH);
    for (unsigned i = 0; i < DECIMATOR_CHANNELS; i++)
        filter->history[i][filter->newest] = in[i];
    if (filter->filled < DECIMATOR_LENGTH)
        filter->filled++;
    filter->phase = (uint8_t)((filter->phase + 1u) % DECIMATOR_FACTOR);
    if (filter->phase != 0)
        return DECIMATOR_NOTHING;
    if (filter->filled < DECIMATOR_LENGTH)
        return DECIMATOR_SETTLING;
    for (unsigned i = 0; i < DECIMATOR_CHANNELS; i++)
        out[i] = filtered(filter->history[i], filter->newest);
    return DECIMATOR_OUTPUT;
}

uint32_t decimator_gap(struct decimator *filter, uint32_t lost)
{
    uint32_t slots = (filter->phase + lost % DECIMATOR_FACTOR) / DECIMATOR_FACTOR +
                     lost / DECIMATOR_FACTOR;
    filter->phase = (uint8_t)((filter->phase + lost % DECIMATOR_FACTOR) % DECIMATOR_FACTOR);
    if (lost > 0)
        filter->filled = 0;
    return slots;
}

uint32_t decimator_group_delay_us(uint32_t input_sps)
{
    const uint32_t periods = (DECIMATOR_LENGTH - 1) / 2;
    return input_sps == 0 ? 0 : (periods * 1000000u + input_sps / 2) / input_sps;
}
