/* The device on an emulated Cortex-M4: interrupts receive and wake, everything else runs here. */
#include <stdbool.h>

#include "emulation.h"
#include "machine.h"

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)
#define SYST_RUN 7u /* processor clock, interrupt, enable */
#define SYST_LIMIT 0xFFFFFFu
#define AIRCR (*(volatile uint32_t *)0xE000ED0Cu)
#define AIRCR_SYSRESETREQ 0x05FA0004u

/* The shortest sleep worth its interrupt, and the time after which a full UART is tried again. */
#define LEAST_SLEEP_US 20u
#define UART_RETRY_US 1000u

#define RETAINED_MAGIC 0x464F5231u

/* Survives a reset and starts as anything at power-on. */
typedef struct retained {
    uint32_t magic;
    uint32_t random;
    uint32_t reason;
} retained;
extern volatile retained __retained;

static fo_emulation THE;
static uint64_t high_ticks;
static uint32_t last_ticks;
static volatile bool received;

static inline uint32_t mask_interrupts(void)
{
    uint32_t before;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before)::"memory");
    return before;
}

static inline void restore_interrupts(uint32_t before)
{
    __asm__ volatile("msr primask, %0" ::"r"(before) : "memory");
}

/* The timer has 32 bits; the loop reads it at least once a second. Also called by interrupts. */
static uint64_t now_us(void *ctx)
{
    (void)ctx;
    uint32_t before = mask_interrupts();
    uint32_t ticks = machine_ticks();
    high_ticks += (uint32_t)(ticks - last_ticks);
    last_ticks = ticks;
    uint64_t now = high_ticks;
    restore_interrupts(before);
    return now / MACHINE_TICKS_PER_US;
}

static size_t tx_write(void *ctx, const uint8_t *p, size_t n)
{
    (void)ctx;
    return machine_write(p, n);
}

/* xorshift32 of Marsaglia (2003) over a word that survives resets and was stirred with the timer. */
static uint32_t rand32(void *ctx)
{
    (void)ctx;
    uint32_t x = __retained.random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    __retained.random = x;
    return x;
}

/* No generator is emulated: the timer is read until its low bits, which depend on how fast the host
 * computer happens to run, have been mixed into the retained word. */
static void stir(void)
{
    uint32_t x = __retained.magic == RETAINED_MAGIC ? __retained.random : 0x9E3779B9u;
    for (int i = 0; i < 256; i++) {
        x = (x << 5 | x >> 27) ^ machine_jitter();
        x *= UINT32_C(2654435761);
    }
    __retained.random = x != 0u ? x : 1u;
}

static void reboot(void *ctx, uint8_t mode)
{
    (void)ctx;
    (void)mode; /* there is no bootloader: capability b13 is not set */
    __retained.reason = FO_RESET_COMMAND;
    AIRCR = AIRCR_SYSRESETREQ;
    for (;;) {
    }
}

void machine_received(uint8_t byte)
{
    fo_device_rx(&THE.device, byte, now_us(NULL));
    if (byte == 0u) {
        received = true;
    }
}

/* Sleeps until an interrupt: a whole command, or SysTick at due_us. */
static void sleep_until(uint64_t due_us)
{
    uint32_t before = mask_interrupts(); /* a masked interrupt that is pending still ends the wfi */
    uint64_t now = now_us(NULL);
    if (!received && due_us > now + LEAST_SLEEP_US) {
        uint64_t ticks = (due_us - now) * (MACHINE_CORE_HZ / 1000000u);
        SYST_RVR = ticks < SYST_LIMIT ? (uint32_t)ticks : SYST_LIMIT;
        SYST_CVR = 0;
        SYST_CSR = SYST_RUN;
        __asm__ volatile("dsb\n\twfi" ::: "memory");
        SYST_CSR = 0;
    }
    received = false;
    restore_interrupts(before);
}

int main(void)
{
    bool known = __retained.magic == RETAINED_MAGIC;
    uint32_t reason = known ? __retained.reason : FO_RESET_POWER_ON;
    stir();
    __retained.magic = RETAINED_MAGIC;
    __retained.reason = FO_RESET_UNKNOWN; /* what the next reset is, unless reboot() says more */
    fo_emulation_init(&THE, MACHINE_MODEL, MACHINE_SERIAL);
    THE.hal.now_us = now_us;
    THE.hal.tx_write = tx_write;
    THE.hal.rand32 = rand32;
    THE.hal.reboot = reboot;
    /* The machines have no supply, leads or sync pin to sense. */
    THE.board.caps &= ~(FO_CAP_VBUS | FO_CAP_LEAD_OFF | FO_CAP_SYNC_IN);
    uint32_t before = mask_interrupts();
    machine_init();
    last_ticks = machine_ticks();
    fo_emulation_boot(&THE, (uint8_t)reason);
    restore_interrupts(before);
    for (;;) {
        fo_emulation_catch_up(&THE, now_us(NULL));
        fo_device_poll(&THE.device);
        uint64_t due_us = fo_emulation_next_due_us(&THE);
        if (fo_device_tx_waiting(&THE.device)) {
            uint64_t retry_us = now_us(NULL) + UART_RETRY_US;
            due_us = retry_us < due_us ? retry_us : due_us;
        }
        sleep_until(due_us);
    }
}
