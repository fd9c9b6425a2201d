/* NEVER RUN ON HARDWARE. See board.h. */
#include "board.h"

#include <string.h>

#include "registers.h"
#include "spim.h"

enum {
    DRDY_CHANNEL = 0, IMU_CHANNEL = 1, NOW_CHANNEL = 3, /* of GPIOTE, PPI and TIMER1's CC */
    IRQ_UARTE0 = 2, IRQ_GPIOTE = 6,
    /* The receiver holds one byte, 10.9 us at 921600 baud: its interrupt goes first. */
    PRIORITY_UART = 1 << 5, PRIORITY_PINS = 2 << 5,
    TX_BYTES = 255, REBOOT_WAIT_US = 5000, SYSTICK_1_MS = 64000, SYSTICK_RUN = 7
};

static const struct nrf_spi_pins ADS_PINS = {NRF_SPIM2, PIN_ADS_CS, PIN_ADS_SCLK, PIN_ADS_MOSI,
                                             PIN_ADS_MISO};
static const struct nrf_spi_pins ICM_PINS = {NRF_SPIM1, PIN_IMU_CS, PIN_IMU_SCLK, PIN_IMU_MOSI,
                                             PIN_IMU_MISO};

static struct {
    fo_device device;
    fo_hal hal;
    fo_board board;
    afe_sampling afe;
    struct nrf_spi ads_spi, icm_spi;
    uint32_t last_ticks;
    uint64_t high_ticks;
    volatile bool drdy_noted, imu_noted;
    volatile uint32_t drdy_ticks, imu_ticks;
    bool sending;
    /* EasyDMA reaches RAM only: never hand it a constant. */
    uint8_t tx[TX_BYTES], rx;
    uint8_t ring[BOARD_RING_BYTES];
} THE;

/* --- time ----------------------------------------------------------------------------------- */

static uint64_t now_us(void *ctx)
{
    (void)ctx;
    uint32_t before = nrf_mask_interrupts(); /* the receiver's interrupt reads the time too */
    nrf_write(NRF_TIMER_CAPTURE(NRF_TIMER1, NOW_CHANNEL), 1);
    uint32_t ticks = nrf_read(NRF_TIMER_CC(NRF_TIMER1, NOW_CHANNEL));
    THE.high_ticks += (uint32_t)(ticks - THE.last_ticks);
    THE.last_ticks = ticks;
    uint64_t now = THE.high_ticks;
    nrf_restore_interrupts(before);
    return now;
}

/* A capture of the last 71 minutes on the 64-bit clock. With interrupts masked: one that reads the
 * time in between would move last_ticks. */
static uint64_t capture_us(uint32_t ticks)
{
    uint64_t now = now_us(NULL);
    return now - (uint32_t)(THE.last_ticks - ticks);
}

uint64_t board_now_us(void)
{
    return now_us(NULL);
}

/* --- link ----------------------------------------------------------------------------------- */

static size_t tx_write(void *ctx, const uint8_t *p, size_t n)
{
    (void)ctx;
    if (THE.sending && nrf_read(NRF_UARTE_ENDTX(NRF_UARTE0)) == 0)
        return 0;
    size_t taken = n < TX_BYTES ? n : (size_t)TX_BYTES;
    if (taken == 0)
        return 0;
    memcpy(THE.tx, p, taken);
    nrf_write(NRF_UARTE_ENDTX(NRF_UARTE0), 0);
    nrf_write(NRF_UARTE_TXD_PTR(NRF_UARTE0), nrf_dma(THE.tx));
    nrf_write(NRF_UARTE_TXD_MAXCNT(NRF_UARTE0), (uint32_t)taken);
    nrf_write(NRF_UARTE_STARTTX(NRF_UARTE0), 1);
    THE.sending = true;
    return taken;
}

void board_uart_interrupt(void)
{
    if (nrf_read(NRF_UARTE_ENDRX(NRF_UARTE0)) == 0)
        return;
    nrf_write(NRF_UARTE_ENDRX(NRF_UARTE0), 0);
    fo_device_rx(&THE.device, THE.rx, now_us(NULL));
}

static void uart_open(void)
{
    nrf_write(NRF_GPIO_OUTSET, 1u << PIN_UART_TXD);
    nrf_write(NRF_GPIO_PIN_CNF(PIN_UART_TXD), NRF_PIN_OUTPUT);
    nrf_write(NRF_GPIO_PIN_CNF(PIN_UART_RXD), NRF_PIN_INPUT);
    nrf_write(NRF_UARTE_PSEL_TXD(NRF_UARTE0), PIN_UART_TXD);
    nrf_write(NRF_UARTE_PSEL_RXD(NRF_UARTE0), PIN_UART_RXD);
    nrf_write(NRF_UARTE_BAUDRATE(NRF_UARTE0), NRF_UARTE_BAUD_921600);
    nrf_write(NRF_UARTE_ENABLE(NRF_UARTE0), NRF_UARTE_ON);
    nrf_write(NRF_UARTE_RXD_PTR(NRF_UARTE0), nrf_dma(&THE.rx));
    nrf_write(NRF_UARTE_RXD_MAXCNT(NRF_UARTE0), 1);
    nrf_write(NRF_UARTE_SHORTS(NRF_UARTE0), NRF_UARTE_SHORT_ENDRX_STARTRX);
    nrf_write(NRF_UARTE_INTENSET(NRF_UARTE0), NRF_UARTE_INT_ENDRX);
    nrf_write(NRF_UARTE_STARTRX(NRF_UARTE0), 1);
}

/* --- what else the core asks ------------------------------------------------------------------ */

static uint32_t rand32(void *ctx)
{
    uint32_t value = 0;
    (void)ctx;
    nrf_write(NRF_RNG_CONFIG, 1); /* bias correction */
    nrf_write(NRF_RNG_START, 1);
    for (int i = 0; i < 4; i++) {
        nrf_write(NRF_RNG_READY, 0);
        while (nrf_read(NRF_RNG_READY) == 0) {
        }
        value = value << 8 | (nrf_read(NRF_RNG_VALUE) & 0xFFu);
    }
    return value;
}

static bool vbus(void *ctx)
{
    (void)ctx;
    return (nrf_read(NRF_POWER_USBREGSTATUS) & NRF_VBUS_DETECTED) != 0;
}

static void reboot(void *ctx, uint8_t mode)
{
    (void)ctx;
    (void)mode; /* there is no bootloader: capability b13 is not set */
    /* The ACK is in the transmitter's buffer: 255 bytes take 2.8 ms at 921600 baud. */
    uint64_t limit = now_us(NULL) + REBOOT_WAIT_US;
    while (THE.sending && nrf_read(NRF_UARTE_ENDTX(NRF_UARTE0)) == 0 && now_us(NULL) < limit) {
    }
    nrf_write(AIRCR, AIRCR_SYSRESETREQ);
}

static bool sampling(void *ctx, uint8_t stream, uint32_t rate_mhz)
{
    bool good = afe_set_rate(ctx, stream, rate_mhz);
    if (stream == FO_STREAM_EMG)
        THE.drdy_noted = false;
    else
        THE.imu_noted = false;
    return good;
}

static bool adc_read(void *ctx, uint32_t k, uint8_t mode, int32_t *channels)
{
    (void)k;
    (void)mode;
    return afe_read_emg(ctx, channels);
}

static bool imu_read(void *ctx, uint32_t k, int16_t v[FO_IMU_CHANNELS])
{
    (void)k;
    return afe_read_imu(ctx, v);
}

static void leadoff(void *ctx, uint16_t *p, uint16_t *n)
{
    afe_read_leadoff(ctx, p, n);
}

static bool set_leadoff(void *ctx, uint8_t mode)
{
    return afe_set_leadoff(ctx, mode);
}

static bool set_gain(void *ctx, uint8_t channel, uint8_t gain)
{
    return afe_set_gain(ctx, channel, gain);
}

/* --- edges ------------------------------------------------------------------------------------ */

void board_pin_interrupt(void)
{
    if (nrf_read(NRF_GPIOTE_IN(DRDY_CHANNEL)) != 0) {
        nrf_write(NRF_GPIOTE_IN(DRDY_CHANNEL), 0);
        THE.drdy_ticks = nrf_read(NRF_TIMER_CC(NRF_TIMER1, DRDY_CHANNEL));
        THE.drdy_noted = true;
    }
    if (nrf_read(NRF_GPIOTE_IN(IMU_CHANNEL)) != 0) {
        nrf_write(NRF_GPIOTE_IN(IMU_CHANNEL), 0);
        THE.imu_ticks = nrf_read(NRF_TIMER_CC(NRF_TIMER1, IMU_CHANNEL));
        THE.imu_noted = true;
    }
}

/* The edge itself copies the timer, without the processor: pin -> GPIOTE -> PPI -> TIMER1. */
static void capture_edge(unsigned channel, unsigned pin, uint32_t polarity)
{
    nrf_write(NRF_GPIO_PIN_CNF(pin), NRF_PIN_INPUT);
    nrf_write(NRF_GPIOTE_CONFIG(channel), NRF_GPIOTE_EVENT | (uint32_t)pin << 8 | polarity);
    nrf_write(NRF_PPI_EEP(channel), NRF_GPIOTE_IN(channel));
    nrf_write(NRF_PPI_TEP(channel), NRF_TIMER_CAPTURE(NRF_TIMER1, channel));
    nrf_write(NRF_PPI_CHENSET, 1u << channel);
    nrf_write(NRF_GPIOTE_IN(channel), 0);
    nrf_write(NRF_GPIOTE_INTENSET, 1u << channel);
}

/* --- start and loop -------------------------------------------------------------------------- */

static uint8_t reset_reason(void)
{
    uint32_t reason = nrf_read(NRF_POWER_RESETREAS);
    nrf_write(NRF_POWER_RESETREAS, reason); /* ones clear */
    if ((reason & NRF_RESET_WATCHDOG) != 0)
        return FO_RESET_WATCHDOG;
    if ((reason & NRF_RESET_LOCKUP) != 0)
        return FO_RESET_FAULT;
    if ((reason & NRF_RESET_REQUEST) != 0)
        return FO_RESET_COMMAND;
    return (reason & NRF_RESET_PIN) != 0 ? FO_RESET_PIN : FO_RESET_POWER_ON;
}

static void describe(void)
{
    fo_board *board = &THE.board;
    board->model = 1;
    board->vendor = 1;
    for (unsigned i = 0; i < 8; i++)
        board->serial[i] = (uint8_t)(nrf_read(NRF_FICR_DEVICEID(i / 4)) >> (8 * (i % 4)) & 0xFF);
    board->caps = FO_CAP_SET_RATE | FO_CAP_SET_GAIN | FO_CAP_SHORTED | FO_CAP_SQUARE |
                  FO_CAP_PATTERN | FO_CAP_LEAD_OFF | FO_CAP_MARK | FO_CAP_VBUS | FO_CAP_I16;
    board->emg_channels = AFE_CHANNELS;
    board->emg_batch = 8;
    board->gain = 6;
    board->emg_rates = AFE_EMG_RATE;
    board->n_emg_rates = AFE_EMG_RATES;
    board->emg_rate = AFE_EMG_1000_HZ;
    board->imu_batch = 5;
    board->imu_rates = AFE_IMU_RATE;
    board->n_imu_rates = AFE_IMU_RATES;
    board->imu_rate = AFE_IMU_100_HZ;
    /* Box flat on the sacrum, USB down (hardware/README.md): wire_protocol.md, section 12, B1. */
    board->mount[0] = board->mount[1] = 8192;
    board->mount[2] = board->mount[3] = -8192;
    board->ring = THE.ring;
    board->ring_bytes = sizeof THE.ring;
}

void board_start(void)
{
    fo_hal *hal = &THE.hal;
    memset(&THE, 0, sizeof THE);
    nrf_write(NRF_CLOCK_HFCLKSTART, 1); /* the crystal: the RC oscillator is no clock for samples */
    while (nrf_read(NRF_CLOCK_HFCLKSTARTED) == 0) {
    }
    nrf_write(NRF_TIMER_BITMODE(NRF_TIMER1), NRF_TIMER_32_BIT);
    nrf_write(NRF_TIMER_PRESCALER(NRF_TIMER1), NRF_TIMER_1_MHZ);
    nrf_write(NRF_TIMER_START(NRF_TIMER1), 1);

    static const uint8_t LOW[] = {PIN_ADS_START, PIN_ADS_RESET, PIN_ADS_PWDN};
    for (unsigned i = 0; i < sizeof LOW; i++) {
        nrf_write(NRF_GPIO_OUTCLR, 1u << LOW[i]);
        nrf_write(NRF_GPIO_PIN_CNF(LOW[i]), NRF_PIN_OUTPUT);
    }
    nrf_spi_open(&THE.ads_spi, &ADS_PINS);
    nrf_spi_open(&THE.icm_spi, &ICM_PINS);
    capture_edge(DRDY_CHANNEL, PIN_DRDY, NRF_GPIOTE_FALLING);
    capture_edge(IMU_CHANNEL, PIN_IMU_INT1, NRF_GPIOTE_RISING);

    hal->ctx = &THE.afe;
    hal->now_us = now_us;
    hal->sampling = sampling;
    hal->adc_read = adc_read;
    hal->imu_read = imu_read;
    hal->tx_write = tx_write;
    hal->rand32 = rand32;
    hal->reboot = reboot;
    hal->vbus = vbus;
    hal->leadoff = leadoff;
    hal->set_leadoff = set_leadoff;
    hal->set_gain = set_gain;
    describe();
    afe_sampling_init(&THE.afe, &THE.device, &THE.ads_spi.port, &THE.icm_spi.port);
    fo_device_init(&THE.device, hal, &THE.board, reset_reason());
    uart_open();
    /* Word writes: two priorities lie in the words of interrupts 0-3 and 4-7. */
    nrf_write(NVIC_IPR(0), (uint32_t)PRIORITY_UART << 8 * IRQ_UARTE0);
    nrf_write(NVIC_IPR(4), (uint32_t)PRIORITY_PINS << 8 * (IRQ_GPIOTE - 4));
    nrf_write(NVIC_ISER0, 1u << IRQ_UARTE0 | 1u << IRQ_GPIOTE);
    nrf_write(SYST_RVR, SYSTICK_1_MS - 1); /* wakes the loop; time never comes from it */
    nrf_write(SYST_CSR, SYSTICK_RUN);
}

/* Mark and capture are taken together: an edge that came between would be served twice. */
static bool take_edge(volatile bool *noted, const volatile uint32_t *ticks, uint64_t *edge_us)
{
    uint32_t before = nrf_mask_interrupts();
    bool came = *noted;
    *noted = false;
    *edge_us = came ? capture_us(*ticks) : 0;
    nrf_restore_interrupts(before);
    return came;
}

void board_turn(void)
{
    uint64_t edge_us;
    if (take_edge(&THE.drdy_noted, &THE.drdy_ticks, &edge_us))
        afe_on_drdy(&THE.afe, edge_us);
    if (take_edge(&THE.imu_noted, &THE.imu_ticks, &edge_us))
        afe_on_imu(&THE.afe, edge_us);
    fo_device_poll(&THE.device);
    uint32_t before = nrf_mask_interrupts();
    if (!THE.drdy_noted && !THE.imu_noted)
        nrf_wait_for_interrupt();
    nrf_restore_interrupts(before);
}

fo_device *board_device(void)
{
    return &THE.device;
}

afe_sampling *board_afe(void)
{
    return &THE.afe;
}
