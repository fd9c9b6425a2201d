/* NEVER RUN ON HARDWARE. See spim.h. */
#include "spim.h"

#include <string.h>

#include "board.h"
#include "registers.h"

enum { SPI_BYTES = 32 };

/* EasyDMA reaches RAM only, and a driver may send constants: they are copied here first. */
static uint8_t sent[SPI_BYTES];

static bool spi_configure(void *ctx, enum spi_mode mode, uint32_t max_clock_hz)
{
    const struct nrf_spi *line = ctx;
    uint32_t config = ((unsigned)mode & 1u ? (uint32_t)NRF_SPIM_CPHA : 0u) |
                      ((unsigned)mode & 2u ? (uint32_t)NRF_SPIM_CPOL : 0u);
    uint32_t frequency = max_clock_hz >= 8000000   ? NRF_SPIM_8_MBPS
                         : max_clock_hz >= 4000000 ? NRF_SPIM_4_MBPS
                                                   : NRF_SPIM_1_MBPS;
    if (max_clock_hz < 1000000)
        return false;
    nrf_write(NRF_SPIM_ENABLE(line->base), 0);
    nrf_write(NRF_SPIM_CONFIG(line->base), config);
    nrf_write(NRF_SPIM_FREQUENCY(line->base), frequency);
    nrf_write(NRF_SPIM_ORC(line->base), 0);
    nrf_write(NRF_SPIM_ENABLE(line->base), NRF_SPIM_ON);
    return true;
}

static void spi_select(void *ctx, bool active)
{
    const struct nrf_spi *line = ctx;
    nrf_write(active ? NRF_GPIO_OUTCLR : NRF_GPIO_OUTSET, line->cs_mask);
}

static bool spi_transfer(void *ctx, const uint8_t *out, uint8_t *in, size_t length)
{
    const struct nrf_spi *line = ctx;
    if (length > SPI_BYTES)
        return false;
    if (out != NULL)
        memcpy(sent, out, length);
    nrf_write(NRF_SPIM_TXD_PTR(line->base), nrf_dma(sent));
    nrf_write(NRF_SPIM_TXD_MAXCNT(line->base), out != NULL ? (uint32_t)length : 0u); /* then ORC */
    nrf_write(NRF_SPIM_RXD_PTR(line->base), in != NULL ? nrf_dma(in) : 0u);
    nrf_write(NRF_SPIM_RXD_MAXCNT(line->base), in != NULL ? (uint32_t)length : 0u);
    nrf_write(NRF_SPIM_END(line->base), 0);
    nrf_write(NRF_SPIM_START(line->base), 1);
    /* 27 bytes at 4 Mbit/s take 54 us; a bus that hangs must not hang the device. */
    uint64_t limit = board_now_us() + 1000;
    while (nrf_read(NRF_SPIM_END(line->base)) == 0)
        if (board_now_us() > limit)
            return false;
    return true;
}

static void spi_set_pin(void *ctx, enum spi_pin pin, bool high)
{
    static const uint8_t PIN[] = {PIN_ADS_START, PIN_ADS_RESET, PIN_ADS_PWDN};
    (void)ctx;
    nrf_write(high ? NRF_GPIO_OUTSET : NRF_GPIO_OUTCLR, 1u << PIN[pin]);
}

static void spi_delay_us(void *ctx, uint32_t us)
{
    (void)ctx;
    uint64_t end = board_now_us() + us + 1; /* the first microsecond may be nearly over */
    while (board_now_us() < end) {
    }
}

void nrf_spi_open(struct nrf_spi *line, const struct nrf_spi_pins *pins)
{
    line->base = pins->base;
    line->cs_mask = 1u << pins->cs;
    nrf_write(NRF_GPIO_OUTSET, line->cs_mask);
    nrf_write(NRF_GPIO_PIN_CNF(pins->cs), NRF_PIN_OUTPUT);
    nrf_write(NRF_GPIO_PIN_CNF(pins->sck), NRF_PIN_OUTPUT);
    nrf_write(NRF_GPIO_PIN_CNF(pins->mosi), NRF_PIN_OUTPUT);
    nrf_write(NRF_GPIO_PIN_CNF(pins->miso), NRF_PIN_INPUT);
    nrf_write(NRF_SPIM_PSEL_SCK(pins->base), pins->sck);
    nrf_write(NRF_SPIM_PSEL_MOSI(pins->base), pins->mosi);
    nrf_write(NRF_SPIM_PSEL_MISO(pins->base), pins->miso);
    line->port.context = line;
    line->port.configure = spi_configure;
    line->port.select = spi_select;
    line->port.transfer = spi_transfer;
    line->port.set_pin = spi_set_pin;
    line->port.delay_us = spi_delay_us;
}
