/* One simulated SPI bus with both chips, their pins and a clock that only delays and bytes move.
 *
 * The ports given to the drivers are `port[...]`. A delay can be left out to prove that it is
 * needed: `dropped_delay` is the number of the call, counted from 0. */
#ifndef MODELS_SIM_BUS_H
#define MODELS_SIM_BUS_H

#include "../../drivers/spi.h"
#include "ads1298_model.h"
#include "icm42688_model.h"

enum sim_chip { SIM_ADS, SIM_ICM, SIM_CHIPS };

struct sim_bus;

struct sim_line {
    struct sim_bus *bus;
    enum sim_chip chip;
    unsigned mode;
    uint32_t clock_hz;
    bool selected;
};

struct sim_bus {
    uint64_t now_ns;
    struct ads1298_model ads;
    struct icm42688_model icm;
    struct sim_line line[SIM_CHIPS];
    struct spi_port port[SIM_CHIPS];
    uint64_t served[SIM_CHIPS]; /* edges that an interrupt has taken */
    long dropped_delay; /* -1 = none */
    long delays;        /* calls so far */
    long fail_transfer; /* number of the transfer that reports a bus fault, -1 = none */
    long transfers;
    bool force_mode;    /* a board that ignores the wanted mode and clocks in forced_mode */
    unsigned forced_mode;
    uint32_t forced_clock_hz; /* a board that clocks as fast as this whatever is asked, 0 = none */
};

/* Zeroes everything, powers both chips at 1 ms. Set faults after this, then call sim_bus_power. */
void sim_bus_init(struct sim_bus *bus);
void sim_bus_power(struct sim_bus *bus);
void sim_bus_advance(struct sim_bus *bus, uint64_t now_ns);

/* Instant of the oldest interrupt that waits, or else of the next one; UINT64_MAX when none will
 * come. An edge that came while the bus was busy waits; a second one of the same pin is lost in
 * it, as in a pending bit. */
uint64_t sim_bus_interrupt_ns(const struct sim_bus *bus);

/* Takes that interrupt: moves the clock there if it lies ahead and tells which chip it was;
 * SIM_CHIPS when none will come. */
enum sim_chip sim_bus_next_interrupt(struct sim_bus *bus);

/* Forgets an edge that waits, as a board does when it starts a stream. */
void sim_bus_clear_interrupt(struct sim_bus *bus, enum sim_chip chip);

/* Hardware capture of a chip's newest edge: DRDY falling, INT1 rising. */
uint64_t sim_bus_capture_ns(const struct sim_bus *bus, enum sim_chip chip);

unsigned sim_bus_violations(const struct sim_bus *bus);

#endif
