#include "nrf_model.h"

#include <string.h>

#include "../../hal/nrf52840/board.h"
#include "../../hal/nrf52840/registers.h"

/* A loop that looks at the clock this often does nothing else; then the clock takes larger steps,
 * so that a wait of 300 ms does not take millions of turns. */
enum { SLOTS = 256, HANDLES = 64, SPIN_TURNS = 64, SPIN_STEP_NS = 20000 };

struct nrf_model nrf_model;

static struct {
    uint32_t address[SLOTS], value[SLOTS];
    unsigned used;
    void *handle[HANDLES]; /* a host's buffer has no 32-bit address: a number stands for it */
    unsigned handles, spins;
} reg;

static uint32_t *slot(uint32_t address)
{
    for (unsigned i = 0; i < reg.used; i++)
        if (reg.address[i] == address)
            return &reg.value[i];
    reg.address[reg.used] = address;
    reg.value[reg.used] = 0;
    return &reg.value[reg.used++];
}

uint32_t nrf_dma(const void *buffer)
{
    unsigned i = 0;
    while (i < reg.handles && reg.handle[i] != buffer)
        i++;
    if (i == reg.handles) {
        i = reg.handles < HANDLES ? reg.handles++ : HANDLES - 1; /* the last ones share a place */
        memcpy(&reg.handle[i], &buffer, sizeof buffer);
    }
    return 0x20000000u + i;
}

static uint8_t *buffer_of(uint32_t address)
{
    return reg.handle[address - 0x20000000u];
}

static void wrong(const char *rule)
{
    sim_log_violation(&nrf_model.log, nrf_model.bus->now_ns, rule);
}

static uint32_t ticks_at(uint64_t ns)
{
    return (uint32_t)(ns / 1000);
}

/* Edges at the pins copy the timer and raise events, as PPI and GPIOTE do. */
static void look_at_pins(void)
{
    struct sim_bus *bus = nrf_model.bus;
    ads1298_model_advance(&bus->ads, bus->now_ns);
    icm42688_model_advance(&bus->icm, bus->now_ns);
    const uint64_t edges[2] = {bus->ads.edges, bus->icm.interrupts};
    static const enum sim_chip CHIP[2] = {SIM_ADS, SIM_ICM};
    static const uint32_t CONFIG[2] = {1u | (uint32_t)PIN_DRDY << 8 | 2u << 16,
                                       1u | (uint32_t)PIN_IMU_INT1 << 8 | 1u << 16};
    bool raised = false;
    for (unsigned n = 0; n < 2; n++) {
        if (edges[n] == nrf_model.pin_edges[n])
            continue;
        nrf_model.pin_edges[n] = edges[n];
        if (*slot(NRF_GPIOTE_CONFIG(n)) != CONFIG[n])
            continue; /* another pin, edge or mode: nothing happens */
        *slot(NRF_GPIOTE_IN(n)) = 1;
        bool routed = (*slot(NRF_PPI_CHENSET) >> n & 1) != 0 &&
                      *slot(NRF_PPI_EEP(n)) == NRF_GPIOTE_IN(n) &&
                      *slot(NRF_PPI_TEP(n)) == NRF_TIMER_CAPTURE(NRF_TIMER1, n);
        if (routed)
            *slot(NRF_TIMER_CC(NRF_TIMER1, n)) = ticks_at(sim_bus_capture_ns(bus, CHIP[n]));
        raised = raised || (*slot(NRF_GPIOTE_INTENSET) >> n & 1) != 0;
    }
    if (raised && (*slot(NVIC_ISER0) >> 6 & 1) != 0)
        board_pin_interrupt();
}

static void spi_start(uint32_t base, enum sim_chip chip, unsigned cs, const unsigned pins[3])
{
    struct sim_bus *bus = nrf_model.bus;
    const struct spi_port *port = &bus->port[chip];
    struct sim_line *line = &bus->line[chip];
    const uint32_t config = *slot(NRF_SPIM_CONFIG(base));
    const uint32_t frequency = *slot(NRF_SPIM_FREQUENCY(base));
    if (*slot(NRF_SPIM_ENABLE(base)) != 7)
        wrong("SPIM: not enabled");
    if (*slot(NRF_SPIM_PSEL_SCK(base)) != pins[0] || *slot(NRF_SPIM_PSEL_MOSI(base)) != pins[1] ||
        *slot(NRF_SPIM_PSEL_MISO(base)) != pins[2])
        wrong("SPIM: pins");
    if (*slot(NRF_GPIO_PIN_CNF(cs)) != NRF_PIN_OUTPUT)
        wrong("GPIO: chip select is no output");
    if ((config & 1) != 0)
        wrong("SPIM: LSB first");
    line->mode = (config >> 1 & 1) | (config >> 2 & 1) << 1;
    line->clock_hz = frequency == 0x80000000u   ? 8000000
                     : frequency == 0x40000000u ? 4000000
                                                : 1000000;
    uint32_t out = *slot(NRF_SPIM_TXD_MAXCNT(base)), in = *slot(NRF_SPIM_RXD_MAXCNT(base));
    uint8_t tx[64] = {0}, rx[64];
    uint32_t n = out > in ? out : in;
    if (n > sizeof tx || *slot(NRF_SPIM_ORC(base)) != 0) {
        wrong("SPIM: length or over-read character");
        return;
    }
    if (out > 0)
        memcpy(tx, buffer_of(*slot(NRF_SPIM_TXD_PTR(base))), out);
    (void)port->transfer(port->context, tx, rx, n);
    if (in > 0)
        memcpy(buffer_of(*slot(NRF_SPIM_RXD_PTR(base))), rx, in);
    *slot(NRF_SPIM_END(base)) = 1;
}

static void outputs(uint32_t set, uint32_t clear)
{
    struct sim_bus *bus = nrf_model.bus;
    const uint32_t before = nrf_model.pin_out;
    nrf_model.pin_out = (before | set) & ~clear;
    const uint32_t changed = before ^ nrf_model.pin_out;
    static const struct {
        unsigned pin;
        enum sim_chip chip;
        enum spi_pin line;
    } PINS[] = {{PIN_ADS_START, SIM_ADS, SPI_PIN_START},
                {PIN_ADS_RESET, SIM_ADS, SPI_PIN_RESET},
                {PIN_ADS_PWDN, SIM_ADS, SPI_PIN_PWDN}};
    for (unsigned i = 0; i < 3; i++)
        if ((changed >> PINS[i].pin & 1) != 0)
            bus->port[SIM_ADS].set_pin(bus->port[SIM_ADS].context, PINS[i].line,
                                       (nrf_model.pin_out >> PINS[i].pin & 1) != 0);
    static const unsigned CS[2] = {PIN_ADS_CS, PIN_IMU_CS};
    for (unsigned i = 0; i < 2; i++)
        if ((changed >> CS[i] & 1) != 0)
            bus->port[i].select(bus->port[i].context, (nrf_model.pin_out >> CS[i] & 1) == 0);
}

static void send(void)
{
    uint32_t n = *slot(NRF_UARTE_TXD_MAXCNT(NRF_UARTE0));
    if (nrf_model.bus->now_ns < nrf_model.sending_until_ns)
        wrong("UARTE: started while sending");
    if (*slot(NRF_UARTE_ENABLE(NRF_UARTE0)) != 8)
        wrong("UARTE: not enabled");
    const uint8_t *p = buffer_of(*slot(NRF_UARTE_TXD_PTR(NRF_UARTE0)));
    for (uint32_t i = 0; i < n && nrf_model.sent_bytes < NRF_MODEL_SENT_BYTES; i++)
        nrf_model.sent[nrf_model.sent_bytes++] = p[i];
    nrf_model.sending_until_ns = nrf_model.bus->now_ns + n * UINT64_C(10000000000) / 921600;
}

uint32_t nrf_read(uint32_t address)
{
    struct sim_bus *bus = nrf_model.bus;
    bus->now_ns += 50; /* an access takes time: loops that wait for something end */
    if (address == NRF_UARTE_ENDTX(NRF_UARTE0))
        return *slot(address) != 0 || (nrf_model.sending_until_ns != 0 &&
                                       bus->now_ns >= nrf_model.sending_until_ns);
    if (address == NRF_POWER_USBREGSTATUS)
        return nrf_model.vbus;
    if (address == NRF_CLOCK_HFCLKSTARTED || address == NRF_RNG_READY)
        return 1;
    if (address == NRF_RNG_VALUE)
        return (uint32_t)(bus->now_ns >> 3 & 0xFF);
    return *slot(address);
}

void nrf_write(uint32_t address, uint32_t value)
{
    static const unsigned ADS_PINS[3] = {PIN_ADS_SCLK, PIN_ADS_MOSI, PIN_ADS_MISO};
    static const unsigned IMU_PINS[3] = {PIN_IMU_SCLK, PIN_IMU_MOSI, PIN_IMU_MISO};
    struct sim_bus *bus = nrf_model.bus;
    bus->now_ns += 20;
    reg.spins = address == NRF_TIMER_CAPTURE(NRF_TIMER1, 3) ? reg.spins + 1 : 0;
    if (reg.spins > SPIN_TURNS)
        bus->now_ns += SPIN_STEP_NS;
    if (address == NRF_GPIO_OUTSET)
        outputs(value, 0);
    else if (address == NRF_GPIO_OUTCLR)
        outputs(0, value);
    else if (address == NRF_SPIM_START(NRF_SPIM2))
        spi_start(NRF_SPIM2, SIM_ADS, PIN_ADS_CS, ADS_PINS);
    else if (address == NRF_SPIM_START(NRF_SPIM1))
        spi_start(NRF_SPIM1, SIM_ICM, PIN_IMU_CS, IMU_PINS);
    else if (address == NRF_UARTE_STARTTX(NRF_UARTE0))
        send();
    else if (address == AIRCR) {
        nrf_model.resets++;
        if (bus->now_ns < nrf_model.sending_until_ns)
            wrong("reset: in the middle of what is being sent");
    } else if (address >= NRF_TIMER_CAPTURE(NRF_TIMER1, 0) &&
             address <= NRF_TIMER_CAPTURE(NRF_TIMER1, 3))
        *slot(address + 0x500u) = ticks_at(bus->now_ns);
    else if (address == NRF_PPI_CHENSET || address == NRF_GPIOTE_INTENSET || address == NVIC_ISER0)
        *slot(address) |= value; /* set registers */
    else
        *slot(address) = value;
}

uint32_t nrf_mask_interrupts(void)
{
    bool before = nrf_model.masked;
    nrf_model.masked = true;
    return before;
}

void nrf_restore_interrupts(uint32_t before)
{
    nrf_model.masked = before != 0;
    if (!nrf_model.masked)
        look_at_pins();
}

void nrf_wait_for_interrupt(void)
{
    struct sim_bus *bus = nrf_model.bus;
    uint64_t tick = (bus->now_ns / 1000000 + 1) * 1000000; /* SysTick */
    uint64_t ads = ads1298_model_next_drdy_ns(&bus->ads);
    uint64_t icm = icm42688_model_next_interrupt_ns(&bus->icm);
    uint64_t next = ads < icm ? ads : icm;
    sim_bus_advance(bus, next < tick ? next : tick);
}

void nrf_model_receive(uint8_t byte)
{
    if (*slot(NRF_UARTE_RXD_MAXCNT(NRF_UARTE0)) != 1 ||
        *slot(NRF_UARTE_SHORTS(NRF_UARTE0)) != 1u << 5 ||
        *slot(NRF_UARTE_BAUDRATE(NRF_UARTE0)) == 0)
        wrong("UARTE: receiver");
    *buffer_of(*slot(NRF_UARTE_RXD_PTR(NRF_UARTE0))) = byte;
    *slot(NRF_UARTE_ENDRX(NRF_UARTE0)) = 1;
    if ((*slot(NVIC_ISER0) >> 2 & 1) != 0)
        board_uart_interrupt();
}

void nrf_model_init(struct sim_bus *bus)
{
    memset(&nrf_model, 0, sizeof nrf_model);
    memset(&reg, 0, sizeof reg);
    nrf_model.bus = bus;
    nrf_model.pin_out = 0;
}
