/* The ADS1298 driver against its register model: right sequences, data, faults of the part. */
#include <string.h>

#include "../drivers/ads1298.h"
#include "drivers_check.h"
#include "models/sim_bus.h"

static struct sim_bus bus;
static struct ads1298 chip;

static struct ads1298_config normal_config(uint16_t rate_sps)
{
    struct ads1298_config config = {.rate_sps = rate_sps, .lead_off = true};
    memset(config.gain, 6, sizeof config.gain);
    return config;
}

static enum ads1298_error bring_up(const struct ads1298_config *config)
{
    enum ads1298_error error = ads1298_power_up(&chip, &bus.port[SIM_ADS]);
    if (error == ADS1298_OK)
        error = ads1298_configure(&chip, config);
    if (error == ADS1298_OK)
        error = ads1298_start(&chip);
    return error;
}

static enum ads1298_error read_next(struct ads1298_frame *frame)
{
    CHECK(sim_bus_next_interrupt(&bus) == SIM_ADS);
    return ads1298_read(&chip, frame);
}

/* Channel c carries c + 1 millivolt and a slope of 1 uV per ms. */
static int64_t sloped_nv(void *world, unsigned channel, uint64_t at_ns)
{
    (void)world;
    return (int64_t)(channel + 1) * 1000000 + (int64_t)(at_ns / 1000);
}

static void test_every_rate_and_gain(void)
{
    static const uint16_t RATES[] = {500, 1000, 2000, 4000, 8000};
    static const uint8_t GAINS[] = {1, 2, 3, 4, 6, 8, 12};
    for (unsigned r = 0; r < sizeof RATES / sizeof RATES[0]; r++) {
        struct ads1298_config config = normal_config(RATES[r]);
        struct ads1298_frame frame;
        sim_bus_init(&bus);
        bus.ads.input_nv = sloped_nv;
        for (unsigned i = 0; i < ADS1298_CHANNELS; i++)
            config.gain[i] = GAINS[(i + r) % sizeof GAINS];
        CHECK_EQUAL(bring_up(&config), ADS1298_OK);
        CHECK_EQUAL(ads1298_model_rate_sps(&bus.ads), RATES[r]);
        uint64_t first_ns = 0;
        for (unsigned k = 0; k < 50; k++) {
            CHECK_EQUAL(read_next(&frame), ADS1298_OK);
            if (k == 0)
                first_ns = bus.ads.drdy_ns;
            uint64_t at = bus.ads.drdy_ns - (uint64_t)1500000000u / RATES[r];
            for (unsigned i = 0; i < ADS1298_CHANNELS; i++) {
                double uv = (double)sloped_nv(NULL, i, at) / 1000.0;
                double got = frame.sample[i] * 2.4e6 / config.gain[i] / 8388607.0;
                CHECK(got - uv < 0.35 && uv - got < 0.35); /* LSB 0.29 uV at gain 1 */
            }
            CHECK_EQUAL(frame.saturated | frame.leadoff_p | frame.leadoff_n, 0);
        }
        CHECK_EQUAL((bus.ads.drdy_ns - first_ns) / 1000, 49 * 1000000u / RATES[r]);
        CHECK_EQUAL(ads1298_stop(&chip), ADS1298_OK);
        CHECK(sim_bus_next_interrupt(&bus) == SIM_CHIPS);
        CHECK_EQUAL(ads1298_verify(&chip), ADS1298_OK);
        CHECK_EQUAL(ads1298_start(&chip), ADS1298_OK); /* and once more */
        CHECK_EQUAL(read_next(&frame), ADS1298_OK);
        CHECK_EQUAL(ads1298_stop(&chip), ADS1298_OK);
        ads1298_power_down(&chip);
        CHECK_EQUAL(bus.ads.unread, 0);
        CHECK_EQUAL(sim_bus_violations(&bus), 0);
    }
}

static void test_registers_as_planned(void)
{
    struct ads1298_config config = normal_config(2000);
    sim_bus_init(&bus);
    bus.ads.config2_reset = 0x40; /* as the table of the data sheet has it */
    CHECK_EQUAL(bring_up(&config), ADS1298_OK);
    CHECK_EQUAL(bus.ads.regs[ADS1298_REG_CONFIG1], 0xC4);
    CHECK_EQUAL(bus.ads.regs[ADS1298_REG_CONFIG3], 0xCC);
    CHECK_EQUAL(bus.ads.regs[ADS1298_REG_LOFF], 0x03);
    CHECK_EQUAL(bus.ads.regs[ADS1298_REG_CH1SET + 7], 0x00);
    CHECK_EQUAL(bus.ads.regs[ADS1298_REG_RLD_SENSP] & bus.ads.regs[ADS1298_REG_RLD_SENSN], 0xFF);
    CHECK_EQUAL(bus.ads.regs[ADS1298_REG_LOFF_SENSP] & bus.ads.regs[ADS1298_REG_LOFF_SENSN], 0xFF);
    CHECK_EQUAL(bus.ads.regs[ADS1298_REG_CONFIG4], 0x02);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

static void test_lead_off_and_saturation(void)
{
    struct ads1298_config config = normal_config(1000);
    struct ads1298_frame frame;
    sim_bus_init(&bus);
    CHECK_EQUAL(bring_up(&config), ADS1298_OK);
    for (unsigned i = 0; i < ADS1298_CHANNELS; i++) {
        bus.ads.electrode_off_p = (uint8_t)(1u << i);
        bus.ads.electrode_off_n = (uint8_t)(0x80u >> i);
        CHECK_EQUAL(read_next(&frame), ADS1298_OK);
        CHECK_EQUAL(frame.leadoff_p, 1u << i);
        CHECK_EQUAL(frame.leadoff_n, 0x80u >> i);
        CHECK_EQUAL(frame.saturated, 1u << i | 0x80u >> i);
    }
    bus.ads.electrode_off_p = bus.ads.electrode_off_n = 0;
    CHECK_EQUAL(read_next(&frame), ADS1298_OK);
    CHECK_EQUAL(frame.leadoff_p | frame.leadoff_n | frame.saturated, 0);
    CHECK_EQUAL(ads1298_stop(&chip), ADS1298_OK);
    config.lead_off = false; /* off means off: no bit, no current */
    CHECK_EQUAL(ads1298_configure(&chip, &config), ADS1298_OK);
    CHECK_EQUAL(ads1298_start(&chip), ADS1298_OK);
    bus.ads.electrode_off_p = 0xFF;
    CHECK_EQUAL(read_next(&frame), ADS1298_OK);
    CHECK_EQUAL(frame.leadoff_p | frame.saturated, 0);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

static void test_shorted_inputs(void)
{
    struct ads1298_config config = normal_config(2000);
    struct ads1298_frame frame;
    sim_bus_init(&bus);
    bus.ads.input_nv = sloped_nv; /* must not be seen */
    config.input = ADS1298_INPUT_SHORTED;
    CHECK_EQUAL(bring_up(&config), ADS1298_OK);
    int64_t square = 0;
    for (unsigned k = 0; k < 400; k++) {
        CHECK_EQUAL(read_next(&frame), ADS1298_OK);
        for (unsigned i = 0; i < ADS1298_CHANNELS; i++)
            square += (int64_t)frame.sample[i] * frame.sample[i];
    }
    double lsb_uv = 2.4e6 / 6 / 8388607.0;
    double mean_square_uv2 = (double)square / (400 * ADS1298_CHANNELS) * lsb_uv * lsb_uv;
    CHECK(mean_square_uv2 > 0 && mean_square_uv2 < 9.0); /* RMS < 3 uV: wire section 6 */
    CHECK_EQUAL(bus.ads.regs[ADS1298_REG_RLD_SENSP] | bus.ads.regs[ADS1298_REG_LOFF_SENSP], 0);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

static void test_square_wave(void)
{
    struct ads1298_config config = normal_config(1000);
    struct ads1298_frame frame;
    sim_bus_init(&bus);
    config.input = ADS1298_INPUT_SQUARE_WAVE;
    config.gain[3] = 12;
    CHECK_EQUAL(bring_up(&config), ADS1298_OK);
    unsigned edges = 0, first = 0, last = 0;
    bool was_positive = false;
    for (unsigned k = 0; k < 4200; k++) {
        CHECK_EQUAL(read_next(&frame), ADS1298_OK);
        bool positive = frame.sample[0] > 0;
        for (unsigned i = 0; i < ADS1298_CHANNELS; i++) {
            double uv = frame.sample[i] * 2.4e6 / config.gain[i] / 8388607.0;
            CHECK((uv > 0) == positive);
            CHECK((positive ? uv : -uv) > 950 && (positive ? uv : -uv) < 1050); /* 1 mV +-5 % */
        }
        if (k > 0 && positive != was_positive) {
            first = edges == 0 ? k : first;
            last = k;
            edges++;
        }
        was_positive = positive;
    }
    CHECK(edges >= 7);
    CHECK_EQUAL((last - first) * 2 / (edges - 1), 1024); /* 2^21 / 2.048 MHz = 1.024 s */
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

/* Traffic to the IMU on the same clock line raises DRDY; edge-driven reading does not care. */
static void test_foreign_traffic_before_the_read(void)
{
    struct ads1298_config config = normal_config(2000);
    struct ads1298_frame frame;
    uint8_t byte = 0xF5;
    sim_bus_init(&bus);
    bus.ads.input_nv = sloped_nv;
    CHECK_EQUAL(bring_up(&config), ADS1298_OK);
    CHECK(sim_bus_next_interrupt(&bus) == SIM_ADS);
    CHECK(bus.ads.drdy_low);
    const struct spi_port *imu = &bus.port[SIM_ICM];
    imu->select(imu->context, true);
    CHECK(imu->transfer(imu->context, &byte, NULL, 1));
    CHECK(imu->transfer(imu->context, NULL, &byte, 1));
    imu->select(imu->context, false);
    CHECK(!bus.ads.drdy_low);
    CHECK_EQUAL(ads1298_read(&chip, &frame), ADS1298_OK);
    CHECK(frame.sample[0] != 0);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

static void test_faults_of_the_part(void)
{
    struct ads1298_config config = normal_config(2000);
    struct ads1298_frame frame;
    sim_bus_init(&bus);
    bus.ads.dead = true;
    CHECK_EQUAL(bring_up(&config), ADS1298_ERR_NO_CHIP);
    CHECK_EQUAL(ads1298_configure(&chip, &config), ADS1298_ERR_STATE);

    sim_bus_init(&bus);
    bus.ads.id = 0x3E; /* ADS1299 */
    sim_bus_power(&bus);
    CHECK_EQUAL(bring_up(&config), ADS1298_ERR_WRONG_ID);
    CHECK_EQUAL(chip.id, 0x3E);

    config.gain[7] = 12;
    for (uint8_t address = ADS1298_REG_CONFIG1; address < ADS1298_REGISTERS; address++) {
        sim_bus_init(&bus);
        bus.ads.stuck_register = address;
        bus.ads.stuck_bits = 0xFF;
        enum ads1298_error error = bring_up(&config);
        bool changed = chip.shadow[address] != 0 && address != ADS1298_REG_PACE;
        if (address == ADS1298_REG_GPIO)
            changed = true;
        CHECK_EQUAL(error, changed ? ADS1298_ERR_READBACK : ADS1298_OK);
        if (changed) {
            CHECK_EQUAL(chip.bad_register, address);
            CHECK_EQUAL(ads1298_start(&chip), ADS1298_ERR_STATE);
        }
    }

    config = normal_config(2000);
    sim_bus_init(&bus);
    CHECK_EQUAL(bring_up(&config), ADS1298_OK);
    CHECK_EQUAL(read_next(&frame), ADS1298_OK);
    bus.ads.lose_sync = true;
    CHECK_EQUAL(read_next(&frame), ADS1298_ERR_SYNC);
    CHECK_EQUAL(chip.sync_errors, 1);
    bus.ads.dead = true; /* all ones: no 1100 either */
    CHECK_EQUAL(read_next(&frame), ADS1298_ERR_SYNC);
}

static void test_a_bus_fault_is_never_overlooked(void)
{
    struct ads1298_config config = normal_config(2000);
    struct ads1298_frame frame;
    sim_bus_init(&bus);
    CHECK_EQUAL(bring_up(&config), ADS1298_OK);
    CHECK_EQUAL(read_next(&frame), ADS1298_OK);
    CHECK_EQUAL(ads1298_stop(&chip), ADS1298_OK);
    const long transfers = bus.transfers;
    CHECK(transfers > 100);
    for (long i = 0; i < transfers; i++) {
        sim_bus_init(&bus);
        bus.fail_transfer = i;
        enum ads1298_error error = bring_up(&config);
        if (error == ADS1298_OK)
            error = read_next(&frame);
        if (error == ADS1298_OK)
            error = ads1298_stop(&chip);
        CHECK_EQUAL(error, ADS1298_ERR_BUS);
    }
}

static void test_wrong_calls_and_parameters(void)
{
    struct ads1298_config config = normal_config(2000);
    struct ads1298_frame frame;
    sim_bus_init(&bus);
    CHECK_EQUAL(ads1298_power_up(&chip, &bus.port[SIM_ADS]), ADS1298_OK);
    CHECK_EQUAL(ads1298_start(&chip), ADS1298_ERR_STATE);
    CHECK_EQUAL(ads1298_read(&chip, &frame), ADS1298_ERR_STATE);
    CHECK_EQUAL(ads1298_stop(&chip), ADS1298_ERR_STATE);
    config.rate_sps = 1500;
    CHECK_EQUAL(ads1298_configure(&chip, &config), ADS1298_ERR_PARAMETER);
    config.rate_sps = 32000; /* does not fit the wire's 4000 Hz nor 17 bits */
    CHECK_EQUAL(ads1298_configure(&chip, &config), ADS1298_ERR_PARAMETER);
    config = normal_config(2000);
    config.gain[5] = 5;
    CHECK_EQUAL(ads1298_configure(&chip, &config), ADS1298_ERR_PARAMETER);
    config = normal_config(2000);
    CHECK_EQUAL(ads1298_configure(&chip, &config), ADS1298_OK);
    CHECK_EQUAL(ads1298_start(&chip), ADS1298_OK);
    CHECK_EQUAL(ads1298_configure(&chip, &config), ADS1298_ERR_STATE);
    CHECK_EQUAL(ads1298_verify(&chip), ADS1298_ERR_STATE);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

void test_ads1298(void)
{
    test_every_rate_and_gain();
    test_registers_as_planned();
    test_lead_off_and_saturation();
    test_shorted_inputs();
    test_square_wave();
    test_foreign_traffic_before_the_read();
    test_faults_of_the_part();
    test_a_bus_fault_is_never_overlooked();
    test_wrong_calls_and_parameters();
}
