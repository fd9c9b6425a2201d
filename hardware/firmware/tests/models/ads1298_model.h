/* The TI ADS1298 as its data sheet describes it, seen from the SPI port and the pins.
 *
 * Written from the data sheet (sources in drivers/ads1298_regs.h), with numbers of its own: the
 * model includes nothing of the driver. Every broken rule is recorded in `log`.
 * Time is nanoseconds of a simulated clock that only the caller advances. */
#ifndef MODELS_ADS1298_MODEL_H
#define MODELS_ADS1298_MODEL_H

#include "sim_log.h"

enum { ADS_MODEL_CHANNELS = 8, ADS_MODEL_REGISTERS = 0x1A, ADS_MODEL_FRAME = 27 };

enum ads_model_pin { ADS_MODEL_START, ADS_MODEL_RESET, ADS_MODEL_PWDN };

enum ads_model_phase {
    ADS_PHASE_IDLE,
    ADS_PHASE_READ_COUNT,
    ADS_PHASE_READ_DATA,
    ADS_PHASE_WRITE_COUNT,
    ADS_PHASE_WRITE_DATA,
    ADS_PHASE_IGNORED, /* a register command that the chip does not take */
    ADS_PHASE_RDATA
};

struct ads1298_model {
    struct sim_log log;
    uint8_t regs[ADS_MODEL_REGISTERS];

    /* The world outside: input of a channel in nanovolt at an instant, electrodes that are off. */
    int64_t (*input_nv)(void *world, unsigned channel, uint64_t at_ns);
    void *world;
    uint8_t electrode_off_p, electrode_off_n;

    /* Faults of the part. */
    uint8_t id;               /* 0 = 92h */
    uint8_t config2_reset;    /* 00h, or 40h as the data sheet's table says */
    uint8_t stuck_register, stuck_bits; /* these bits cannot be written; bits 0 = none */
    bool lose_sync;           /* status words without 1100 */
    bool dead;                /* DOUT stays high */
    int32_t clock_ppm;        /* error of the internal oscillator */
    bool converts_wrong_rate; /* CONFIG1 does not take effect: 250 SPS of reset */

    /* State. */
    bool start_pin, reset_pin, pwdn_pin, start_command, standby, rdatac, selected;
    bool converting, drdy_low, frame_fresh, ever_reset;
    uint64_t power_on_ns, reset_done_ns, start_ns, reference_on_ns, deselected_ns, reset_low_ns;
    uint64_t last_byte_ns; /* end of the last byte clocked while selected */
    uint64_t busy_until_ns; /* no new command before */
    uint64_t drdy_ns;      /* falling edge of the newest conversion */
    uint64_t conversions;  /* since START */
    uint64_t edges;        /* falling edges of DRDY since power-up */
    uint32_t unread;       /* conversions replaced before they were read */
    uint32_t noise;        /* state of the generator of the shorted input */
    uint8_t frame[ADS_MODEL_FRAME], shifted, read_bytes;
    bool command_in_transfer;
    enum ads_model_phase phase;
    uint8_t address, remaining;
};

void ads1298_model_init(struct ads1298_model *chip, uint64_t now_ns);
void ads1298_model_pin(struct ads1298_model *chip, enum ads_model_pin pin, bool high,
                       uint64_t now_ns);
void ads1298_model_select(struct ads1298_model *chip, bool active, uint64_t now_ns);

/* One byte between two instants, in a mode at a clock; returns DOUT. */
uint8_t ads1298_model_byte(struct ads1298_model *chip, uint8_t din, unsigned mode,
                           uint32_t clock_hz, uint64_t from_ns, uint64_t to_ns);

/* The clock line moved for another chip. */
void ads1298_model_foreign_clock(struct ads1298_model *chip, uint64_t now_ns);

/* Conversions that ended until now. */
void ads1298_model_advance(struct ads1298_model *chip, uint64_t now_ns);

/* Instant of the next falling edge of DRDY, UINT64_MAX when none will come. */
uint64_t ads1298_model_next_drdy_ns(const struct ads1298_model *chip);

/* Conversions per second as CONFIG1 says, without the error of the oscillator. */
uint32_t ads1298_model_rate_sps(const struct ads1298_model *chip);

#endif
