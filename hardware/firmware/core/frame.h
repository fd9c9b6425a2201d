/* One frame: 20 bytes of header, payload, CRC-32 (wire_protocol.md section 4). */
#ifndef FO_FRAME_H
#define FO_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

typedef struct fo_frame {
    uint8_t type;
    uint8_t epoch;
    uint8_t flags;
    uint8_t stream;
    uint8_t count;
    uint16_t seq;
    uint32_t index;
    uint64_t t_us;
    const uint8_t *payload;
    size_t payload_bytes;
} fo_frame;

/* In the order of the tests on reception (section 3, rule 3). */
typedef enum fo_fault {
    FO_FRAME_GOOD = 0,
    FO_FRAME_BAD_LENGTH,
    FO_FRAME_BAD_CRC,
    FO_FRAME_BAD_MAGIC,
    FO_FRAME_FOREIGN_MAJOR
} fo_fault;

/* Writes the frame into out (240 bytes are always enough). Returns its size, 24 + payload. The
 * payload has at most 216 bytes and may already stand at out + 20. */
size_t fo_frame_encode(const fo_frame *frame, uint8_t *out);

/* Reads the frame in raw; its payload points into raw. Unknown types are frames. */
fo_fault fo_frame_parse(const uint8_t *raw, size_t n, fo_frame *frame);

#endif
