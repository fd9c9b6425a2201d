#include "receiver.h"

#include <string.h>

/* Keeps the compiler from moving writes to a slot behind the index that publishes it. One core: no
 * processor barrier is needed. */
#if defined(__GNUC__)
#define PUBLISH() __asm__ volatile("" ::: "memory")
#else
#define PUBLISH() ((void)0)
#endif

static uint8_t after(uint8_t slot)
{
    return (uint8_t)((slot + 1u) % FO_RX_SLOTS);
}

void fo_receiver_init(fo_receiver *rx)
{
    memset(rx, 0, sizeof *rx);
}

static void finish(fo_receiver *rx, uint64_t t_us)
{
    fo_packet *slot = &rx->slots[rx->head];
    slot->n = rx->n;
    slot->t_us = t_us;
    rx->n = 0;
    if (after(rx->head) == rx->tail) {
        rx->lost++; /* the slot is used again; the host repeats what gets no answer */
    } else {
        PUBLISH();
        rx->head = after(rx->head);
    }
}

void fo_receiver_byte(fo_receiver *rx, uint8_t byte, uint64_t t_us)
{
    if (byte == 0u) {
        /* Empty packets are legal and not counted. */
        if (!rx->skipping && rx->n > 0u) {
            finish(rx, t_us);
        }
        rx->skipping = false;
        rx->n = 0;
    } else if (!rx->skipping) {
        if (rx->n == FO_MAX_PACKET_BYTES) {
            rx->skipping = true; /* one error for the whole run up to the next delimiter */
            rx->lost++;
        } else {
            rx->slots[rx->head].data[rx->n++] = byte;
        }
    }
}

void fo_receiver_packet(fo_receiver *rx, const uint8_t *p, size_t n, uint64_t t_us)
{
    if (n > FO_MAX_FRAME_BYTES) {
        rx->lost++;
        return;
    }
    memcpy(rx->slots[rx->head].data, p, n);
    rx->n = (uint8_t)n;
    finish(rx, t_us);
}

fo_packet *fo_receiver_next(fo_receiver *rx)
{
    if (rx->tail == rx->head) {
        return NULL;
    }
    PUBLISH();
    return &rx->slots[rx->tail];
}

void fo_receiver_done(fo_receiver *rx)
{
    PUBLISH();
    rx->tail = after(rx->tail);
}
