/* Negative controls: drivers with one mistake each, and the real driver without one of its waits.
 * A model that accepts any of them proves nothing about the driver. */
#include <string.h>

#include "../drivers/ads1298.h"
#include "drivers_check.h"
#include "models/sim_bus.h"

static struct sim_bus bus;
static struct ads1298 chip;

static struct ads1298_config normal_config(void)
{
    struct ads1298_config config = {.rate_sps = 2000, .lead_off = true};
    memset(config.gain, 6, sizeof config.gain);
    return config;
}

/* Bytes with a pause after each, as the driver sends commands. */
static void send(const uint8_t *bytes, size_t count, uint32_t pause_us)
{
    const struct spi_port *port = &bus.port[SIM_ADS];
    port->delay_us(port->context, 2);
    port->select(port->context, true);
    for (size_t i = 0; i < count; i++) {
        (void)port->transfer(port->context, &bytes[i], NULL, 1);
        port->delay_us(port->context, pause_us);
    }
    port->delay_us(port->context, 3);
    port->select(port->context, false);
}

static void send_register(uint8_t address, uint8_t value)
{
    const uint8_t bytes[3] = {(uint8_t)(0x40 | address), 0, value};
    send(bytes, sizeof bytes, 3);
}

static void send_command(uint8_t opcode)
{
    send(&opcode, 1, 3);
}

static void read_bytes(size_t count)
{
    const struct spi_port *port = &bus.port[SIM_ADS];
    uint8_t raw[64];
    port->select(port->context, true);
    port->delay_us(port->context, 3);
    (void)port->transfer(port->context, NULL, raw, count);
    port->delay_us(port->context, 3);
    port->select(port->context, false);
}

/* A chip that is powered, reset and, if wanted, configured and streaming by the real driver. */
static void prepare(bool streaming)
{
    struct ads1298_config config = normal_config();
    sim_bus_init(&bus);
    CHECK_EQUAL(ads1298_power_up(&chip, &bus.port[SIM_ADS]), ADS1298_OK);
    if (streaming) {
        CHECK_EQUAL(ads1298_configure(&chip, &config), ADS1298_OK);
        CHECK_EQUAL(ads1298_start(&chip), ADS1298_OK);
        (void)sim_bus_next_interrupt(&bus);
    }
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

static void expect(const char *rule)
{
    (void)drivers_check(sim_log_has(&bus.ads.log, rule), __FILE__, __LINE__, rule);
}

static void test_wrong_register_access(void)
{
    prepare(false); /* WREG without SDATAC after a reset: ignored by the chip */
    send_command(ADS1298_CMD_RESET);
    bus.now_ns += 20000;
    send_register(ADS1298_REG_CONFIG1, 0x84);
    expect("RREG/WREG: ignored in RDATAC");
    CHECK_EQUAL(bus.ads.regs[ADS1298_REG_CONFIG1], 0x06);

    prepare(true); /* the same while streaming */
    send_register(ADS1298_REG_CONFIG1, 0x85);
    expect("RREG/WREG: ignored in RDATAC");

    prepare(false); /* no time to decode between the bytes of a command, at 8 MHz */
    bus.line[SIM_ADS].clock_hz = 8000000;
    const uint8_t wreg[3] = {0x41, 0, 0x84};
    send(wreg, sizeof wreg, 0);
    expect("command: bytes closer than 4 tCLK");

    prepare(false);
    send_register(ADS1298_REG_CONFIG3, 0x8C);
    expect("CONFIG3: bit 6 must be 1");
    prepare(false);
    send_register(ADS1298_REG_CH1SET, 0x08);
    expect("CHnSET: reserved bit");
    prepare(false);
    send_register(ADS1298_REG_CONFIG1, 0x87);
    expect("CONFIG1: reserved bits or rate");
    prepare(false);
    send_register(ADS1298_REG_LOFF_STATP, 0x01);
    expect("WREG: the register is read only");
    prepare(false);
    send(wreg, 2, 3); /* CS up before the value */
    expect("command: CS went high in the middle");
    prepare(false);
    send_command(0x15);
    expect("command: unknown opcode");
}

static void test_wrong_power_up(void)
{
    const struct spi_port *port = &bus.port[SIM_ADS];
    sim_bus_init(&bus); /* straight to the registers */
    CHECK(port->configure(port->context, SPI_MODE_1, 4000000));
    port->set_pin(port->context, SPI_PIN_PWDN, true);
    port->set_pin(port->context, SPI_PIN_RESET, true);
    send_command(ADS1298_CMD_SDATAC);
    expect("power-up: no RESET after 2^18 tCLK");

    sim_bus_init(&bus);
    bus.force_mode = true;
    bus.forced_mode = SPI_MODE_0;
    (void)ads1298_power_up(&chip, &bus.port[SIM_ADS]);
    expect("SPI: mode is not 1");

    prepare(false); /* conversions before the reference is up */
    send_register(ADS1298_REG_CONFIG3, 0xCC);
    port->set_pin(port->context, SPI_PIN_START, true);
    expect("START: the internal reference has not settled");
    prepare(false);
    port->set_pin(port->context, SPI_PIN_START, true);
    expect("START: the internal reference is off");

    prepare(false); /* lead-off sensing with the reset value of FLEAD_OFF */
    send_register(ADS1298_REG_CONFIG3, 0xCC);
    bus.now_ns += 200000000;
    send_register(ADS1298_REG_LOFF_SENSP, 0xFF);
    port->set_pin(port->context, SPI_PIN_START, true);
    expect("LOFF: FLEAD_OFF must be 01 or 11");
}

static void test_wrong_reading(void)
{
    struct ads1298_frame frame;
    prepare(true);
    read_bytes(24); /* a driver that forgot the status word */
    expect("read: not 27 bytes");
    prepare(true);
    read_bytes(54);
    expect("read: not 27 bytes");

    prepare(true);
    CHECK_EQUAL(ads1298_read(&chip, &frame), ADS1298_OK);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
    (void)ads1298_read(&chip, &frame); /* twice on one edge */
    expect("read: no new conversion");

    prepare(true); /* so late that the next conversion comes in the middle */
    bus.now_ns += 470000;
    (void)ads1298_read(&chip, &frame);
    expect("read: a new conversion arrived");

    prepare(true); /* an edge missed: counted, and the next frame is whole */
    (void)sim_bus_next_interrupt(&bus);
    CHECK_EQUAL(ads1298_read(&chip, &frame), ADS1298_OK);
    CHECK_EQUAL(bus.ads.unread, 1);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);

    prepare(true); /* bytes left over in the transmit buffer are commands */
    const struct spi_port *port = &bus.port[SIM_ADS];
    const uint8_t stale[27] = {0, 0, 0, ADS1298_CMD_SDATAC};
    uint8_t raw[27];
    port->select(port->context, true);
    port->delay_us(port->context, 3);
    (void)port->transfer(port->context, stale, raw, sizeof raw);
    port->select(port->context, false);
    CHECK(sim_bus_violations(&bus) > 0);
    CHECK(!bus.ads.rdatac);

    prepare(true); /* RDATAC on the edge: 2 us of wait and 2 us of byte end 1 us before it */
    bus.now_ns = ads1298_model_next_drdy_ns(&bus.ads) - 5000;
    send_command(ADS1298_CMD_RDATAC);
    expect("RDATAC: within 4 tCLK of DRDY");
}

static void whole_run(long dropped)
{
    struct ads1298_config config = normal_config();
    struct ads1298_frame frame;
    sim_bus_init(&bus);
    bus.dropped_delay = dropped;
    bus.forced_clock_hz = 20000000; /* the fastest the chip takes: bytes of 400 ns hide no wait */
    if (ads1298_power_up(&chip, &bus.port[SIM_ADS]) != ADS1298_OK)
        return;
    if (ads1298_configure(&chip, &config) != ADS1298_OK)
        return;
    if (ads1298_start(&chip) != ADS1298_OK)
        return;
    (void)sim_bus_next_interrupt(&bus);
    (void)ads1298_read(&chip, &frame);
    (void)ads1298_stop(&chip);
    (void)ads1298_verify(&chip);
}

/* Every wait of the driver is needed: without any single one the model finds a broken rule. Two
 * are not: the CS-high times that follow the long waits for the reset and for the reference. */
static void test_each_wait_is_needed(void)
{
    whole_run(-1);
    const long delays = bus.delays;
    long idle = 0;
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
    CHECK(delays > 150);
    for (long i = 0; i < delays; i++) {
        whole_run(i);
        idle += sim_bus_violations(&bus) == 0;
    }
    CHECK_EQUAL(idle, 2);
}

void test_ads1298_planted(void)
{
    test_wrong_register_access();
    test_wrong_power_up();
    test_wrong_reading();
    test_each_wait_is_needed();
}
