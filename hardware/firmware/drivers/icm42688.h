/* Driver of the TDK ICM-42688-P: six axes at 100 or 200 Hz with a data-ready interrupt on INT1.
 *
 * Never run on hardware; exercised against the register model in tests/models.
 * Registers, times and their sources: icm42688_regs.h. */
#ifndef FIRMWARE_ICM42688_H
#define FIRMWARE_ICM42688_H

#include "icm42688_regs.h"
#include "spi.h"

enum icm42688_error {
    ICM42688_OK = 0,
    ICM42688_ERR_BUS,
    ICM42688_ERR_NO_CHIP,  /* WHO_AM_I reads 00h or FFh */
    ICM42688_ERR_WRONG_ID, /* something else answers */
    ICM42688_ERR_RESET,    /* the soft reset was never reported as done */
    ICM42688_ERR_READBACK, /* a register does not hold what was written */
    ICM42688_ERR_NOT_READY, /* no sample since power-up, or one axis not started */
    ICM42688_ERR_STATE,
    ICM42688_ERR_PARAMETER
};

struct icm42688 {
    const struct spi_port *port;
    bool running;
    uint16_t rate_hz;
    uint8_t id;
    uint8_t bad_register, bad_expected, bad_read;
};

/* Start-up, ID, soft reset, configuration with read-back, sensors on: +-8 g, +-1000 deg/s,
 * 47 Hz low pass, `rate_hz` 100 or 200. About 50 ms. */
enum icm42688_error icm42688_init(struct icm42688 *chip, const struct spi_port *port,
                                  uint16_t rate_hz);

/* The order of the wire: ax ay az gx gy gz, raw counts of 8/32768 g and 1000/32768 deg/s. */
enum icm42688_error icm42688_read(struct icm42688 *chip, int16_t values[6]);

/* Compares every configured register; allowed while running (reads only). */
enum icm42688_error icm42688_verify(struct icm42688 *chip);

/* Sensors off. Not sooner than 45 ms after icm42688_init, which takes that long itself. */
enum icm42688_error icm42688_stop(struct icm42688 *chip);

/* At rest one g, no turning: 0.8 to 1.2 g (offset +-20 mg per axis and scale +-0.5 % of the data
 * sheet [3.2] leave the rest to the user's hand) and below 20 deg/s, mean over `count` readings;
 * and no axis stands still to the last bit, which noise forbids. */
bool icm42688_plausible_at_rest(const int16_t (*values)[6], unsigned count);

/* Delay of the low-pass filters, microseconds: 8.0 ms at 100 and 200 Hz (DS-000347 rev. 1.8,
 * section 5.5, group delay at DC, 2nd order, filter setting 3) plus the anti-alias filters at
 * their reset settings, 0.2 ms (accelerometer) and 0.4 ms (gyroscope), taken as 0.3 ms: second
 * order of 1163 and 585 Hz, sqrt(2) / (2 pi f) at DC. Delay from the end of the filter to INT1:
 * unknown. */
uint32_t icm42688_group_delay_us(void);

#endif
