/* NEVER RUN ON HARDWARE. The reference board: nRF52840, ADS1298, ICM-42688-P, UART link.
 *
 * Compiled and linked for a Cortex-M4; run only on the host, with models of the peripherals and of
 * both chips behind the registers (tests/test_nrf_board.c). No BLE: a stack of the maker is needed
 * for that. No battery gauge, sync pins, button or LEDs. The link is UARTE0 at 921600 baud, meant
 * for a UART isolator (hardware/README.md, safety). */
#ifndef NRF_BOARD_H
#define NRF_BOARD_H

#include "../board/afe_sampling.h"

/* Pins of hardware/README.md; the IMU has a bus of its own, so that its traffic does not raise
 * DRDY. SCLK, MOSI, MISO of the IMU and the UART are free choices. All on port 0. */
enum {
    PIN_DRDY = 11, PIN_ADS_CS = 12, PIN_ADS_SCLK = 13, PIN_ADS_MOSI = 14, PIN_ADS_MISO = 15,
    PIN_ADS_START = 16, PIN_ADS_RESET = 17, PIN_ADS_PWDN = 18,
    PIN_IMU_CS = 20, PIN_IMU_INT1 = 21, PIN_IMU_SCLK = 22, PIN_IMU_MOSI = 23, PIN_IMU_MISO = 19,
    PIN_UART_TXD = 6, PIN_UART_RXD = 8
};

enum { BOARD_RING_BYTES = 65536 };

/* Starts clock, timer, pins, front end and device. */
void board_start(void);

/* One turn of the main loop: serves what the interrupts have noted, then sleeps until the next. */
void board_turn(void);

/* Interrupts. They only note what came; the main loop is the one producer. */
void board_pin_interrupt(void);
void board_uart_interrupt(void);

/* Microseconds since the start; also for interrupts. */
uint64_t board_now_us(void);

/* For tests. */
fo_device *board_device(void);
afe_sampling *board_afe(void);

#endif
