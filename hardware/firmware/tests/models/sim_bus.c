#include "sim_bus.h"

#include <string.h>

static bool line_configure(void *context, enum spi_mode mode, uint32_t max_clock_hz)
{
    struct sim_line *line = context;
    line->mode = line->bus->force_mode ? line->bus->forced_mode : (unsigned)mode;
    line->clock_hz =
        line->bus->forced_clock_hz != 0 ? line->bus->forced_clock_hz : max_clock_hz;
    return true;
}

static void line_select(void *context, bool active)
{
    struct sim_line *line = context;
    struct sim_bus *bus = line->bus;
    line->selected = active;
    if (line->chip == SIM_ADS)
        ads1298_model_select(&bus->ads, active, bus->now_ns);
    else
        icm42688_model_select(&bus->icm, active, bus->now_ns);
}

static bool line_transfer(void *context, const uint8_t *out, uint8_t *in, size_t length)
{
    struct sim_line *line = context;
    struct sim_bus *bus = line->bus;
    const uint64_t byte_ns = UINT64_C(8000000000) / line->clock_hz;
    for (size_t i = 0; i < length; i++) {
        uint8_t din = out != NULL ? out[i] : 0, got = 0;
        uint64_t from = bus->now_ns, to = from + byte_ns;
        if (line->selected && line->chip == SIM_ADS) {
            got = ads1298_model_byte(&bus->ads, din, line->mode, line->clock_hz, from, to);
        } else {
            ads1298_model_foreign_clock(&bus->ads, from);
            if (line->selected)
                got = icm42688_model_byte(&bus->icm, din, line->mode, line->clock_hz, from);
        }
        bus->now_ns = to;
        if (in != NULL)
            in[i] = got;
    }
    return bus->transfers++ != bus->fail_transfer;
}

static void line_set_pin(void *context, enum spi_pin pin, bool high)
{
    struct sim_bus *bus = ((struct sim_line *)context)->bus;
    static const enum ads_model_pin PIN[] = {ADS_MODEL_START, ADS_MODEL_RESET, ADS_MODEL_PWDN};
    ads1298_model_pin(&bus->ads, PIN[pin], high, bus->now_ns);
}

static void line_delay_us(void *context, uint32_t us)
{
    struct sim_bus *bus = ((struct sim_line *)context)->bus;
    if (bus->delays++ != bus->dropped_delay)
        bus->now_ns += (uint64_t)us * 1000;
}

void sim_bus_init(struct sim_bus *bus)
{
    memset(bus, 0, sizeof *bus);
    bus->now_ns = 1000000;
    bus->dropped_delay = bus->fail_transfer = -1;
    for (unsigned i = 0; i < SIM_CHIPS; i++) {
        bus->line[i].bus = bus;
        bus->line[i].chip = (enum sim_chip)i;
        bus->line[i].clock_hz = 1000000;
        bus->port[i].context = &bus->line[i];
        bus->port[i].configure = line_configure;
        bus->port[i].select = line_select;
        bus->port[i].transfer = line_transfer;
        bus->port[i].set_pin = line_set_pin;
        bus->port[i].delay_us = line_delay_us;
    }
    sim_bus_power(bus);
}

void sim_bus_power(struct sim_bus *bus)
{
    ads1298_model_init(&bus->ads, bus->now_ns);
    icm42688_model_init(&bus->icm, bus->now_ns);
}

void sim_bus_advance(struct sim_bus *bus, uint64_t now_ns)
{
    if (now_ns > bus->now_ns)
        bus->now_ns = now_ns;
    ads1298_model_advance(&bus->ads, bus->now_ns);
    icm42688_model_advance(&bus->icm, bus->now_ns);
}

uint64_t sim_bus_capture_ns(const struct sim_bus *bus, enum sim_chip chip)
{
    return chip == SIM_ADS ? bus->ads.drdy_ns : bus->icm.interrupt_ns;
}

static uint64_t edges(const struct sim_bus *bus, enum sim_chip chip)
{
    return chip == SIM_ADS ? bus->ads.edges : bus->icm.interrupts;
}

static uint64_t due_ns(const struct sim_bus *bus, enum sim_chip chip)
{
    if (edges(bus, chip) > bus->served[chip])
        return sim_bus_capture_ns(bus, chip);
    return chip == SIM_ADS ? ads1298_model_next_drdy_ns(&bus->ads)
                           : icm42688_model_next_interrupt_ns(&bus->icm);
}

uint64_t sim_bus_interrupt_ns(const struct sim_bus *bus)
{
    uint64_t ads = due_ns(bus, SIM_ADS), icm = due_ns(bus, SIM_ICM);
    return ads <= icm ? ads : icm;
}

enum sim_chip sim_bus_next_interrupt(struct sim_bus *bus)
{
    uint64_t at = sim_bus_interrupt_ns(bus);
    if (at == UINT64_MAX)
        return SIM_CHIPS;
    enum sim_chip chip = due_ns(bus, SIM_ADS) == at ? SIM_ADS : SIM_ICM;
    sim_bus_advance(bus, at);
    bus->served[chip] = edges(bus, chip);
    return chip;
}

void sim_bus_clear_interrupt(struct sim_bus *bus, enum sim_chip chip)
{
    bus->served[chip] = edges(bus, chip);
}

unsigned sim_bus_violations(const struct sim_bus *bus)
{
    return bus->ads.log.count + bus->icm.log.count;
}
