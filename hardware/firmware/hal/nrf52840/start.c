/* NEVER RUN ON HARDWARE. Vectors and start of the nRF52840 (Armv7-M Architecture Reference Manual,
 * B1.5; interrupt numbers: registers.h). */
#include <stdint.h>

#include "board.h"

extern uint32_t __stack_top[], __data_load[], __data_start[], __data_end[];
extern uint32_t __bss_start[], __bss_end[];

void start(void);

static void halt(void)
{
    for (;;) {
    }
}

/* SysTick only ends a wfi; time never comes from it. */
static void woken(void)
{
}

typedef void (*vector)(void);

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    vector handlers[15 + 48];
} VECTORS = {
    .stack = __stack_top,
    .handlers = {
        [0] = start, /* reset */
        [1] = halt, [2] = halt, [3] = halt, [4] = halt, [5] = halt, /* NMI and faults */
        [10] = halt, [13] = halt, /* SVC, PendSV */
        [14] = woken,
        [15 + 2] = board_uart_interrupt,
        [15 + 6] = board_pin_interrupt,
    },
};

void start(void)
{
    uint32_t *from = __data_load;
    for (uint32_t *to = __data_start; to < __data_end; to++)
        *to = *from++;
    for (uint32_t *to = __bss_start; to < __bss_end; to++)
        *to = 0;
    board_start();
    for (;;)
        board_turn();
}
