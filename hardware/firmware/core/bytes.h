/* Little-endian numbers in byte arrays (wire_protocol.md section 1). No alignment is assumed. */
#ifndef FO_BYTES_H
#define FO_BYTES_H

#include <stdint.h>

static inline void fo_put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v & 0xFFu);
    p[1] = (uint8_t)(v >> 8);
}

static inline void fo_put24(uint8_t *p, int32_t v)
{
    uint32_t u = (uint32_t)v;
    p[0] = (uint8_t)(u & 0xFFu);
    p[1] = (uint8_t)((u >> 8) & 0xFFu);
    p[2] = (uint8_t)((u >> 16) & 0xFFu);
}

static inline void fo_put32(uint8_t *p, uint32_t v)
{
    fo_put16(p, (uint16_t)(v & 0xFFFFu));
    fo_put16(p + 2, (uint16_t)(v >> 16));
}

static inline void fo_put64(uint8_t *p, uint64_t v)
{
    fo_put32(p, (uint32_t)(v & 0xFFFFFFFFu));
    fo_put32(p + 4, (uint32_t)(v >> 32));
}

static inline uint16_t fo_get16(const uint8_t *p)
{
    return (uint16_t)(p[0] | (uint16_t)(p[1] << 8));
}

static inline uint32_t fo_get32(const uint8_t *p)
{
    return fo_get16(p) | ((uint32_t)fo_get16(p + 2) << 16);
}

static inline uint64_t fo_get64(const uint8_t *p)
{
    return fo_get32(p) | ((uint64_t)fo_get32(p + 4) << 32);
}

#endif
