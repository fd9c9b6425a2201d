/* QEMU netduinoplus2: STM32F405, Cortex-M4 (reference manual RM0090, USART and general-purpose timer).
 * Runs in QEMU only: clocks and pins, which the emulation does not have, are not set up, and its
 * timers count at 1 GHz where a chip's count at 84 MHz. */
#include "machine.h"

#define USART1_SR (*(volatile uint32_t *)0x40011000u)
#define USART1_DR (*(volatile uint32_t *)0x40011004u)
#define USART1_BRR (*(volatile uint32_t *)0x40011008u)
#define USART1_CR1 (*(volatile uint32_t *)0x4001100Cu)
#define SR_RXNE (1u << 5)
#define SR_TXE (1u << 7)
#define CR1_RUN (1u << 13 | 1u << 5 | 1u << 3 | 1u << 2) /* on, interrupt on reception, both ways */

#define TIM2_CR1 (*(volatile uint32_t *)0x40000000u)
#define TIM2_EGR (*(volatile uint32_t *)0x40000014u)
#define TIM2_CNT (*(volatile uint32_t *)0x40000024u)
#define TIM2_PSC (*(volatile uint32_t *)0x40000028u)
#define TIM2_ARR (*(volatile uint32_t *)0x4000002Cu)

#define TIMER_HZ_IN_QEMU 1000000000u

const uint16_t MACHINE_MODEL = 4;
const uint8_t MACHINE_SERIAL[8] = {'F', 'O', 'F', '4', '0', '5', 0, 1};
const uint32_t MACHINE_CORE_HZ = 168000000u;
const uint32_t MACHINE_TICKS_PER_US = 1u;

void uart_interrupt(void);

void uart_interrupt(void)
{
    while ((USART1_SR & SR_RXNE) != 0u) {
        machine_received((uint8_t)USART1_DR);
    }
}

static void start_timer(uint32_t prescaler)
{
    TIM2_CR1 = 0;
    TIM2_PSC = prescaler;
    TIM2_ARR = 0xFFFFFFFFu;
    TIM2_EGR = 1u; /* take the prescaler over */
    TIM2_CR1 = 1u;
}

void machine_init(void)
{
    start_timer(TIMER_HZ_IN_QEMU / 1000000u - 1u);
    USART1_BRR = 91u; /* 84 MHz / 921600; the emulation has no baud rate */
    USART1_CR1 = CR1_RUN;
    machine_enable_interrupt(UART_INTERRUPT);
}

uint32_t machine_ticks(void)
{
    return TIM2_CNT;
}

uint32_t machine_jitter(void)
{
    if ((TIM2_CR1 & 1u) == 0u) {
        start_timer(0);
    }
    return TIM2_CNT;
}

size_t machine_write(const uint8_t *p, size_t n)
{
    size_t taken = 0;
    while (taken < n && (USART1_SR & SR_TXE) != 0u) {
        USART1_DR = p[taken++];
    }
    return taken;
}
