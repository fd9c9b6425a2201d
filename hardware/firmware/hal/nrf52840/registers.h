/* NEVER RUN ON HARDWARE.
 *
 * Registers of the nRF52840 that the board uses. Addresses and bits: Nordic's nRF52840 Product
 * Specification, chapters of the named peripherals, as the register headers of Apache NuttX
 * (arch/arm/src/nrf52/hardware/nrf52_*.h) give them, which were read; base addresses of UARTE0,
 * GPIOTE, TIMER1, RNG, SPIM, PPI, GPIO and FICR: from general knowledge, verify before use (the
 * number in the address is the peripheral's interrupt number). NVIC, SysTick, AIRCR: Armv7-M
 * Architecture Reference Manual, B3. */
#ifndef NRF_REGISTERS_H
#define NRF_REGISTERS_H

#include <stdint.h>

/* On the chip these are plain accesses; the tests put a model of the peripherals behind them. */
#ifdef NRF_MODEL
uint32_t nrf_read(uint32_t address);
void nrf_write(uint32_t address, uint32_t value);
uint32_t nrf_dma(const void *buffer);
uint32_t nrf_mask_interrupts(void);
void nrf_restore_interrupts(uint32_t before);
void nrf_wait_for_interrupt(void);
#else
static inline uint32_t nrf_read(uint32_t address)
{
    return *(volatile uint32_t *)address;
}
static inline void nrf_write(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}
static inline uint32_t nrf_dma(const void *buffer)
{
    __asm__ volatile("" ::: "memory"); /* what the buffer holds is in memory before it is read */
    return (uint32_t)buffer;
}
static inline uint32_t nrf_mask_interrupts(void)
{
    uint32_t before;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before)::"memory");
    return before;
}
static inline void nrf_restore_interrupts(uint32_t before)
{
    __asm__ volatile("msr primask, %0" ::"r"(before) : "memory");
}
/* A masked interrupt that is pending still ends the sleep. */
static inline void nrf_wait_for_interrupt(void)
{
    __asm__ volatile("dsb\n\twfi" ::: "memory");
}
#endif

#define NRF_CLOCK_HFCLKSTART 0x40000000u
#define NRF_CLOCK_HFCLKSTARTED 0x40000100u
#define NRF_POWER_RESETREAS 0x40000400u
#define NRF_POWER_USBREGSTATUS 0x40000438u
enum { NRF_RESET_PIN = 1, NRF_RESET_WATCHDOG = 2, NRF_RESET_REQUEST = 4, NRF_RESET_LOCKUP = 8 };
enum { NRF_VBUS_DETECTED = 1 };

#define NRF_UARTE0 0x40002000u /* interrupt 2 */
#define NRF_UARTE_STARTRX(base) ((base) + 0x000u)
#define NRF_UARTE_STARTTX(base) ((base) + 0x008u)
#define NRF_UARTE_ENDRX(base) ((base) + 0x110u)
#define NRF_UARTE_ENDTX(base) ((base) + 0x120u)
#define NRF_UARTE_SHORTS(base) ((base) + 0x200u)
#define NRF_UARTE_INTENSET(base) ((base) + 0x304u)
#define NRF_UARTE_ENABLE(base) ((base) + 0x500u)
#define NRF_UARTE_PSEL_TXD(base) ((base) + 0x50Cu)
#define NRF_UARTE_PSEL_RXD(base) ((base) + 0x514u)
#define NRF_UARTE_BAUDRATE(base) ((base) + 0x524u)
#define NRF_UARTE_RXD_PTR(base) ((base) + 0x534u)
#define NRF_UARTE_RXD_MAXCNT(base) ((base) + 0x538u)
#define NRF_UARTE_TXD_PTR(base) ((base) + 0x544u)
#define NRF_UARTE_TXD_MAXCNT(base) ((base) + 0x548u)
#define NRF_UARTE_BAUD_921600 0x0F000000u /* from general knowledge, verify before use */
enum { NRF_UARTE_ON = 8, NRF_UARTE_SHORT_ENDRX_STARTRX = 1 << 5, NRF_UARTE_INT_ENDRX = 1 << 4 };

#define NRF_SPIM1 0x40004000u
#define NRF_SPIM2 0x40023000u
#define NRF_SPIM_START(base) ((base) + 0x010u)
#define NRF_SPIM_END(base) ((base) + 0x118u)
#define NRF_SPIM_ENABLE(base) ((base) + 0x500u)
#define NRF_SPIM_PSEL_SCK(base) ((base) + 0x508u)
#define NRF_SPIM_PSEL_MOSI(base) ((base) + 0x50Cu)
#define NRF_SPIM_PSEL_MISO(base) ((base) + 0x510u)
#define NRF_SPIM_FREQUENCY(base) ((base) + 0x524u)
#define NRF_SPIM_RXD_PTR(base) ((base) + 0x534u)
#define NRF_SPIM_RXD_MAXCNT(base) ((base) + 0x538u)
#define NRF_SPIM_TXD_PTR(base) ((base) + 0x544u)
#define NRF_SPIM_TXD_MAXCNT(base) ((base) + 0x548u)
#define NRF_SPIM_CONFIG(base) ((base) + 0x554u)
#define NRF_SPIM_ORC(base) ((base) + 0x5C0u)
#define NRF_SPIM_1_MBPS 0x10000000u
#define NRF_SPIM_4_MBPS 0x40000000u
#define NRF_SPIM_8_MBPS 0x80000000u
enum { NRF_SPIM_ON = 7, NRF_SPIM_CPHA = 2, NRF_SPIM_CPOL = 4 };

#define NRF_GPIOTE_IN(n) (0x40006100u + 4u * (n)) /* interrupt 6 */
#define NRF_GPIOTE_INTENSET 0x40006304u
#define NRF_GPIOTE_CONFIG(n) (0x40006510u + 4u * (n))
enum { NRF_GPIOTE_EVENT = 1, NRF_GPIOTE_RISING = 1 << 16, NRF_GPIOTE_FALLING = 2 << 16 };

#define NRF_TIMER1 0x40009000u
#define NRF_TIMER_START(base) ((base) + 0x000u)
#define NRF_TIMER_CAPTURE(base, n) ((base) + 0x040u + 4u * (n))
#define NRF_TIMER_BITMODE(base) ((base) + 0x508u)
#define NRF_TIMER_PRESCALER(base) ((base) + 0x510u)
#define NRF_TIMER_CC(base, n) ((base) + 0x540u + 4u * (n))
enum { NRF_TIMER_32_BIT = 3, NRF_TIMER_1_MHZ = 4 }; /* 16 MHz / 2^4 */

#define NRF_RNG_START 0x4000D000u
#define NRF_RNG_READY 0x4000D100u
#define NRF_RNG_CONFIG 0x4000D504u
#define NRF_RNG_VALUE 0x4000D508u

#define NRF_PPI_CHENSET 0x4001F504u
#define NRF_PPI_EEP(n) (0x4001F510u + 8u * (n))
#define NRF_PPI_TEP(n) (0x4001F514u + 8u * (n))

#define NRF_GPIO_OUTSET 0x50000508u
#define NRF_GPIO_OUTCLR 0x5000050Cu
#define NRF_GPIO_PIN_CNF(pin) (0x50000700u + 4u * (pin))
enum { NRF_PIN_INPUT = 0, NRF_PIN_OUTPUT = 3 };

#define NRF_FICR_DEVICEID(n) (0x10000060u + 4u * (n))

#define NVIC_ISER0 0xE000E100u
#define NVIC_IPR(n) (0xE000E400u + (n)) /* a byte each */
#define SYST_CSR 0xE000E010u
#define SYST_RVR 0xE000E014u
#define AIRCR 0xE000ED0Cu
#define AIRCR_SYSRESETREQ 0x05FA0004u

#endif
