/* The emulation of hal/common/emulation.h with a modelled front end in place of computed samples:
 * chip models on a simulated SPI bus, the real drivers, the real sampling code.
 *
 * Linked instead of hal/common/emulation.c it makes firmware-posix-afe. The simulated bus has a
 * clock of its own that waits and bytes move; it is put in step with the device's clock at every
 * START, so that the time a driver spends (simulated) costs no real time. The input is a function
 * of device time alone, so that a host can check every sample of a recording:
 *   EMG channel c: 1 mV, 16 Hz, sine, its phase c eighths of a period late;
 *   IMU: 1 g turning about x once in 8 s; the rate of 45 deg/s on gx. */
#include <math.h>
#include <string.h>

#include "../../tests/models/sim_bus.h"
#include "afe_sampling.h"
#include "emulation.h"

#define TWO_PI 6.283185307179586

static struct {
    struct sim_bus bus;
    afe_sampling afe;
    int64_t ahead_ns; /* simulated bus time minus device time */
    void (*bench_leads)(void *ctx, uint16_t *p, uint16_t *n);
} THE;

static uint64_t device_ns(uint64_t bus_ns)
{
    return (uint64_t)((int64_t)bus_ns - THE.ahead_ns);
}

static int64_t input_nv(void *world, unsigned channel, uint64_t at_ns)
{
    (void)world;
    double seconds = (double)(int64_t)device_ns(at_ns) * 1e-9;
    return (int64_t)(1e6 * sin(TWO_PI * (16.0 * seconds - channel / 8.0)));
}

static void motion(void *world, uint64_t at_ns, int32_t ug[3], int32_t mdps[3])
{
    (void)world;
    double angle = TWO_PI / 8.0 * (double)(int64_t)device_ns(at_ns) * 1e-9;
    ug[0] = 0;
    ug[1] = (int32_t)(1e6 * cos(angle));
    ug[2] = (int32_t)(1e6 * sin(angle));
    mdps[0] = 45000;
    mdps[1] = mdps[2] = 0;
}

static bool sampling(void *ctx, uint8_t stream, uint32_t rate_mhz)
{
    fo_emulation *emu = ctx;
    bool good = afe_set_rate(&THE.afe, stream, rate_mhz);
    sim_bus_clear_interrupt(&THE.bus, stream == FO_STREAM_EMG ? SIM_ADS : SIM_ICM);
    fo_cadence_start(&emu->cadence[stream], emu->hal.now_us(emu->hal.ctx), good ? rate_mhz : 0);
    if (rate_mhz != 0)
        THE.ahead_ns = (int64_t)THE.bus.now_ns - (int64_t)(emu->hal.now_us(emu->hal.ctx) * 1000);
    return good;
}

static bool adc_read(void *ctx, uint32_t k, uint8_t mode, int32_t *channels)
{
    (void)ctx;
    (void)k;
    (void)mode;
    return afe_read_emg(&THE.afe, channels);
}

static bool imu_read(void *ctx, uint32_t k, int16_t v[FO_IMU_CHANNELS])
{
    (void)ctx;
    (void)k;
    return afe_read_imu(&THE.afe, v);
}

/* The bench takes electrodes off the model; what the core hears comes from the chip's status. */
static void leadoff(void *ctx, uint16_t *p, uint16_t *n)
{
    (void)ctx;
    afe_read_leadoff(&THE.afe, p, n);
}

static bool set_leadoff(void *ctx, uint8_t mode)
{
    (void)ctx;
    return afe_set_leadoff(&THE.afe, mode);
}

static bool set_gain(void *ctx, uint8_t channel, uint8_t gain)
{
    fo_emulation *emu = ctx;
    emu->gains[channel] = gain;
    return afe_set_gain(&THE.afe, channel, gain);
}

void fo_emulation_init(fo_emulation *emu, uint16_t model, const uint8_t serial[8])
{
    memset(emu, 0, offsetof(fo_emulation, ring));
    fo_hal *hal = &emu->hal;
    fo_board *board = &emu->board;
    hal->ctx = emu;
    hal->sampling = sampling;
    hal->adc_read = adc_read;
    hal->imu_read = imu_read;
    hal->set_gain = set_gain;
    hal->set_leadoff = set_leadoff;
    board->model = model;
    board->vendor = 1;
    memcpy(board->serial, serial, sizeof board->serial);
    board->serial[7] = 0xAF; /* a device of its own beside the other emulations */
    board->caps = FO_CAP_SET_RATE | FO_CAP_SET_GAIN | FO_CAP_SHORTED | FO_CAP_SQUARE |
                  FO_CAP_PATTERN | FO_CAP_LEAD_OFF | FO_CAP_MARK | FO_CAP_SYNC_IN |
                  FO_CAP_SYNC_OUT | FO_CAP_VBUS | FO_CAP_I16 | FO_CAP_SET_NAME | FO_CAP_SIMULATED;
    board->emg_channels = AFE_CHANNELS;
    board->emg_batch = 8;
    board->gain = 6;
    board->emg_rates = AFE_EMG_RATE;
    board->n_emg_rates = AFE_EMG_RATES;
    board->emg_rate = AFE_EMG_1000_HZ;
    board->imu_batch = 5;
    board->imu_rates = AFE_IMU_RATE;
    board->n_imu_rates = AFE_IMU_RATES;
    board->imu_rate = AFE_IMU_100_HZ;
    board->mount[0] = 16384;
    board->ring = emu->ring;
    board->ring_bytes = sizeof emu->ring;
}

void fo_emulation_boot(fo_emulation *emu, uint8_t reset_reason)
{
    if (emu->hal.leadoff != leadoff)
        THE.bench_leads = emu->hal.leadoff;
    emu->hal.leadoff = leadoff;
    memset(emu->cadence, 0, sizeof emu->cadence);
    memset(emu->skip, 0, sizeof emu->skip);
    memset(emu->gains, emu->board.gain, sizeof emu->gains);
    sim_bus_init(&THE.bus);
    THE.bus.ads.input_nv = input_nv;
    THE.bus.icm.motion = motion;
    afe_sampling_init(&THE.afe, &emu->device, &THE.bus.port[SIM_ADS], &THE.bus.port[SIM_ICM]);
    THE.ahead_ns = (int64_t)THE.bus.now_ns;
    fo_device_init(&emu->device, &emu->hal, &emu->board, reset_reason);
}

static uint64_t bus_time_of(uint64_t now_us)
{
    return (uint64_t)((int64_t)(now_us * 1000) + THE.ahead_ns);
}

static void serve(fo_emulation *emu, enum sim_chip chip)
{
    const unsigned stream = chip == SIM_ADS ? FO_STREAM_EMG : FO_STREAM_IMU;
    const uint64_t capture_us = device_ns(sim_bus_capture_ns(&THE.bus, chip)) / 1000;
    if (emu->skip[stream] > 0) {
        emu->skip[stream]--; /* the edge came, nobody was there */
    } else if (chip == SIM_ADS) {
        afe_on_drdy(&THE.afe, capture_us);
    } else {
        afe_on_imu(&THE.afe, capture_us);
    }
}

void fo_emulation_catch_up(fo_emulation *emu, uint64_t now_us)
{
    if (THE.bench_leads != NULL) {
        uint16_t p = 0, n = 0;
        THE.bench_leads(emu->hal.ctx, &p, &n);
        THE.bus.ads.electrode_off_p = (uint8_t)p;
        THE.bus.ads.electrode_off_n = (uint8_t)n;
    }
    const uint64_t until = bus_time_of(now_us);
    if (until > THE.bus.now_ns + FO_CATCH_UP_LIMIT_US * 1000)
        sim_bus_advance(&THE.bus, until); /* held up too long: these edges are lost */
    while (sim_bus_interrupt_ns(&THE.bus) <= until) {
        enum sim_chip chip = sim_bus_next_interrupt(&THE.bus);
        if (emu->cadence[chip == SIM_ADS ? FO_STREAM_EMG : FO_STREAM_IMU].rate_mhz != 0)
            serve(emu, chip);
    }
    if (until > THE.bus.now_ns)
        sim_bus_advance(&THE.bus, until);
}

uint64_t fo_emulation_next_due_us(const fo_emulation *emu)
{
    uint64_t due_us = fo_device_next_due_us(&emu->device);
    for (uint8_t s = 0; s < FO_STREAMS; s++) {
        const fo_stream *stream = &emu->device.streams[s];
        if (emu->cadence[s].rate_mhz == 0)
            continue;
        /* The conversion that completes the frame; those before it can wait for it. */
        uint64_t last_us = stream->seen ? stream->last_us : emu->cadence[s].start_us;
        uint64_t complete_us = last_us + (uint64_t)(stream->batch - stream->count) *
                                             UINT64_C(1000000000) / emu->cadence[s].rate_mhz;
        if (complete_us < due_us)
            due_us = complete_us;
    }
    return due_us;
}
