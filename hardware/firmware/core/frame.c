#include "frame.h"

#include <string.h>

#include "bytes.h"
#include "crc32.h"

size_t fo_frame_encode(const fo_frame *frame, uint8_t *out)
{
    size_t body = FO_HEADER_BYTES + frame->payload_bytes;
    out[0] = (uint8_t)FO_MAGIC;
    out[1] = frame->type;
    fo_put16(out + 2, frame->seq);
    out[4] = frame->epoch;
    out[5] = frame->flags;
    out[6] = frame->stream;
    out[7] = frame->count;
    fo_put32(out + 8, frame->index);
    fo_put64(out + 12, frame->t_us);
    if (frame->payload_bytes > 0u && frame->payload != out + FO_HEADER_BYTES) {
        memmove(out + FO_HEADER_BYTES, frame->payload, frame->payload_bytes);
    }
    fo_put32(out + body, fo_crc32(out, body));
    return body + FO_CRC_BYTES;
}

fo_fault fo_frame_parse(const uint8_t *raw, size_t n, fo_frame *frame)
{
    if (n < FO_MIN_FRAME_BYTES || n > FO_MAX_FRAME_BYTES) {
        return FO_FRAME_BAD_LENGTH;
    }
    size_t body = n - FO_CRC_BYTES;
    if (fo_crc32(raw, body) != fo_get32(raw + body)) {
        return FO_FRAME_BAD_CRC;
    }
    if (raw[0] != FO_MAGIC) {
        return raw[0] >> 4 == FO_MAGIC >> 4 ? FO_FRAME_FOREIGN_MAJOR : FO_FRAME_BAD_MAGIC;
    }
    frame->type = raw[1];
    frame->seq = fo_get16(raw + 2);
    frame->epoch = raw[4];
    frame->flags = raw[5];
    frame->stream = raw[6];
    frame->count = raw[7];
    frame->index = fo_get32(raw + 8);
    frame->t_us = fo_get64(raw + 12);
    frame->payload = raw + FO_HEADER_BYTES;
    frame->payload_bytes = body - FO_HEADER_BYTES;
    return FO_FRAME_GOOD;
}
