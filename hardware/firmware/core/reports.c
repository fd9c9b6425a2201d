/* Everything that enters the transmit ring (wire_protocol.md sections 4 and 5). */
#include <string.h>

#include "bytes.h"
#include "cobs.h"
#include "internal.h"

static uint8_t header_flags(const fo_device *dev)
{
    unsigned flags = 0;
    if (dev->dropped_since_last) {
        flags |= FO_FLAG_DROPPED;
    }
    if ((dev->leadoff_p | dev->leadoff_n) != 0u) {
        flags |= FO_FLAG_LEAD_OFF;
    }
    if (dev->vbus) {
        flags |= FO_FLAG_VBUS;
    }
    return (uint8_t)flags;
}

/* Numbers a frame and queues it whole, or drops it whole: then it is counted, and its number is
 * used up all the same. buffer is the frame's and is written. */
static void queue(fo_device *dev, fo_frame *frame, uint8_t *buffer)
{
    uint8_t packet[FO_MAX_PACKET_BYTES + 1u];
    size_t n;
    frame->epoch = dev->epoch;
    frame->flags = (uint8_t)(frame->flags | header_flags(dev));
    frame->seq = dev->seq;
    size_t raw_bytes = fo_frame_encode(frame, buffer);
    if (dev->board->packet_link) {
        if (dev->mtu != 0u && raw_bytes > dev->mtu - FO_ATT_OVERHEAD_BYTES) {
            return; /* the host reads INFO instead of a HELLO that does not fit (section 8) */
        }
        packet[0] = (uint8_t)raw_bytes;
        memcpy(packet + 1, buffer, raw_bytes);
        n = raw_bytes + 1u;
    } else {
        n = fo_cobs_encode(buffer, raw_bytes, packet);
        packet[n++] = 0u;
    }
    dev->seq++;
    if (fo_ring_put(&dev->ring, packet, n)) {
        dev->dropped_since_last = false;
    } else {
        dev->dropped_since_last = true;
        dev->frames_dropped++;
    }
}

void fo_send(fo_device *dev, uint8_t type, const uint8_t *payload, size_t n)
{
    uint8_t buffer[FO_MAX_FRAME_BYTES];
    fo_frame frame = {0};
    frame.type = type;
    frame.t_us = fo_now(dev);
    frame.payload = payload;
    frame.payload_bytes = n;
    queue(dev, &frame, buffer);
}

void fo_send_data(fo_device *dev, fo_stream *stream, size_t payload_bytes)
{
    fo_frame frame = {0};
    frame.type = FO_DATA;
    frame.flags = stream->flags;
    frame.stream = stream->id;
    frame.count = stream->count;
    frame.index = stream->first_index;
    frame.t_us = stream->first_us;
    frame.payload = stream->frame + FO_HEADER_BYTES;
    frame.payload_bytes = payload_bytes;
    queue(dev, &frame, stream->frame);
}

void fo_send_hello(fo_device *dev)
{
    uint8_t payload[FO_MAX_PAYLOAD_BYTES];
    fo_send(dev, FO_HELLO, payload, fo_hello_build(dev, payload));
}

static uint8_t state(const fo_device *dev)
{
    if (fo_streams_running(dev)) {
        return FO_STREAMING;
    }
    if (dev->fault) {
        return FO_FAULT;
    }
    return dev->vbus && dev->selftest == FO_NORMAL ? FO_INTERLOCK : FO_IDLE;
}

void fo_send_status(fo_device *dev)
{
    const fo_hal *hal = dev->hal;
    uint8_t p[32] = {0}, phy = 0;
    int8_t rssi_dbm = 127;
    uint16_t interval = 0;
    if (hal->radio != NULL) {
        hal->radio(hal->ctx, &rssi_dbm, &phy, &interval);
    }
    fo_put32(p, (uint32_t)(fo_now(dev) / 1000000u));
    fo_put16(p + 4, hal->battery_mv != NULL ? hal->battery_mv(hal->ctx) : 0u);
    fo_put16(p + 6, hal->temperature != NULL ? (uint16_t)hal->temperature(hal->ctx) : 0x7FFFu);
    fo_put16(p + 8, dev->leadoff_p);
    fo_put16(p + 10, dev->leadoff_n);
    fo_put16(p + 12, dev->saturated);
    p[14] = fo_ring_high_water_percent(&dev->ring);
    p[15] = (uint8_t)rssi_dbm;
    p[16] = phy;
    p[17] = state(dev);
    fo_put16(p + 18, interval);
    fo_put32(p + 20, dev->samples_missed);
    fo_put32(p + 24, dev->frames_dropped);
    fo_put32(p + 28, fo_device_rx_bad(dev));
    dev->saturated = 0;
    fo_send(dev, FO_STATUS, p, sizeof p);
}

void fo_send_event(fo_device *dev, uint8_t kind, bool rising, uint32_t value, uint64_t t_us)
{
    uint8_t p[16] = {0};
    p[0] = kind;
    p[1] = rising ? 1u : 0u;
    fo_put32(p + 4, value);
    fo_put64(p + 8, t_us);
    fo_send(dev, FO_EVENT, p, sizeof p);
}

void fo_send_ack(fo_device *dev, const fo_ack *ack)
{
    uint8_t p[8];
    fo_put16(p, ack->token);
    p[2] = ack->command;
    p[3] = ack->status;
    fo_put32(p + 4, ack->detail);
    fo_send(dev, FO_ACK, p, sizeof p);
}

void fo_send_time(fo_device *dev, uint16_t token, uint64_t t1_ns, uint64_t t2_us)
{
    uint8_t p[28] = {0};
    fo_put16(p, token);
    fo_put64(p + 4, t1_ns);
    fo_put64(p + 12, t2_us);
    fo_put64(p + 20, fo_now(dev));
    fo_send(dev, FO_TIME_RSP, p, sizeof p);
}

void fo_device_log(fo_device *dev, const char *text)
{
    size_t n = 0;
    if (dev->logs_left == 0u) {
        return;
    }
    dev->logs_left--;
    while (n < FO_MAX_PAYLOAD_BYTES && text[n] != '\0') {
        n++;
    }
    fo_send(dev, FO_LOG, (const uint8_t *)text, n);
}
