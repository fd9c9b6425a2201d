/* The whole device on the modelled front end: commands in, frames out; chips, drivers, decimator,
 * sampling and core are the real ones, only the silicon is modelled. */
#include <string.h>

#include "../hal/board/afe_sampling.h"
#include "afe_host.h"
#include "bytes.h"
#include "drivers_check.h"
#include "models/sim_bus.h"

enum { RING_BYTES = 16384 };

static struct sim_bus bus;
static fo_device device;
static afe_sampling afe;
static fo_board board;
static fo_hal hal;
static uint8_t ring[RING_BYTES];

static uint64_t now_us(void *ctx)
{
    (void)ctx;
    return bus.now_ns / 1000;
}

static uint8_t command(uint8_t code, const uint8_t *arguments, size_t n)
{
    uint8_t packet[FO_MAX_PACKET_BYTES + 1];
    size_t length = command_packet(code, arguments, n, packet);
    seen.ack_status = 0xFF;
    for (size_t i = 0; i < length; i++)
        fo_device_rx(&device, packet[i], now_us(NULL));
    fo_device_poll(&device);
    return seen.ack_status;
}

static uint8_t start(void)
{
    static const uint8_t BOTH[6] = {0, 0, 3};
    memset(&seen, 0, sizeof seen);
    return command(FO_CMD_START, BOTH, sizeof BOTH);
}

static uint8_t set_rate(uint8_t stream, uint32_t mhz)
{
    uint8_t arguments[6] = {stream, FO_KEEP_FORMAT};
    fo_put32(arguments + 2, mhz);
    return command(FO_CMD_SET_RATE, arguments, sizeof arguments);
}

static uint8_t self_test(uint8_t mode)
{
    const uint8_t arguments[2] = {mode, 0};
    return command(FO_CMD_SELFTEST, arguments, sizeof arguments);
}

/* --- the board -------------------------------------------------------------------------------- */

static bool sampling(void *ctx, uint8_t stream, uint32_t mhz)
{
    bool good = afe_set_rate(ctx, stream, mhz);
    sim_bus_clear_interrupt(&bus, stream == FO_STREAM_EMG ? SIM_ADS : SIM_ICM);
    return good;
}
static bool adc_read(void *ctx, uint32_t k, uint8_t mode, int32_t *channels)
{
    (void)k;
    (void)mode;
    return afe_read_emg(ctx, channels);
}
static bool imu_read(void *ctx, uint32_t k, int16_t v[FO_IMU_CHANNELS])
{
    (void)k;
    return afe_read_imu(ctx, v);
}
static void leadoff(void *ctx, uint16_t *p, uint16_t *n)
{
    afe_read_leadoff(ctx, p, n);
}
static bool set_leadoff(void *ctx, uint8_t mode)
{
    return afe_set_leadoff(ctx, mode);
}
static bool set_gain(void *ctx, uint8_t channel, uint8_t gain)
{
    return afe_set_gain(ctx, channel, gain);
}
static uint32_t rand32(void *ctx)
{
    (void)ctx;
    return 0x12345678;
}

static void boot(void)
{
    static const uint8_t VERSIONS[4] = {0, 1, 0, 1};
    sim_bus_init(&bus);
    bus.ads.input_nv = tone_nv;
    bus.icm.motion = turning;
    memset(&hal, 0, sizeof hal);
    memset(&board, 0, sizeof board);
    hal.ctx = &afe;
    hal.now_us = now_us;
    hal.sampling = sampling;
    hal.adc_read = adc_read;
    hal.imu_read = imu_read;
    hal.tx_write = take;
    hal.rand32 = rand32;
    hal.leadoff = leadoff;
    hal.set_leadoff = set_leadoff;
    hal.set_gain = set_gain;
    board.caps = FO_CAP_SET_RATE | FO_CAP_SET_GAIN | FO_CAP_SHORTED | FO_CAP_SQUARE |
                 FO_CAP_LEAD_OFF;
    board.emg_channels = AFE_CHANNELS;
    board.emg_batch = 8;
    board.gain = 6;
    board.emg_rates = AFE_EMG_RATE;
    board.n_emg_rates = AFE_EMG_RATES;
    board.emg_rate = AFE_EMG_1000_HZ;
    board.imu_batch = 5;
    board.imu_rates = AFE_IMU_RATE;
    board.n_imu_rates = AFE_IMU_RATES;
    board.imu_rate = AFE_IMU_100_HZ;
    board.ring = ring;
    board.ring_bytes = sizeof ring;
    memset(&seen, 0, sizeof seen);
    wanted_uv = tone_uv;
    afe_sampling_init(&afe, &device, &bus.port[SIM_ADS], &bus.port[SIM_ICM]);
    fo_device_init(&device, &hal, &board, FO_RESET_POWER_ON);
    CHECK_EQUAL(command(FO_CMD_HELLO, VERSIONS, sizeof VERSIONS), FO_OK);
}

/* Serves interrupts for a while; `skip` of the first ones of the converter are lost. */
static void run_ms(unsigned ms, unsigned skip)
{
    const uint64_t end = bus.now_ns + ms * UINT64_C(1000000);
    while (bus.now_ns < end) {
        enum sim_chip chip = sim_bus_next_interrupt(&bus);
        if (chip == SIM_CHIPS) {
            sim_bus_advance(&bus, end);
        } else if (chip == SIM_ADS) {
            uint64_t edge_us = sim_bus_capture_ns(&bus, chip) / 1000;
            if (skip > 0)
                skip--;
            else
                afe_on_drdy(&afe, edge_us);
        } else {
            afe_on_imu(&afe, sim_bus_capture_ns(&bus, chip) / 1000);
        }
        fo_device_poll(&device);
    }
}

/* --- tests ------------------------------------------------------------------------------------ */

/* What HELLO says of the delay is what the samples have: to 10 us, end to end. */
static void test_every_rate_is_true_to_its_delay(void)
{
    boot();
    for (unsigned r = 0; r < AFE_EMG_RATES; r++) {
        const fo_rate *rate = &AFE_EMG_RATE[r];
        const uint32_t hz = rate->rate_mhz / 1000;
        uint32_t conversions = hz * (rate->flags & FO_STREAM_DECIMATED ? 2u : 1u);
        uint32_t delay_us = ads1298_group_delay_us((uint16_t)conversions);
        if ((rate->flags & FO_STREAM_DECIMATED) != 0)
            delay_us += decimator_group_delay_us(conversions);
        CHECK_EQUAL(rate->group_delay_us, delay_us);
        CHECK_EQUAL(AFE_IMU_RATE[r % 2].group_delay_us, icm42688_group_delay_us());
        CHECK_EQUAL(set_rate(FO_STREAM_EMG, rate->rate_mhz), FO_OK);
        CHECK_EQUAL(set_rate(FO_STREAM_IMU, r % 2 == 0 ? 100000 : 200000), FO_OK);
        CHECK_EQUAL(start(), FO_OK);
        run_ms(400, 0);
        CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
        CHECK(seen.samples[0] > hz * 32 / 100 && seen.samples[0] <= hz * 41 / 100);
        CHECK(seen.samples[1] >= (r % 2 == 0 ? 38u : 76u));
        CHECK(seen.worst_uv < 0.35);
        CHECK(seen.worst_imu < 1.5);
        CHECK_EQUAL(seen.gaps, 0);
        CHECK_EQUAL(seen.bad, 0);
        CHECK_EQUAL(seen.flags & ~FO_FLAG_DEGRADED, 0);
    }
    CHECK_EQUAL(device.samples_missed, 0);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
    /* Negative control: the same samples against a delay 50 us off are found out. */
    CHECK_EQUAL(set_rate(FO_STREAM_EMG, 1000000), FO_OK);
    CHECK_EQUAL(start(), FO_OK);
    group_delay_us[0] += 50;
    run_ms(300, 0);
    CHECK(seen.worst_uv > 1.0);
    CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
}

/* Lost data-ready interrupts cost samples, never their time or value. */
static void test_lost_interrupts(void)
{
    for (unsigned lost = 1; lost <= 5; lost += 2) {
        boot();
        CHECK_EQUAL(start(), FO_OK);
        run_ms(200, 0);
        uint32_t before = seen.next_index[0];
        run_ms(300, lost);
        CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
        CHECK_EQUAL(afe.conversions_lost, lost);
        /* The window of 63 conversions must fill again: 31 to 32 outputs, and those lost. */
        CHECK(device.samples_missed >= 31 && device.samples_missed <= 32 + lost / 2);
        CHECK_EQUAL(seen.gaps, device.samples_missed);
        /* `before` counts whole frames of 8 only. */
        CHECK(seen.next_index[0] >= before + 299 && seen.next_index[0] <= before + 308);
        CHECK(seen.worst_uv < 0.35);
        CHECK_EQUAL(sim_bus_violations(&bus), 0);
    }
}

static void test_electrodes_come_off(void)
{
    boot();
    CHECK_EQUAL(start(), FO_OK);
    run_ms(100, 0);
    CHECK_EQUAL(seen.lead_events, 0);
    bus.ads.electrode_off_p = 0x04;
    bus.ads.electrode_off_n = 0x80;
    run_ms(50, 0);
    CHECK_EQUAL(seen.lead_events, 1);
    CHECK_EQUAL(seen.lead_value, 0x04 | 0x80 << 16);
    CHECK((seen.flags & FO_FLAG_LEAD_OFF) != 0);
    CHECK((seen.flags & FO_FLAG_SATURATED) != 0);
    bus.ads.electrode_off_p = bus.ads.electrode_off_n = 0;
    run_ms(50, 0);
    CHECK_EQUAL(seen.lead_events, 2);
    CHECK_EQUAL(seen.lead_value, 0);
    /* Without conversions nobody knows: what was told last stays, and no event says otherwise. */
    bus.ads.electrode_off_p = 0x01;
    run_ms(50, 0);
    CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
    run_ms(2500, 0);
    CHECK_EQUAL(seen.lead_events, 3);
    CHECK_EQUAL(seen.lead_value, 0x01);
    CHECK_EQUAL(device.leadoff_p, 0x01);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

static void test_self_tests(void)
{
    boot();
    wanted_uv = zero_uv;
    CHECK_EQUAL(self_test(FO_SHORTED), FO_OK);
    CHECK_EQUAL(start(), FO_OK);
    run_ms(200, 0);
    CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
    CHECK(seen.samples[0] > 150);
    CHECK(seen.worst_uv > 0 && seen.worst_uv < 3.0);
    CHECK((seen.flags & FO_FLAG_TEST_SIGNAL) != 0);
    CHECK_EQUAL(self_test(FO_SQUARE), FO_OK);
    CHECK_EQUAL(start(), FO_OK);
    run_ms(400, 0);
    CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
    CHECK(seen.worst_uv > 950 && seen.worst_uv < 1300); /* 1 mV, the FIR rings at the edges */
    CHECK_EQUAL(self_test(FO_NORMAL), FO_OK);
    wanted_uv = tone_uv;
    CHECK_EQUAL(start(), FO_OK);
    run_ms(200, 0);
    CHECK(seen.worst_uv < 0.35);
    CHECK_EQUAL(sim_bus_violations(&bus), 0);
}

static void test_faults_reach_the_host(void)
{
    boot();
    CHECK_EQUAL(start(), FO_OK);
    run_ms(100, 0);
    bus.ads.lose_sync = true;
    run_ms(20, 0);
    CHECK_EQUAL(seen.stopped_by, FO_STOP_AFE);
    uint32_t stopped_at = seen.next_index[0];
    run_ms(100, 0);
    CHECK_EQUAL(seen.next_index[0], stopped_at);
    bus.ads.lose_sync = false; /* it passed: the next START works */
    CHECK_EQUAL(start(), FO_OK);
    run_ms(100, 0);
    CHECK(seen.samples[0] > 50 && seen.worst_uv < 0.35);
    CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
    bus.ads.stuck_register = ADS1298_REG_CONFIG1; /* holds 2000 SPS for ever */
    bus.ads.stuck_bits = 0xFF;
    CHECK_EQUAL(set_rate(FO_STREAM_EMG, 2000000), FO_OK);
    CHECK_EQUAL(start(), FO_OK); /* that is what it holds */
    CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
    CHECK_EQUAL(set_rate(FO_STREAM_EMG, 4000000), FO_OK);
    CHECK_EQUAL(start(), FO_AFE_FAULT);
    CHECK_EQUAL(afe.ads_error, ADS1298_ERR_READBACK);

    boot(); /* USB took the supply of the converter away and gave it back */
    CHECK_EQUAL(start(), FO_OK);
    run_ms(50, 0);
    CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
    ads1298_model_pin(&bus.ads, ADS_MODEL_PWDN, false, bus.now_ns);
    run_ms(100, 0);
    ads1298_model_pin(&bus.ads, ADS_MODEL_PWDN, true, bus.now_ns);
    run_ms(1000, 0);
    for (unsigned i = 0; i < 2; i++) {
        CHECK_EQUAL(start(), FO_OK);
        run_ms(100, 0);
        CHECK(seen.samples[0] > 50 && seen.worst_uv < 0.35);
        CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
    }

    boot(); /* it had none when the device was switched on */
    bus.ads.dead = true;
    afe_sampling_init(&afe, &device, &bus.port[SIM_ADS], &bus.port[SIM_ICM]);
    CHECK_EQUAL(start(), FO_AFE_FAULT);
    bus.ads.dead = false;
    CHECK_EQUAL(start(), FO_OK);
    run_ms(100, 0);
    CHECK(seen.samples[0] > 50 && seen.worst_uv < 0.35);
    CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);

    boot(); /* no data-ready at all: the core finds out within its second */
    CHECK_EQUAL(start(), FO_OK);
    run_ms(100, 0);
    bus.ads.standby = true;
    bus.ads.converting = false;
    run_ms(1500, 0);
    CHECK_EQUAL(seen.stopped_by, FO_STOP_AFE);

    boot(); /* another IMU in its place */
    bus.icm.regs[ICM42688_WHO_AM_I] = 0x42;
    bus.icm.id = 0x42;
    CHECK_EQUAL(set_rate(FO_STREAM_IMU, 200000), FO_OK);
    CHECK_EQUAL(start(), FO_AFE_FAULT);
    CHECK_EQUAL(afe.icm_error, ICM42688_ERR_WRONG_ID);
}

void test_afe_sampling(void)
{
    test_every_rate_is_true_to_its_delay();
    test_lost_interrupts();
    test_electrodes_come_off();
    test_self_tests();
    test_faults_reach_the_host();
}
