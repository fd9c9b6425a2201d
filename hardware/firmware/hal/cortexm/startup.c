/* Vectors and start of an Armv7-M machine (Armv7-M Architecture Reference Manual, B1.5). No floating
 * point is used, so the coprocessor stays off. */
#include <stdint.h>

extern uint32_t __stack_top[], __data_load[], __data_start[], __data_end[];
extern uint32_t __bss_start[], __bss_end[];

int main(void);
void uart_interrupt(void);
void start(void);
static void halt(void);
static void woken(void);

#define EXCEPTIONS 16
#define INTERRUPTS 48

typedef void (*vector)(void);

typedef struct vectors {
    uint32_t *stack;
    vector handlers[EXCEPTIONS - 1 + INTERRUPTS];
} vectors;

__attribute__((section(".vectors"), used)) static const vectors VECTORS = {
    .stack = __stack_top,
    .handlers = {
        [0] = start, /* reset */
        [1] = halt, [2] = halt, [3] = halt, [4] = halt, [5] = halt, /* NMI and faults */
        [10] = halt, [13] = halt, /* SVC, PendSV */
        [14] = woken, /* SysTick */
        [EXCEPTIONS - 1 + UART_INTERRUPT] = uart_interrupt,
    },
};

static void halt(void)
{
    for (;;) {
    }
}

/* SysTick only ends a wfi; time never comes from it. */
static void woken(void)
{
}

#ifdef UNIT_TESTS
void initialise_monitor_handles(void);
void exit(int status);

void uart_interrupt(void)
{
    halt();
}
#endif

void start(void)
{
    uint32_t *from = __data_load;
    for (uint32_t *to = __data_start; to < __data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = __bss_start; to < __bss_end; to++) {
        *to = 0;
    }
#ifdef UNIT_TESTS
    initialise_monitor_handles();
    exit(main());
#else
    (void)main();
#endif
    halt();
}
