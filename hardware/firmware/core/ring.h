/* The transmit ring: whole packets in, bytes out by peek and consume.
 *
 * A packet enters whole or not at all. The reader consumes only what the link accepted, so a link
 * that takes half a packet gets the other half later, never another byte. */
#ifndef FO_RING_H
#define FO_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fo_ring {
    uint8_t *data;
    size_t size;
    size_t head; /* where the next byte is written */
    size_t used;
    size_t high_water;
} fo_ring;

void fo_ring_init(fo_ring *ring, uint8_t *data, size_t size);

/* Appends a packet, or nothing when it does not fit: then false. */
bool fo_ring_put(fo_ring *ring, const uint8_t *packet, size_t n);

/* The longest run of bytes that can be read at once; *p is valid until the next call. */
size_t fo_ring_peek(const fo_ring *ring, const uint8_t **p);
void fo_ring_consume(fo_ring *ring, size_t n);

/* Copies n of the waiting bytes, from the offset-th on, without consuming them. */
void fo_ring_copy(const fo_ring *ring, size_t offset, uint8_t *out, size_t n);

/* Forgets what waits. */
void fo_ring_clear(fo_ring *ring);

/* Fullest state since the last call, percent. */
uint8_t fo_ring_high_water_percent(fo_ring *ring);

#endif
