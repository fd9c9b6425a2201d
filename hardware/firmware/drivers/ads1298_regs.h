/* Register map, opcodes and times of the TI ADS1298.
 *
 * Sources, by the letter used below:
 *   [I]  TI data sheet SBAS459I (January 2010, revised January 2012), page numbers of the PDF.
 *        Read: p. 30 (clock, data format), 40 and 42-43 (commands), 49 (LOFF), 51-52.
 *   [K]  TI data sheet SBAS459K (revised August 2015), section numbers. Known through public
 *        drivers that cite it section by section, not read itself.
 *   [L]  Linux kernel, drivers/iio/adc/ti-ads1298.c (registers, masks, reset times).
 *   [J]  public register header made from SBAS459J (all bit fields, "must be 0/1" bits).
 *   [99] TI ADS1299 data sheet SBAS499A pages 8, 27, 29, 36-37: same serial interface and the
 *        same timing parameters; used where no ADS1298 page could be read.
 *   [E]  TI engineers on e2e.ti.com, thread named where used.
 *   [V]  from general knowledge, verify before publishing. */
#ifndef FIRMWARE_ADS1298_REGS_H
#define FIRMWARE_ADS1298_REGS_H

/* Opcodes [I p. 40, table 11]. */
enum {
    ADS1298_CMD_WAKEUP = 0x02,
    ADS1298_CMD_STANDBY = 0x04,
    ADS1298_CMD_RESET = 0x06,
    ADS1298_CMD_START = 0x08,
    ADS1298_CMD_STOP = 0x0A,
    ADS1298_CMD_RDATAC = 0x10, /* "the default mode at power-up" [I p. 40] */
    ADS1298_CMD_SDATAC = 0x11,
    ADS1298_CMD_RDATA = 0x12,
    /* 001r rrrr, then 000n nnnn = count - 1; ignored in RDATAC [I p. 40, 43]. */
    ADS1298_CMD_RREG = 0x20,
    ADS1298_CMD_WREG = 0x40  /* 010r rrrr, then 000n nnnn = count - 1 [I p. 43] */
};

/* Addresses [J], [L]; 04h [I p. 49], 0Fh-12h [I p. 51], 13h-15h [I p. 52]. */
enum {
    ADS1298_REG_ID = 0x00,
    ADS1298_REG_CONFIG1 = 0x01,
    ADS1298_REG_CONFIG2 = 0x02,
    ADS1298_REG_CONFIG3 = 0x03,
    ADS1298_REG_LOFF = 0x04,
    ADS1298_REG_CH1SET = 0x05, /* to CH8SET = 0x0C */
    ADS1298_REG_RLD_SENSP = 0x0D,
    ADS1298_REG_RLD_SENSN = 0x0E,
    ADS1298_REG_LOFF_SENSP = 0x0F,
    ADS1298_REG_LOFF_SENSN = 0x10,
    ADS1298_REG_LOFF_FLIP = 0x11,
    ADS1298_REG_LOFF_STATP = 0x12, /* read only [I p. 51] */
    ADS1298_REG_LOFF_STATN = 0x13, /* read only [I p. 52] */
    ADS1298_REG_GPIO = 0x14,
    ADS1298_REG_PACE = 0x15,
    ADS1298_REG_RESP = 0x16,
    ADS1298_REG_CONFIG4 = 0x17,
    ADS1298_REG_WCT1 = 0x18,
    ADS1298_REG_WCT2 = 0x19,
    ADS1298_REGISTERS = 0x1A
};

/* Bit fields. */
enum {
    ADS1298_ID_ADS1298 = 0x92,  /* [J], [L] */
    ADS1298_ID_ADS1298R = 0xD2, /* [J], [L]: the same chip with respiration */

    ADS1298_CONFIG1_HR = 0x80, /* high resolution: fMOD = fCLK / 4, else fCLK / 8 [J], [L] */
    ADS1298_CONFIG1_MULTI_READBACK = 0x40, /* "DAISY_EN" = 1: single chip, DAISY_IN unused [J] */
    ADS1298_CONFIG1_RESERVED = 0x18,      /* write 0 [J] */
    ADS1298_CONFIG1_DR_MASK = 0x07,       /* rate = fMOD / (16 << DR), DR 0-6 [J], [L] */

    /* Reset value of CONFIG2: 40h in the table of the data sheet, but bits 7, 6 and 3 "must be 0"
     * in its own bit description and 00h was read from parts; TI calls the table a mistake
     * [E, "ADS1298: Code problem", thread 582126]. So bit 6 is written 0 and not compared. */
    ADS1298_CONFIG2_INT_TEST = 0x10,  /* test signal made on the chip [J], [L] */
    ADS1298_CONFIG2_TEST_AMP = 0x04,  /* 0: 1 x (VREFP - VREFN) / 2400, 1: twice that [J] */
    ADS1298_CONFIG2_TEST_FREQ = 0x03, /* 0: fCLK / 2^21, 1: fCLK / 2^20, 3: DC [J], [L] */
    ADS1298_CONFIG2_DEFINED = 0x37,

    ADS1298_CONFIG3_REFBUF = 0x80,     /* 1 = internal reference buffer on [J], [L] */
    ADS1298_CONFIG3_RESERVED = 0x40,   /* "must always be set to 1" [J], [L] */
    ADS1298_CONFIG3_VREF_4V = 0x20,    /* only with a 5 V supply; 0 = 2.4 V [J], [L] */
    ADS1298_CONFIG3_RLDREF_INT = 0x08, /* RLD reference (AVDD - AVSS) / 2 made on the chip [J] */
    ADS1298_CONFIG3_RLD_ON = 0x04,     /* "PD_RLD" = 1: buffer on [J] */
    ADS1298_CONFIG3_RLD_STAT = 0x01,   /* read only [J] */

    /* LOFF [I p. 49]. FLEAD must be 01 or 11 as soon as a LOFF_SENS bit is on. The ADS1298 has
     * 6, 12, 18 and 24 NANOampere only and AC detection only at fDR / 4: the 6 uA, 24 uA, 7.8 Hz
     * and 31.2 Hz settings are those of the ADS1299 [99 p. 43]. */
    ADS1298_LOFF_6NA_95_PERCENT = 0x00,
    ADS1298_LOFF_FLEAD_DC = 0x03,
    ADS1298_LOFF_FLEAD_MASK = 0x03,

    ADS1298_CH_POWER_DOWN = 0x80, /* [J], [L] */
    ADS1298_CH_RESERVED = 0x08,   /* write 0 [J] */
    ADS1298_CH_GAIN_SHIFT = 4,    /* 0: 6, 1: 1, 2: 2, 3: 3, 4: 4, 5: 8, 6: 12 [J], [L] */
    ADS1298_CH_MUX_MASK = 0x07,   /* [J] */
    ADS1298_MUX_ELECTRODE = 0,
    ADS1298_MUX_SHORTED = 1,
    ADS1298_MUX_TEST = 5,

    ADS1298_GPIO_RESET = 0x0F, /* all four inputs [I p. 52] */
    ADS1298_GPIO_ALL_OUTPUTS_LOW = 0x00,

    ADS1298_CONFIG4_SINGLE_SHOT = 0x08,     /* [L] */
    ADS1298_CONFIG4_LOFF_COMPARATORS = 0x02 /* 1 = comparators on [K 9.6] */
};

enum {
    ADS1298_CHANNELS = 8,
    /* 24 status bits 1100 + LOFF_STATP + LOFF_STATN + GPIO[7:4], then 8 x 24 bits, MSB first
     * [K 9.4.1.3], [99 p. 27]; "216 bits" [I p. 42]. */
    ADS1298_FRAME_BYTES = 27,
    ADS1298_STATUS_SYNC = 0xC,

    ADS1298_CLOCK_HZ = 2048000, /* internal oscillator [I p. 30, p. 42] */

    /* Times in periods of that clock, tCLK = 488.28 ns. */
    ADS1298_TCLK_DECODE = 4,   /* tSDECODE: between bytes of a command [I p. 42] */
    ADS1298_TCLK_SDATAC = 4,   /* after SDATAC, RDATAC [99 p. 36-37] */
    ADS1298_TCLK_UPDATE = 4,   /* tUPDATE: no read so close to DRDY [99 p. 36], [K 9.5.2.6] */
    ADS1298_TCLK_CS_HOLD = 4,  /* tSCCS: last SCLK edge to CS high [99 p. 8], [K 9.5.1.1] */
    ADS1298_TCLK_CS_HIGH = 2,  /* tCSH [99 p. 8] */
    ADS1298_TCLK_RESET_LOW = 2, /* RESET pulse [L] */
    ADS1298_TCLK_RESET = 18,   /* after RESET until the first command [L], [K 9.3.2.3] */
    /* After power-up until RESET: 2^18 tCLK [E, "ADS1299 Startup", SBAS499C p. 70]; older data
     * sheets of the family say 2^16. The longer one is used. */
    ADS1298_TCLK_POWER_ON = 262144,

    ADS1298_REFERENCE_START_MS = 150, /* internal reference start-up [K 7.5] */
    ADS1298_SCLK_MAX_HZ = 20000000,   /* 50 ns at DVDD >= 2.7 V [99 p. 8]; SPI mode 1 [99 p. 8] */

    ADS1298_VREF_UV = 2400000, /* [L], [J]; LSB = VREF / gain / (2^23 - 1) [I p. 30] */
    ADS1298_FULL_SCALE = 8388607
};

#endif
