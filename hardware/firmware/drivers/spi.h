/* What a chip driver needs from a board: one SPI port, three output pins and a delay.
 *
 * One `spi_port` belongs to one chip. Two chips on one bus have two ports that share their
 * context; `configure` is then applied again whenever the port is selected.
 * No heap, no globals: every call carries the context. */
#ifndef FIRMWARE_SPI_H
#define FIRMWARE_SPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Clock polarity and phase as numbered by every MCU vendor: mode = 2 * CPOL + CPHA. */
enum spi_mode { SPI_MODE_0 = 0, SPI_MODE_1 = 1, SPI_MODE_2 = 2, SPI_MODE_3 = 3 };

/* Outputs of the board to the front end; all three pins of the ADS1298 are active as named:
 * START high converts, RESET and PWDN low hold the chip. */
enum spi_pin { SPI_PIN_START, SPI_PIN_RESET, SPI_PIN_PWDN };

struct spi_port {
    void *context;
    /* Mode and the fastest clock the driver allows; false = the board cannot do it. */
    bool (*configure)(void *context, enum spi_mode mode, uint32_t max_clock_hz);
    /* active = true pulls the chip-select pin low. */
    void (*select)(void *context, bool active);
    /* Full duplex. `out` NULL clocks zeros, `in` NULL drops what comes; false = bus fault. */
    bool (*transfer)(void *context, const uint8_t *out, uint8_t *in, size_t length);
    void (*set_pin)(void *context, enum spi_pin pin, bool high);
    /* At least so many microseconds. */
    void (*delay_us)(void *context, uint32_t us);
};

#endif
