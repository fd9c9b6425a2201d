#include "afe_sampling.h"

#include <string.h>

/* Delay: sinc3 of the converter, and the FIR where the stream is decimated; tests hold these
 * numbers against the drivers' own. */
#define CONVERTED (FO_STREAM_CALIBRATED | FO_STREAM_HARDWARE_TIME)

const fo_rate AFE_EMG_RATE[AFE_EMG_RATES] = {
    {500000, 32500, CONVERTED | FO_STREAM_DECIMATED},
    {1000000, 16250, CONVERTED | FO_STREAM_DECIMATED},
    {2000000, 750, CONVERTED},
    {4000000, 375, CONVERTED},
};

const fo_rate AFE_IMU_RATE[AFE_IMU_RATES] = {
    {100000, 8300, CONVERTED},
    {200000, 8300, CONVERTED},
};

void afe_sampling_init(afe_sampling *afe, fo_device *device, const struct spi_port *ads_port,
                       const struct spi_port *icm_port)
{
    memset(afe, 0, sizeof *afe);
    afe->device = device;
    afe->ads_port = ads_port;
    afe->icm_port = icm_port;
    afe->lead_off = true;
    memset(afe->gains, 6, sizeof afe->gains);
    afe->ads_error = ads1298_power_up(&afe->ads, ads_port);
    afe->ads_present = afe->ads_error == ADS1298_OK;
    afe->icm_error = icm42688_init(&afe->icm, icm_port, 100);
    afe->icm_present = afe->icm_error == ICM42688_OK;
}

/* A converter that lost its supply reads continuously again and hears no register command: then it is
 * powered up anew, once. */
static enum ads1298_error configure(afe_sampling *afe, const struct ads1298_config *config)
{
    enum ads1298_error error = ads1298_configure(&afe->ads, config);
    if (error == ADS1298_OK || error == ADS1298_ERR_PARAMETER)
        return error;
    error = ads1298_power_up(&afe->ads, afe->ads_port);
    afe->ads_present = error == ADS1298_OK;
    return afe->ads_present ? ads1298_configure(&afe->ads, config) : error;
}

static bool start_emg(afe_sampling *afe, uint32_t rate_mhz)
{
    struct ads1298_config config;
    memset(&config, 0, sizeof config);
    afe->decimated = rate_mhz <= 1000000;
    config.rate_sps = (uint16_t)(rate_mhz / 1000 * (afe->decimated ? DECIMATOR_FACTOR : 1));
    memcpy(config.gain, afe->gains, sizeof config.gain);
    config.lead_off = afe->lead_off;
    if (afe->device->selftest == FO_SHORTED)
        config.input = ADS1298_INPUT_SHORTED;
    else if (afe->device->selftest == FO_SQUARE)
        config.input = ADS1298_INPUT_SQUARE_WAVE;
    afe->conversions_mhz = (uint32_t)config.rate_sps * 1000;
    afe->captured = afe->emg_valid = false;
    afe->leadoff_p = afe->leadoff_n = 0;
    afe->leads_fresh = false;
    decimator_reset(&afe->decimator);
    /* Every START writes all registers and reads them back: a front end that lost its settings
     * is found here, not in the data. */
    afe->ads_error = configure(afe, &config);
    if (afe->ads_error == ADS1298_OK)
        afe->ads_error = ads1298_start(&afe->ads);
    return afe->ads_error == ADS1298_OK;
}

static bool start_imu(afe_sampling *afe, uint32_t rate_mhz)
{
    const uint16_t rate_hz = (uint16_t)(rate_mhz / 1000);
    afe->imu_valid = false;
    if (rate_hz != afe->icm.rate_hz || !afe->icm.running) {
        if (afe->icm.running)
            (void)icm42688_stop(&afe->icm);
        afe->icm_error = icm42688_init(&afe->icm, afe->icm_port, rate_hz);
    } else {
        afe->icm_error = icm42688_verify(&afe->icm);
    }
    afe->icm_present = afe->icm_error == ICM42688_OK;
    return afe->icm_error == ICM42688_OK;
}

bool afe_set_rate(afe_sampling *afe, uint8_t stream, uint32_t rate_mhz)
{
    if (stream == FO_STREAM_IMU) {
        afe->imu_running = rate_mhz != 0 && start_imu(afe, rate_mhz);
        return rate_mhz == 0 || afe->imu_running;
    }
    if (afe->emg_running)
        (void)ads1298_stop(&afe->ads);
    afe->emg_running = rate_mhz != 0 && start_emg(afe, rate_mhz);
    return rate_mhz == 0 || afe->emg_running;
}

bool afe_read_emg(afe_sampling *afe, int32_t *channels)
{
    if (!afe->emg_valid)
        return false;
    memcpy(channels, afe->emg, sizeof afe->emg);
    return true;
}

bool afe_read_imu(afe_sampling *afe, int16_t v[FO_IMU_CHANNELS])
{
    if (!afe->imu_valid)
        return false;
    memcpy(v, afe->imu, sizeof afe->imu);
    return true;
}

void afe_read_leadoff(afe_sampling *afe, uint16_t *p, uint16_t *n)
{
    if (afe->leads_fresh) {
        afe->told_p = afe->leadoff_p;
        afe->told_n = afe->leadoff_n;
    }
    *p = afe->told_p;
    *n = afe->told_n;
    afe->leadoff_p = afe->leadoff_n = 0;
    afe->leads_fresh = false;
}

bool afe_set_leadoff(afe_sampling *afe, uint8_t mode)
{
    if (mode > 1)
        return false; /* the ADS1298 has no current for an impedance scan */
    afe->lead_off = mode == 1; /* takes effect at START, as the command is for idle only */
    return true;
}

bool afe_set_gain(afe_sampling *afe, uint8_t channel, uint8_t gain)
{
    if (channel >= AFE_CHANNELS || !ads1298_gain_supported(gain))
        return false;
    afe->gains[channel] = gain;
    return true;
}

/* Conversions that went by since the last capture, without this one. */
static uint32_t lost_before(afe_sampling *afe, uint64_t capture_us)
{
    uint32_t lost = 0;
    if (afe->captured && capture_us > afe->last_capture_us) {
        uint64_t periods_1e9 = (capture_us - afe->last_capture_us) * afe->conversions_mhz;
        if (periods_1e9 > UINT64_C(1500000000)) /* the core's own limit: 1.5 periods */
            lost = (uint32_t)((periods_1e9 + 500000000u) / 1000000000u - 1u);
    }
    afe->captured = true;
    afe->last_capture_us = capture_us;
    return lost;
}

void afe_on_drdy(afe_sampling *afe, uint64_t capture_us)
{
    struct ads1298_frame frame;
    if (!afe->emg_running)
        return;
    uint32_t lost = lost_before(afe, capture_us);
    if (lost > 0) {
        /* The window starts anew; the core sees the missing time in the next capture. */
        afe->conversions_lost += lost;
        (void)decimator_gap(&afe->decimator, lost);
    }
    afe->ads_error = ads1298_read(&afe->ads, &frame);
    if (afe->ads_error != ADS1298_OK) {
        /* Without its 1100 the status word, and so all 27 bytes, cannot be trusted. */
        fo_device_afe_fault(afe->device);
        return;
    }
    afe->leadoff_p |= frame.leadoff_p;
    afe->leadoff_n |= frame.leadoff_n;
    afe->leads_fresh = true;
    if (afe->decimated) {
        if (decimator_push(&afe->decimator, frame.sample, afe->emg) != DECIMATOR_OUTPUT)
            return;
    } else {
        memcpy(afe->emg, frame.sample, sizeof afe->emg);
    }
    afe->emg_valid = true;
    fo_device_data_ready(afe->device, FO_STREAM_EMG, capture_us);
}

void afe_on_imu(afe_sampling *afe, uint64_t capture_us)
{
    if (!afe->imu_running)
        return;
    afe->icm_error = icm42688_read(&afe->icm, afe->imu);
    afe->imu_valid = afe->icm_error == ICM42688_OK;
    afe->imu_errors += !afe->imu_valid;
    fo_device_data_ready(afe->device, FO_STREAM_IMU, capture_us);
}
