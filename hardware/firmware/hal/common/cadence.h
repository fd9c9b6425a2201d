/* Instants of a sampling grid: sample k is due k + 1 periods after the start. Whole microseconds,
 * without accumulated rounding. */
#ifndef FO_CADENCE_H
#define FO_CADENCE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct fo_cadence {
    uint64_t start_us;
    uint32_t rate_mhz; /* 0: stopped */
    uint64_t k;        /* next sample; does not wrap where the index of 32 bits does */
} fo_cadence;

static inline void fo_cadence_start(fo_cadence *c, uint64_t now_us, uint32_t rate_mhz)
{
    c->start_us = now_us;
    c->rate_mhz = rate_mhz;
    c->k = 0;
}

static inline uint64_t fo_cadence_at_us(const fo_cadence *c, uint64_t k)
{
    return c->start_us + (k + 1u) * 1000000000u / c->rate_mhz;
}

#endif
