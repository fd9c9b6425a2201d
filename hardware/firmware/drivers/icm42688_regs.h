/* Register map and times of the TDK InvenSense ICM-42688-P.
 *
 * Source: TDK InvenSense data sheet DS-000347 revision 1.8; section numbers in brackets. */
#ifndef FIRMWARE_ICM42688_REGS_H
#define FIRMWARE_ICM42688_REGS_H

/* User bank 0 [13.1]; reset values [14.x]. */
enum {
    ICM42688_DEVICE_CONFIG = 0x11, /* 00h [14.1] bit 4: 0 = SPI mode 0 and 3; bit 0: soft reset */
    ICM42688_DRIVE_CONFIG = 0x13,  /* 05h [14.2] SPI slew rate 5 is the one for SPI [12.3] */
    ICM42688_INT_CONFIG = 0x14,    /* 00h [14.3] */
    ICM42688_ACCEL_DATA_X1 = 0x1F, /* 12 bytes: ax ay az gx gy gz, high byte first [14.7-14.18] */
    ICM42688_INT_STATUS = 0x2D,    /* 10h [14.21] cleared by reading */
    ICM42688_INTF_CONFIG0 = 0x4C,  /* 30h [14.34] bit 4: sensor data big-endian (default);
                                      low bits 11: I2C off */
    ICM42688_INTF_CONFIG1 = 0x4D,  /* 91h [14.35] */
    ICM42688_PWR_MGMT0 = 0x4E,     /* 00h [14.36] */
    ICM42688_GYRO_CONFIG0 = 0x4F,  /* 06h [14.37] */
    ICM42688_ACCEL_CONFIG0 = 0x50, /* 06h [14.38] */
    ICM42688_GYRO_CONFIG1 = 0x51,  /* 16h [14.39] */
    ICM42688_GYRO_ACCEL_CONFIG0 = 0x52, /* 11h [14.40] */
    ICM42688_ACCEL_CONFIG1 = 0x53, /* 0Dh [14.41] */
    ICM42688_INT_CONFIG0 = 0x63,   /* 00h [14.49] */
    ICM42688_INT_CONFIG1 = 0x64,   /* 10h [14.50] */
    ICM42688_INT_SOURCE0 = 0x65,   /* 10h [14.51] */
    ICM42688_WHO_AM_I = 0x75,      /* 47h [14.58] */
    ICM42688_REG_BANK_SEL = 0x76   /* 00h, in every bank [14.59] */
};

enum {
    ICM42688_READ = 0x80, /* first bit of the address byte: 1 = read [9.6] */
    ICM42688_ID = 0x47,

    ICM42688_SOFT_RESET = 0x01,
    ICM42688_STATUS_RESET_DONE = 0x10, /* [14.21] */
    ICM42688_STATUS_DATA_READY = 0x08,

    ICM42688_INT1_PUSH_PULL = 0x02, /* [14.3]; bit 2 = 0: pulsed */
    ICM42688_INT1_ACTIVE_HIGH = 0x01,
    ICM42688_INT_ASYNC_RESET = 0x10,  /* "user should change setting to 0" [12.6], [14.50] */
    ICM42688_INT1_DATA_READY = 0x08,  /* [14.51] */

    ICM42688_MODES_OFF = 0x00,
    ICM42688_MODES_LOW_NOISE = 0x0F, /* gyro and accelerometer low noise [14.36] */

    ICM42688_RANGE_1000_DPS = 1 << 5, /* 32.8 LSB per deg/s [14.37] */
    ICM42688_RANGE_8_G = 1 << 5,      /* 4096 LSB per g [3.2], [14.38] */
    ICM42688_ODR_200 = 7,
    ICM42688_ODR_100 = 8,

    /* Order fields: 01 = second order; the other bits keep their reset values [14.39], [14.41]. */
    ICM42688_GYRO_CONFIG1_ORDER_2 = 0x16,
    ICM42688_ACCEL_CONFIG1_ORDER_2 = 0x0D,
    /* Both low-pass filters: max(400 Hz, ODR) / 8 [14.40]. */
    ICM42688_BANDWIDTH_DIV_8 = 0x33,

    ICM42688_INVALID = -32768, /* sense registers until the first sample [12.8] */

    /* Times. */
    ICM42688_POWER_UP_US = 1000,    /* registers usable after power-up [3.3.2], plus ... */
    ICM42688_SUPPLY_RAMP_US = 3000, /* ... the slowest allowed supply ramp [3.3.2] */
    ICM42688_RESET_US = 1000,       /* after a soft reset [14.1] */
    ICM42688_MODE_CHANGE_US = 200,  /* no register write after OFF -> on [14.36] */
    ICM42688_GYRO_MIN_ON_US = 45000, /* [14.36] */
    ICM42688_GYRO_START_US = 30000, /* typical [3.1] */
    ICM42688_SCLK_MAX_HZ = 24000000 /* [3.5], [9.6] */
};

#endif
