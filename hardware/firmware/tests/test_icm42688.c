/* The ICM-42688-P driver against its register model, with planted mistakes. */
#include <string.h>

#include "../drivers/icm42688.h"
#include "drivers_check.h"
#include "models/sim_bus.h"

static struct sim_bus bus;
static struct icm42688 chip;

/* A pelvis that leans and turns: every axis different, so that a swap shows. */
static void leaning(void *world, uint64_t at_ns, int32_t ug[3], int32_t mdps[3])
{
    int32_t wobble = (int32_t)(at_ns / 1000000 % 7) * 250;
    (void)world;
    ug[0] = 100000 + wobble;
    ug[1] = 980000 - wobble;
    ug[2] = -150000 + wobble;
    mdps[0] = 10000 + wobble;
    mdps[1] = -20000 + wobble;
    mdps[2] = 300000 + wobble;
}

static void at_rest(void *world, uint64_t at_ns, int32_t ug[3], int32_t mdps[3])
{
    int32_t wobble = (int32_t)(at_ns / 1000000 % 7) * 250;
    leaning(world, at_ns, ug, mdps);
    mdps[0] = mdps[1] = mdps[2] = wobble;
}

static long scaled(int64_t micro, int64_t full)
{
    return (long)(micro * 32768 / full);
}

static void test_both_rates(void)
{
    for (uint16_t rate = 100; rate <= 200; rate = (uint16_t)(rate + 100)) {
        int16_t v[6];
        int32_t ug[3], mdps[3];
        sim_bus_init(&bus);
        bus.icm.motion = leaning;
        CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], rate), ICM42688_OK);
        uint64_t last = 0;
        for (unsigned k = 0; k < 100; k++) {
            CHECK(sim_bus_next_interrupt(&bus) == SIM_ICM);
            CHECK_EQUAL(icm42688_read(&chip, v), ICM42688_OK);
            uint64_t at = icm42688_model_next_interrupt_ns(&bus.icm) - 1000000000u / rate;
            if (k > 0)
                CHECK_EQUAL(at - last, 1000000000u / rate);
            last = at;
            leaning(NULL, at, ug, mdps);
            for (unsigned i = 0; i < 3; i++) {
                CHECK_EQUAL(v[i], scaled(ug[i], 8000000));
                CHECK_EQUAL(v[i + 3], scaled(mdps[i], 1000000));
            }
        }
        CHECK(bus.icm.interrupts >= 100);
        CHECK_EQUAL(icm42688_verify(&chip), ICM42688_OK);
        CHECK_EQUAL(icm42688_stop(&chip), ICM42688_OK);
        CHECK(sim_bus_next_interrupt(&bus) == SIM_CHIPS);
        CHECK_EQUAL(icm42688_read(&chip, v), ICM42688_ERR_STATE);
        CHECK_EQUAL(sim_bus_violations(&bus), 0);
    }
    CHECK_EQUAL(icm42688_group_delay_us(), 8300);
}

static void test_faults(void)
{
    int16_t v[6];
    sim_bus_init(&bus);
    CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 150), ICM42688_ERR_PARAMETER);
    bus.icm.dead = true;
    CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 100), ICM42688_ERR_NO_CHIP);

    sim_bus_init(&bus);
    bus.icm.id = 0x42; /* ICM-42605 */
    sim_bus_power(&bus);
    CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 100), ICM42688_ERR_WRONG_ID);

    sim_bus_init(&bus);
    bus.icm.no_reset_done = true;
    sim_bus_power(&bus);
    CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 100), ICM42688_ERR_RESET);

    static const uint8_t CHANGED[] = {
        ICM42688_INTF_CONFIG0, ICM42688_INT_CONFIG, ICM42688_INT_CONFIG1, ICM42688_INT_SOURCE0,
        ICM42688_GYRO_CONFIG0, ICM42688_ACCEL_CONFIG0, ICM42688_GYRO_ACCEL_CONFIG0,
        ICM42688_PWR_MGMT0};
    for (unsigned i = 0; i < sizeof CHANGED; i++) {
        sim_bus_init(&bus);
        bus.icm.stuck_register = CHANGED[i];
        bus.icm.stuck_bits = 0xFF;
        CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 100), ICM42688_ERR_READBACK);
        CHECK_EQUAL(chip.bad_register, CHANGED[i]);
    }

    sim_bus_init(&bus);
    bus.icm.no_samples = true;
    CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 100), ICM42688_OK);
    CHECK_EQUAL(icm42688_read(&chip, v), ICM42688_ERR_NOT_READY);
}

static void test_a_bus_fault_is_never_overlooked(void)
{
    sim_bus_init(&bus);
    CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 100), ICM42688_OK);
    const long transfers = bus.transfers;
    CHECK(transfers > 50);
    for (long i = 0; i < transfers; i++) {
        sim_bus_init(&bus);
        bus.fail_transfer = i;
        CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 100), ICM42688_ERR_BUS);
    }
}

static void test_plausibility(void)
{
    int16_t v[20][6];
    sim_bus_init(&bus);
    bus.icm.motion = at_rest;
    CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 100), ICM42688_OK);
    for (unsigned k = 0; k < 20; k++) {
        (void)sim_bus_next_interrupt(&bus);
        CHECK_EQUAL(icm42688_read(&chip, v[k]), ICM42688_OK);
    }
    const int16_t(*values)[6] = (const int16_t(*)[6])v;
    CHECK(icm42688_plausible_at_rest(values, 20));
    CHECK(!icm42688_plausible_at_rest(values, 1));
    bus.icm.motion = leaning; /* 300 deg/s is no rest */
    for (unsigned k = 0; k < 20; k++) {
        (void)sim_bus_next_interrupt(&bus);
        CHECK_EQUAL(icm42688_read(&chip, v[k]), ICM42688_OK);
    }
    CHECK(!icm42688_plausible_at_rest(values, 20));
    for (unsigned k = 0; k < 20; k++)
        memcpy(v[k], v[0], sizeof v[k]); /* frozen */
    CHECK(!icm42688_plausible_at_rest(values, 20));
    for (unsigned k = 0; k < 20; k++)
        for (unsigned i = 0; i < 6; i++)
            v[k][i] = (int16_t)(k & 1); /* falling freely */
    CHECK(!icm42688_plausible_at_rest(values, 20));
}

static void write(uint8_t address, uint8_t value, size_t length)
{
    const struct spi_port *port = &bus.port[SIM_ICM];
    const uint8_t out[3] = {address, value, value};
    port->select(port->context, true);
    (void)port->transfer(port->context, out, NULL, length);
    port->select(port->context, false);
}

static void expect(const char *rule)
{
    (void)drivers_check(sim_log_has(&bus.icm.log, rule), __FILE__, __LINE__, rule);
}

static void running(void)
{
    sim_bus_init(&bus);
    CHECK_EQUAL(icm42688_init(&chip, &bus.port[SIM_ICM], 100), ICM42688_OK);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

static void test_planted_mistakes(void)
{
    running();
    write(ICM42688_GYRO_ACCEL_CONFIG0, 0x11, 2);
    expect("write: register changed while a sensor runs");
    running();
    write(ICM42688_PWR_MGMT0, 0x00, 2);
    write(ICM42688_PWR_MGMT0, 0x0F, 2);
    write(ICM42688_ACCEL_CONFIG0, 0x28, 2);
    expect("PWR_MGMT0: a write within 200 us");
    running();
    write(ICM42688_PWR_MGMT0, 0x00, 2);
    write(ICM42688_PWR_MGMT0, 0x0F, 2);
    bus.now_ns += 300000;
    write(ICM42688_PWR_MGMT0, 0x00, 2);
    expect("PWR_MGMT0: gyroscope on for less than 45 ms");
    running();
    write(ICM42688_PWR_MGMT0, 0x00, 2);
    write(ICM42688_INT_CONFIG1, 0x10, 2); /* back to the reset value */
    write(ICM42688_PWR_MGMT0, 0x0F, 2);
    expect("INT_CONFIG1: INT_ASYNC_RESET left at 1");
    CHECK(icm42688_model_next_interrupt_ns(&bus.icm) == UINT64_MAX);
    running();
    write(ICM42688_PWR_MGMT0, 0x00, 2);
    write(ICM42688_INT_CONFIG, 0x03, 3);
    expect("write: burst write");
    running();
    write(ICM42688_PWR_MGMT0, 0x00, 2);
    write(ICM42688_GYRO_CONFIG1, 0x04, 2); /* a reserved bit dropped */
    expect("write: reserved bits changed");
    running();
    write(ICM42688_WHO_AM_I, 0x47, 2);
    expect("write: read only");
    running();
    write(ICM42688_DEVICE_CONFIG, 0x01, 2);
    write(ICM42688_INT_CONFIG, 0x03, 2);
    expect("soft reset: access within 1 ms");
    sim_bus_init(&bus);
    bus.force_mode = true;
    bus.forced_mode = SPI_MODE_1;
    (void)icm42688_init(&chip, &bus.port[SIM_ICM], 100);
    expect("SPI: mode is not 0 or 3");
    sim_bus_init(&bus);
    write(ICM42688_PWR_MGMT0, 0x0F, 2);
    expect("power-up: access within 1 ms");
}

static void test_each_wait_is_needed(void)
{
    running();
    const long delays = bus.delays;
    for (long i = 0; i < delays; i++) {
        int16_t v[6];
        sim_bus_init(&bus);
        bus.dropped_delay = i;
        if (icm42688_init(&chip, &bus.port[SIM_ICM], 200) == ICM42688_OK) {
            (void)icm42688_read(&chip, v);
            (void)icm42688_stop(&chip);
        }
        CHECK(sim_bus_violations(&bus) > 0);
    }
}

void test_icm42688(void)
{
    test_both_rates();
    test_faults();
    test_a_bus_fault_is_never_overlooked();
    test_plausibility();
    test_planted_mistakes();
    test_each_wait_is_needed();
}
