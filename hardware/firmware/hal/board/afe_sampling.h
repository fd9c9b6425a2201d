/* From the data-ready pins to the core: ADS1298 -> decimator -> EMG stream, ICM-42688-P -> IMU
 * stream. Board-independent: the board gives SPI ports and calls the two interrupt functions.
 *
 * Never run on hardware. Exercised on the host against the register models, by unit tests and as
 * a process (firmware-posix-afe). */
#ifndef FO_AFE_SAMPLING_H
#define FO_AFE_SAMPLING_H

#include "../../drivers/ads1298.h"
#include "../../drivers/decimator.h"
#include "../../drivers/icm42688.h"
#include "device.h"

enum { AFE_CHANNELS = ADS1298_CHANNELS, AFE_EMG_RATES = 4, AFE_IMU_RATES = 2 };

/* Rates with the delay of all filters, for fo_board: 500 and 1000 Hz decimated by two, 2000 and
 * 4000 Hz as converted; IMU 100 and 200 Hz. */
extern const fo_rate AFE_EMG_RATE[AFE_EMG_RATES];
extern const fo_rate AFE_IMU_RATE[AFE_IMU_RATES];
enum { AFE_EMG_1000_HZ = 1, AFE_IMU_100_HZ = 0 };

typedef struct afe_sampling {
    const struct spi_port *ads_port, *icm_port;
    fo_device *device; /* for its self-test mode, and to report data and faults */
    struct ads1298 ads;
    struct icm42688 icm;
    struct decimator decimator;
    bool ads_present, icm_present;
    bool emg_running, imu_running, decimated;
    bool lead_off;
    uint8_t gains[AFE_CHANNELS];
    uint32_t conversions_mhz; /* rate of the converter */
    bool captured;            /* a data-ready came since START */
    uint64_t last_capture_us;
    int32_t emg[AFE_CHANNELS];
    int16_t imu[FO_IMU_CHANNELS];
    bool emg_valid, imu_valid;
    uint16_t leadoff_p, leadoff_n; /* of all conversions since the core looked */
    bool leads_fresh;              /* there were some; else what was told stays true */
    uint16_t told_p, told_n;
    enum ads1298_error ads_error;
    enum icm42688_error icm_error;
    uint32_t conversions_lost, imu_errors;
} afe_sampling;

/* Powers up both chips (about 0.2 s). What is missing is noted, and tried again at each START: USB
 * takes the converter's supply away, and gives it back with all registers lost. Such a START takes
 * half a second. */
void afe_sampling_init(afe_sampling *afe, fo_device *device, const struct spi_port *ads_port,
                       const struct spi_port *icm_port);

/* What the core's table asks of the front end; the board wraps these with its own ctx. After
 * afe_set_rate the board clears an interrupt of that chip that still waits from before. */
bool afe_set_rate(afe_sampling *afe, uint8_t stream, uint32_t rate_mhz); /* hal.sampling */
bool afe_read_emg(afe_sampling *afe, int32_t *channels);                 /* hal.adc_read */
bool afe_read_imu(afe_sampling *afe, int16_t v[FO_IMU_CHANNELS]);        /* hal.imu_read */
void afe_read_leadoff(afe_sampling *afe, uint16_t *p, uint16_t *n);      /* hal.leadoff */
bool afe_set_leadoff(afe_sampling *afe, uint8_t mode);                   /* hal.set_leadoff */
bool afe_set_gain(afe_sampling *afe, uint8_t channel, uint8_t gain);     /* hal.set_gain */

/* Interrupts, with the hardware capture of their edge: DRDY falling, INT1 rising. Same priority
 * as all that touches the core (device.h: one producer). */
void afe_on_drdy(afe_sampling *afe, uint64_t capture_us);
void afe_on_imu(afe_sampling *afe, uint64_t capture_us);

#endif
