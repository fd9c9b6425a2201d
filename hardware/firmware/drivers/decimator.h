/* Halves the rate of eight channels with one linear-phase integer FIR.
 *
 * 63 taps with coefficients from design_decimator.py: together with the sinc3 of the ADS1298 flat
 * to 0.225 of the input rate (450 Hz at 2000 SPS), 47 dB down from 0.275 on. The delay is exactly
 * 31 input periods for every frequency. 64-bit sums, rounded to nearest, clipped to 24 bits: no
 * floating point, equal bits on every machine.
 *
 * A filter must not invent samples: an output is given only when its whole window holds real
 * conversions. After a reset or a gap the slots of the output grid come as DECIMATOR_SETTLING. */
#ifndef FIRMWARE_DECIMATOR_H
#define FIRMWARE_DECIMATOR_H

#include <stdint.h>

enum { DECIMATOR_CHANNELS = 8, DECIMATOR_FACTOR = 2, DECIMATOR_LENGTH = 63 };

enum decimator_result {
    DECIMATOR_NOTHING,  /* the other phase of the output grid */
    DECIMATOR_SETTLING, /* a slot of the output grid without a value: count it as missed */
    DECIMATOR_OUTPUT    /* a value */
};

struct decimator {
    int32_t history[DECIMATOR_CHANNELS][DECIMATOR_LENGTH];
    uint8_t newest; /* place of the last conversion in `history` */
    uint8_t filled; /* conversions without a gap, at most DECIMATOR_LENGTH */
    uint8_t phase;  /* 0, 1: position on the output grid */
};

void decimator_reset(struct decimator *filter);

/* One conversion in; `out` is written only for DECIMATOR_OUTPUT. It belongs to the instant of
 * this conversion minus decimator_group_delay_us. */
enum decimator_result decimator_push(struct decimator *filter,
                                     const int32_t in[DECIMATOR_CHANNELS],
                                     int32_t out[DECIMATOR_CHANNELS]);

/* `lost` conversions never came: the window starts anew, the grid stays. Returns the slots of
 * the output grid that fell into the gap. */
uint32_t decimator_gap(struct decimator *filter, uint32_t lost);

/* (63 - 1) / 2 input periods, microseconds, rounded. */
uint32_t decimator_group_delay_us(uint32_t input_sps);

#endif
