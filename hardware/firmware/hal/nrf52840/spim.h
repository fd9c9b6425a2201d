/* NEVER RUN ON HARDWARE. A chip's SPI port on one of the nRF52840's SPIM peripherals, polled. */
#ifndef NRF_SPIM_H
#define NRF_SPIM_H

#include "../../drivers/spi.h"

struct nrf_spi_pins {
    uint32_t base; /* of the SPIM */
    uint8_t cs, sck, mosi, miso;
};

struct nrf_spi {
    uint32_t base, cs_mask;
    struct spi_port port;
};

/* Sets the pins up, chip select high; the driver configures mode and clock. */
void nrf_spi_open(struct nrf_spi *line, const struct nrf_spi_pins *pins);

#endif
