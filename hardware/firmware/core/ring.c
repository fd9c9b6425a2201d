#include "ring.h"

#include <string.h>

void fo_ring_init(fo_ring *ring, uint8_t *data, size_t size)
{
    ring->data = data;
    ring->size = size;
    ring->head = 0;
    ring->used = 0;
    ring->high_water = 0;
}

bool fo_ring_put(fo_ring *ring, const uint8_t *packet, size_t n)
{
    if (n > ring->size - ring->used) {
        return false;
    }
    size_t to_end = ring->size - ring->head;
    size_t first = n < to_end ? n : to_end;
    memcpy(ring->data + ring->head, packet, first);
    memcpy(ring->data, packet + first, n - first);
    ring->head = first < to_end ? ring->head + n : n - first;
    ring->used += n;
    if (ring->used > ring->high_water) {
        ring->high_water = ring->used;
    }
    return true;
}

size_t fo_ring_peek(const fo_ring *ring, const uint8_t **p)
{
    size_t tail = ring->head >= ring->used ? ring->head - ring->used
                                           : ring->head + ring->size - ring->used;
    size_t to_end = ring->size - tail;
    *p = ring->data + tail;
    return ring->used < to_end ? ring->used : to_end;
}

void fo_ring_consume(fo_ring *ring, size_t n)
{
    ring->used -= n < ring->used ? n : ring->used;
}

void fo_ring_clear(fo_ring *ring)
{
    ring->used = 0;
}

uint8_t fo_ring_high_water_percent(fo_ring *ring)
{
    size_t percent = ring->high_water * 100u / ring->size;
    ring->high_water = ring->used;
    return (uint8_t)percent;
}

void fo_ring_copy(const fo_ring *ring, size_t offset, uint8_t *out, size_t n)
{
    const uint8_t *start;
    size_t run = fo_ring_peek(ring, &start);
    if (offset < run) {
        size_t first = n < run - offset ? n : run - offset;
        memcpy(out, start + offset, first);
        memcpy(out + first, ring->data, n - first);
    } else {
        memcpy(out, ring->data + (offset - run), n);
    }
}
