#include "cobs.h"

size_t fo_cobs_encode(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t code_at = 0;
    for (size_t i = 0; i < n; i++) {
        if (in[i] != 0u) {
            out[i + 1] = in[i];
        } else {
            out[code_at] = (uint8_t)(i + 1 - code_at);
            code_at = i + 1;
        }
    }
    out[code_at] = (uint8_t)(n + 1 - code_at);
    return n + 1;
}

size_t fo_cobs_decode(const uint8_t *in, size_t n, uint8_t *out)
{
    if (n < 2 || n > FO_COBS_MAX_BYTES + 1u || in[0] == 0u) {
        return 0;
    }
    size_t next_code = in[0];
    for (size_t i = 1; i < n; i++) {
        uint8_t byte = in[i]; /* before out[i - 1] is written: the two may be one array */
        if (byte == 0u) {
            return 0;
        }
        if (i == next_code) {
            next_code += byte;
            byte = 0u;
        }
        out[i - 1] = byte;
    }
    return next_code == n ? n - 1 : 0;
}
