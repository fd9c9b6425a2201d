/* QEMU mps2-an386: Arm MPS2 FPGA image AN386, Cortex-M4 at 25 MHz, CMSDK peripherals (Cortex-M System
 * Design Kit Technical Reference Manual, APB timer and APB UART). Runs in QEMU only. */
#include "machine.h"

#define UART_DATA (*(volatile uint32_t *)0x40004000u)
#define UART_STATE (*(volatile uint32_t *)0x40004004u)
#define UART_CTRL (*(volatile uint32_t *)0x40004008u)
#define UART_INTCLEAR (*(volatile uint32_t *)0x4000400Cu)
#define UART_BAUDDIV (*(volatile uint32_t *)0x40004010u)
#define UART_TX_FULL 1u
#define UART_RX_FULL 2u
#define UART_CTRL_RUN 0xBu /* transmit, receive, interrupt on reception */
#define UART_RX_INTERRUPT 2u

#define TIMER_CTRL (*(volatile uint32_t *)0x40000000u)
#define TIMER_VALUE (*(volatile uint32_t *)0x40000004u)
#define TIMER_RELOAD (*(volatile uint32_t *)0x40000008u)

const uint16_t MACHINE_MODEL = 3;
const uint8_t MACHINE_SERIAL[8] = {'F', 'O', 'M', 'P', 'S', '2', 0, 1};
const uint32_t MACHINE_CORE_HZ = 25000000u;
const uint32_t MACHINE_TICKS_PER_US = 25u;

void uart_interrupt(void);

void uart_interrupt(void)
{
    while ((UART_STATE & UART_RX_FULL) != 0u) {
        UART_INTCLEAR = UART_RX_INTERRUPT;
        machine_received((uint8_t)UART_DATA);
    }
}

static void start_timer(void)
{
    TIMER_RELOAD = 0xFFFFFFFFu; /* counts down and around, without an interrupt */
    TIMER_VALUE = 0xFFFFFFFFu;
    TIMER_CTRL = 1u;
}

void machine_init(void)
{
    start_timer();
    UART_BAUDDIV = 27u; /* 25 MHz / 27 = 925926 baud, 0.5 % off 921600 */
    UART_CTRL = UART_CTRL_RUN;
    machine_enable_interrupt(UART_INTERRUPT);
}

uint32_t machine_ticks(void)
{
    return ~TIMER_VALUE;
}

uint32_t machine_jitter(void)
{
    if ((TIMER_CTRL & 1u) == 0u) {
        start_timer();
    }
    return TIMER_VALUE;
}

size_t machine_write(const uint8_t *p, size_t n)
{
    size_t taken = 0;
    while (taken < n && (UART_STATE & UART_TX_FULL) == 0u) {
        UART_DATA = p[taken++];
    }
    return taken;
}
