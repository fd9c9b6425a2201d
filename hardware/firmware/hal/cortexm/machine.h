/* What one emulated Cortex-M4 machine offers to the loop in loop.c. */
#ifndef FO_MACHINE_H
#define FO_MACHINE_H

#include <stddef.h>
#include <stdint.h>

/* Of the machine, in its board.c */
extern const uint16_t MACHINE_MODEL;
extern const uint8_t MACHINE_SERIAL[8];
extern const uint32_t MACHINE_CORE_HZ; /* what SysTick counts */

/* Starts timer and UART; received bytes go to machine_received. */
void machine_init(void);

/* Ticks of the free-running timer, modulo 2^32, and how many make a microsecond. */
uint32_t machine_ticks(void);
extern const uint32_t MACHINE_TICKS_PER_US;

/* A fast counter whose low bits depend on what the host computer is doing; before machine_init. */
uint32_t machine_jitter(void);

/* Returns how many bytes the UART took at once. */
size_t machine_write(const uint8_t *p, size_t n);

/* Of the loop: called by the UART's interrupt for each byte. */
void machine_received(uint8_t byte);

/* Interrupts of the machine: numbers from 0, as in its manual. */
#define NVIC_ISER ((volatile uint32_t *)0xE000E100u)
static inline void machine_enable_interrupt(unsigned number)
{
    NVIC_ISER[number / 32u] = UINT32_C(1) << (number % 32u);
}

#endif
