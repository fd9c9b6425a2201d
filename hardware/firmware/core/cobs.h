/* Consistent overhead byte stuffing (Cheshire and Baker 1999) for packets of at most 253 bytes:
 * there its overhead is exactly one byte and the corner at 254 does not exist. */
#ifndef FO_COBS_H
#define FO_COBS_H

#include <stddef.h>
#include <stdint.h>

#define FO_COBS_MAX_BYTES 253u

/* Stuffs n <= 253 bytes into out, which takes n + 1. Returns n + 1; no byte of them is 0. */
size_t fo_cobs_encode(const uint8_t *in, size_t n, uint8_t *out);

/* Takes the stuffing out of n bytes without their delimiter, into out (n - 1 bytes; may be in).
 * Returns n - 1, or 0 when the bytes are no packet: empty, a zero inside, a run past the end, or
 * longer than this codec's 254. An encoded packet is never empty, so 0 means nothing else. */
size_t fo_cobs_decode(const uint8_t *in, size_t n, uint8_t *out);

#endif
