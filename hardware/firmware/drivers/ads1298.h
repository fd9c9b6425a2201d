/* Driver of the TI ADS1298 front end: power-up, configuration with read-back, continuous reading.
 *
 * Never run on hardware; exercised against the register model in tests/models.
 * Registers, times and their sources: ads1298_regs.h. All calls block; `ads1298_read` is short
 * enough for the data-ready interrupt (27 bytes and two waits of 3 us). */
#ifndef FIRMWARE_ADS1298_H
#define FIRMWARE_ADS1298_H

#include "ads1298_regs.h"
#include "spi.h"

enum ads1298_error {
    ADS1298_OK = 0,
    ADS1298_ERR_BUS,       /* the port could not transfer or not be configured */
    ADS1298_ERR_NO_CHIP,   /* ID reads 00h or FFh: power, wiring, chip select */
    ADS1298_ERR_WRONG_ID,  /* something answers, but no ADS1298(R) */
    ADS1298_ERR_READBACK,  /* a register does not hold what was written: EVENT 7/4 */
    ADS1298_ERR_SYNC,      /* status word without 1100: EVENT 7/4 */
    ADS1298_ERR_STATE,     /* call in the wrong order */
    ADS1298_ERR_PARAMETER  /* a gain, rate or input the chip does not have */
};

enum ads1298_input { ADS1298_INPUT_ELECTRODES, ADS1298_INPUT_SHORTED, ADS1298_INPUT_SQUARE_WAVE };

enum ads1298_state { ADS1298_OFF, ADS1298_IDLE, ADS1298_CONFIGURED, ADS1298_STREAMING };

struct ads1298_config {
    uint16_t rate_sps; /* 500, 1000, 2000, 4000, 8000 or 16000: high-resolution mode */
    uint8_t gain[ADS1298_CHANNELS]; /* 1, 2, 3, 4, 6, 8 or 12 */
    enum ads1298_input input;
    bool lead_off; /* DC, 6 nA, on P and N of every channel; ignored without electrodes */
};

struct ads1298_frame {
    int32_t sample[ADS1298_CHANNELS]; /* counts of VREF / gain / (2^23 - 1) */
    uint8_t leadoff_p, leadoff_n;     /* bit n = channel n + 1 is off */
    uint8_t saturated;                /* bit n: |sample| >= 98 % of full scale */
};

struct ads1298 {
    const struct spi_port *port;
    enum ads1298_state state;
    bool reference_on;
    uint8_t id;
    struct ads1298_config config;
    uint8_t shadow[ADS1298_REGISTERS]; /* what was written */
    /* First register that failed the read-back, for the log. */
    uint8_t bad_register, bad_expected, bad_read;
    uint32_t sync_errors;
};

/* Powers the chip up, resets it, leaves continuous reading and checks the ID. About 152 ms. */
enum ads1298_error ads1298_power_up(struct ads1298 *chip, const struct spi_port *port);

/* Writes every register that is used and reads all of them back. Not while streaming.
 * Waits for the reference (300 ms) when it was off. */
enum ads1298_error ads1298_configure(struct ads1298 *chip, const struct ads1298_config *config);

/* Compares all registers with what was written. Not while streaming (the chip ignores RREG). */
enum ads1298_error ads1298_verify(struct ads1298 *chip);

/* Continuous reading, then START high. Data-ready interrupts begin. */
enum ads1298_error ads1298_start(struct ads1298 *chip);

/* Call on the FALLING EDGE of DRDY, before the next one. Never test the level of DRDY: traffic
 * to another chip on the same clock line pulls it high (K 9.4.1.2), the data are still there. */
enum ads1298_error ads1298_read(struct ads1298 *chip, struct ads1298_frame *frame);

enum ads1298_error ads1298_stop(struct ads1298 *chip);

/* PWDN low. Registers are lost; start again with ads1298_power_up. */
void ads1298_power_down(struct ads1298 *chip);

/* True for 500, 1000, ... 16000. */
bool ads1298_rate_supported(uint16_t rate_sps);

/* True for 1, 2, 3, 4, 6, 8, 12. */
bool ads1298_gain_supported(uint8_t gain);

/* Delay of the chip's sinc3 filter, microseconds: 1.5 conversion periods, the middle of
 * its window of three.
 * A further fixed latency between the last modulator sample and DRDY is not specified in any
 * source that was read; measure it on the first board with the sync pulse. */
uint32_t ads1298_group_delay_us(uint16_t rate_sps);

#endif
