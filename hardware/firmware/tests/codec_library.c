/* The codec as functions that take and return only bytes and numbers, for the comparison with the
 * Python codec (tests/hardware/test_against_python.py). */
#include "cobs.h"
#include "crc32.h"
#include "frame.h"

size_t codec_encode(const uint8_t *fields, const uint8_t *payload, size_t n, uint8_t *out);
int codec_parse(const uint8_t *raw, size_t n, uint8_t *out, size_t *out_n);

/* fields: the header as it is on the wire, of which type, epoch, flags, stream, count and the
 * numbers are used. */
size_t codec_encode(const uint8_t *fields, const uint8_t *payload, size_t n, uint8_t *out)
{
    fo_frame frame = {0};
    frame.type = fields[1];
    frame.seq = (uint16_t)(fields[2] | fields[3] << 8);
    frame.epoch = fields[4];
    frame.flags = fields[5];
    frame.stream = fields[6];
    frame.count = fields[7];
    for (unsigned i = 0; i < 4u; i++) {
        frame.index |= (uint32_t)fields[8u + i] << 8u * i;
    }
    for (unsigned i = 0; i < 8u; i++) {
        frame.t_us |= (uint64_t)fields[12u + i] << 8u * i;
    }
    frame.payload = payload;
    frame.payload_bytes = n;
    return fo_frame_encode(&frame, out);
}

/* Returns the fault; a good frame is encoded again into out. */
int codec_parse(const uint8_t *raw, size_t n, uint8_t *out, size_t *out_n)
{
    fo_frame frame;
    fo_fault fault = fo_frame_parse(raw, n, &frame);
    *out_n = fault == FO_FRAME_GOOD ? fo_frame_encode(&frame, out) : 0u;
    return (int)fault;
}
