/* What the core asks of a board. Every function gets ctx first. A pointer marked optional may be
 * NULL. The core calls them only from its own entry points (device.h), never from an interrupt. */
#ifndef FO_HAL_H
#define FO_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

typedef struct fo_hal {
    void *ctx;

    /* Microseconds of a free-running hardware timer since the reset. Monotonic. Never counted from
     * tick interrupts: their pending flag is one bit, and ticks get lost. */
    uint64_t (*now_us)(void *ctx);

    /* Have a stream sample at rate_mhz (mHz), or stop it (0). Each conversion is then reported by
     * fo_device_data_ready. False: the front end does not run. */
    bool (*sampling)(void *ctx, uint8_t stream, uint32_t rate_mhz);

    /* Conversion k since START: simultaneous 24-bit values, sign-extended, one per EMG channel.
     * mode is an fo_selftest; the core makes the digital pattern itself and does not ask for it.
     * False: this conversion could not be read; it counts as missed. */
    bool (*adc_read)(void *ctx, uint32_t k, uint8_t mode, int32_t *channels);

    /* Acceleration x y z and angular rate x y z of sample k in sensor axes. False as above. */
    bool (*imu_read)(void *ctx, uint32_t k, int16_t v[FO_IMU_CHANNELS]);

    /* Byte streams: give n bytes to the link and return how many it took; the core keeps the rest. */
    size_t (*tx_write)(void *ctx, const uint8_t *p, size_t n);

    /* Packet links (BLE) only: send one frame as one packet, or take nothing and return false. */
    bool (*tx_packet)(void *ctx, const uint8_t *p, size_t n);

    /* Random numbers that differ from reset to reset (generator, or retained RAM): epoch, boot id. */
    uint32_t (*rand32)(void *ctx);

    /* Reset: 0 application, 1 bootloader. The ACK has been sent. May return; the board then calls
     * fo_device_init again. */
    void (*reboot)(void *ctx, uint8_t mode);

    /* Whether USB supplies the board. Optional only without capability b10. */
    bool (*vbus)(void *ctx);

    /* Optional: cell voltage in mV, 0 = unknown. */
    uint16_t (*battery_mv)(void *ctx);

    /* Optional: board temperature in 0.01 degC. */
    int16_t (*temperature)(void *ctx);

    /* Optional: electrodes that are off, a bit per channel and side. */
    void (*leadoff)(void *ctx, uint16_t *p, uint16_t *n);

    /* Optional: 0 off, 1 direct current. */
    bool (*set_leadoff)(void *ctx, uint8_t mode);

    /* Optional: analogue gain of one channel (1, 2, 3, 4, 6, 8 or 12). False: front end fault. */
    bool (*set_gain)(void *ctx, uint8_t channel, uint8_t gain);

    /* Optional: a pulse of that many microseconds on the sync output. */
    void (*sync_out)(void *ctx, uint32_t pulse_us);

    /* Optional: keep the advertised name; n <= 24 bytes of UTF-8, not terminated. */
    bool (*set_name)(void *ctx, const uint8_t *name, size_t n);

    /* Packet links, optional: signal strength in dBm (127 = unknown), phy (1 1M, 2 2M, 3 coded) and
     * connection interval in 1.25 ms. Without it STATUS says that the link is no radio. */
    void (*radio)(void *ctx, int8_t *rssi_dbm, uint8_t *phy, uint16_t *interval);
} fo_hal;

/* A rate that a stream can run at, with the delay of all its filters at that rate. */
typedef struct fo_rate {
    uint32_t rate_mhz;
    uint32_t group_delay_us;
    uint8_t flags; /* of the stream descriptor, without b3 */
} fo_rate;

/* What the board is; it and what it points to must live as long as the device. */
typedef struct fo_board {
    uint16_t model;
    uint16_t vendor;
    uint8_t hw_rev;
    uint8_t serial[8];
    uint32_t caps;
    uint8_t emg_channels; /* 1..16 */
    uint8_t emg_batch;    /* samples per full frame, less where the frame cannot hold them */
    uint8_t gain;         /* after a reset */
    const fo_rate *emg_rates;
    uint8_t n_emg_rates;
    uint8_t emg_rate; /* index of the rate after a reset */
    uint8_t imu_batch; /* 0: no IMU */
    const fo_rate *imu_rates;
    uint8_t n_imu_rates;
    uint8_t imu_rate;
    int16_t mount[4]; /* nominal quaternion w x y z, 1/16384 */
    bool packet_link; /* frames are kept apart by the link (BLE): no COBS, no keep-alive */
    uint8_t *ring;
    size_t ring_bytes; /* at least 14.5 kB, 64 kB when emulated (wire_protocol.md section 10) */
} fo_board;

#endif
