/* The ICM-42688-P as its data sheet (DS-000347 rev. 1.8) describes it, seen from SPI and INT1.
 *
 * Bank 0 only, as far as the driver needs it; the model includes nothing of the driver. Every
 * broken rule is recorded in `log`. Time is nanoseconds of a simulated clock. */
#ifndef MODELS_ICM42688_MODEL_H
#define MODELS_ICM42688_MODEL_H

#include "sim_log.h"

struct icm42688_model {
    struct sim_log log;
    uint8_t regs[128];

    /* The world outside: specific force in micro-g, rates in milli-degrees per second. */
    void (*motion)(void *world, uint64_t at_ns, int32_t ug[3], int32_t mdps[3]);
    void *world;

    /* Faults of the part. */
    uint8_t id; /* 0 = 47h */
    uint8_t stuck_register, stuck_bits;
    bool dead, no_reset_done, no_samples;
    int32_t clock_ppm;

    /* State. */
    bool selected, on;
    uint64_t power_ns, reset_ns, on_ns, quiet_until_ns;
    uint64_t samples, interrupts, unread;
    uint64_t interrupt_ns; /* rising edge of the newest pulse on INT1 */
    bool fresh;
    uint8_t address;
    unsigned bytes; /* of this transfer, the address included */
    bool reading;
};

void icm42688_model_init(struct icm42688_model *chip, uint64_t now_ns);
void icm42688_model_select(struct icm42688_model *chip, bool active, uint64_t now_ns);
uint8_t icm42688_model_byte(struct icm42688_model *chip, uint8_t din, unsigned mode,
                            uint32_t clock_hz, uint64_t from_ns);
void icm42688_model_advance(struct icm42688_model *chip, uint64_t now_ns);

/* Instant of the next rising edge of INT1, UINT64_MAX when none will come. */
uint64_t icm42688_model_next_interrupt_ns(const struct icm42688_model *chip);

#endif
