/* Bytes of the host become packets. fo_receiver_byte may run in an interrupt and preempt the rest;
 * the others belong to the main loop (one producer, one consumer, one core). */
#ifndef FO_RECEIVER_H
#define FO_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

/* A host has one command under way, and TIME_REQ beside it. */
#define FO_RX_SLOTS 4u

typedef struct fo_packet {
    uint8_t data[FO_MAX_PACKET_BYTES];
    uint8_t n;
    uint64_t t_us; /* when its last byte came */
} fo_packet;

typedef struct fo_receiver {
    fo_packet slots[FO_RX_SLOTS];
    volatile uint8_t head;  /* written by the producer only */
    volatile uint8_t tail;  /* written by the consumer only */
    volatile uint32_t lost; /* packets too long, or without a free slot; producer only */
    uint8_t n;
    bool skipping;
} fo_receiver;

void fo_receiver_init(fo_receiver *rx);

/* Takes one byte of a byte stream that arrived at t_us. */
void fo_receiver_byte(fo_receiver *rx, uint8_t byte, uint64_t t_us);

/* Takes a whole frame of a packet link. */
void fo_receiver_packet(fo_receiver *rx, const uint8_t *p, size_t n, uint64_t t_us);

/* The oldest packet, or NULL; it stays until fo_receiver_done. */
fo_packet *fo_receiver_next(fo_receiver *rx);
void fo_receiver_done(fo_receiver *rx);

#endif
