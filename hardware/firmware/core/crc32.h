/* CRC-32/ISO-HDLC, the one of zlib (wire_protocol.md section 4). */
#ifndef FO_CRC32_H
#define FO_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t fo_crc32(const uint8_t *data, size_t n);

#endif
