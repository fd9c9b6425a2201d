/* What the emulated boards have in common: converters that compute, a catch-up loop in place of
 * data-ready, and the description of the board. */
#ifndef FO_EMULATION_H
#define FO_EMULATION_H

#include "cadence.h"
#include "device.h"
#include "synth.h"

#define FO_EMULATED_CHANNELS 8u
#define FO_EMULATED_RING_BYTES 65536u

/* When the emulation was held up longer than this, the conversions in between are skipped, as a
 * front end would have lost them: the core counts them as missed. */
#define FO_CATCH_UP_LIMIT_US UINT64_C(5000000)

typedef struct fo_emulation {
    fo_device device;
    fo_hal hal;
    fo_board board;
    fo_cadence cadence[FO_STREAMS];
    enum fo_signal signal;
    uint8_t gains[FO_EMULATED_CHANNELS];
    uint32_t skip[FO_STREAMS]; /* conversions that the test bench has asked to lose */
    uint8_t ring[FO_EMULATED_RING_BYTES];
} fo_emulation;

/* Describes the board and sets the functions that are alike; the caller sets now_us, tx_write,
 * rand32, reboot and vbus of emu->hal, and what else it has. */
void fo_emulation_init(fo_emulation *emu, uint16_t model, const uint8_t serial[8]);

void fo_emulation_boot(fo_emulation *emu, uint8_t reset_reason);

/* Reports every conversion that is due, oldest first. Time comes from the free-running timer, so a
 * delayed call loses nothing. */
void fo_emulation_catch_up(fo_emulation *emu, uint64_t now_us);

/* When the next frame is complete or the device has something to do by itself. */
uint64_t fo_emulation_next_due_us(const fo_emulation *emu);

#endif
