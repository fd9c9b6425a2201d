/* Boot, time, link (wire_protocol.md sections 3, 5, 6 and 8). */
#include "device.h"

#include <string.h>

#include "cobs.h"
#include "internal.h"

void fo_device_init(fo_device *dev, const fo_hal *hal, const fo_board *board, uint8_t reset_reason)
{
    memset(dev, 0, sizeof *dev);
    dev->hal = hal;
    dev->board = board;
    dev->reset_reason = reset_reason;
    fo_ring_init(&dev->ring, board->ring, board->ring_bytes);
    fo_receiver_init(&dev->rx);
    /* A constant first epoch would hide a reset from the host (section 2). */
    dev->epoch = (uint8_t)(hal->rand32(hal->ctx) >> 24);
    dev->boot_id = hal->rand32(hal->ctx);
    memset(dev->gains, board->gain, sizeof dev->gains);
    dev->leadoff_mode = (board->caps & FO_CAP_LEAD_OFF) != 0u ? 1u : 0u;
    dev->logs_left = FO_LOGS_PER_SECOND;
    dev->heard_us = fo_now(dev);
    dev->next_second_us = dev->heard_us + FO_STATUS_PERIOD_US;
    dev->vbus = hal->vbus != NULL && hal->vbus(hal->ctx);
    fo_streams_reset(dev);
    if (!board->packet_link) {
        dev->lead_delimiter = true;
        fo_send_hello(dev);
    }
}

void fo_device_rx(fo_device *dev, uint8_t byte, uint64_t t_us)
{
    fo_receiver_byte(&dev->rx, byte, t_us);
}

void fo_device_rx_packet(fo_device *dev, const uint8_t *p, size_t n, uint64_t t_us)
{
    fo_receiver_packet(&dev->rx, p, n, t_us);
}

uint32_t fo_device_rx_bad(const fo_device *dev)
{
    return dev->rx_bad + dev->rx.lost;
}

static void take_packet(fo_device *dev, fo_packet *packet)
{
    fo_frame frame;
    size_t n = packet->n;
    if (!dev->board->packet_link) {
        n = fo_cobs_decode(packet->data, n, packet->data);
    }
    if (n == 0u || fo_frame_parse(packet->data, n, &frame) != FO_FRAME_GOOD
        || frame.type < FO_FIRST_COMMAND) {
        dev->rx_bad++; /* garbage, another major, or an echo of our own talk */
        return;
    }
    dev->heard_us = fo_now(dev);
    dev->host_heard = true;
    fo_obey(dev, &frame, packet->t_us);
}

static void look_at_battery(fo_device *dev)
{
    const fo_hal *hal = dev->hal;
    uint16_t level_mv = hal->battery_mv != NULL ? hal->battery_mv(hal->ctx) : 0u;
    if (level_mv == 0u) {
        return;
    }
    if (level_mv < FO_LOW_BATTERY_MV && !dev->low_battery_said) {
        dev->low_battery_said = true;
        fo_send_event(dev, FO_EVENT_LOW_BATTERY, false, level_mv, fo_now(dev));
    }
    if (level_mv < FO_EMPTY_BATTERY_MV && fo_streams_running(dev)) {
        fo_stop_by_itself(dev, FO_STOP_BATTERY);
    }
}

static void every_second(fo_device *dev, uint64_t now_us)
{
    /* A device that slept does not make up for the seconds. */
    dev->next_second_us += FO_STATUS_PERIOD_US;
    if (dev->next_second_us <= now_us) {
        dev->next_second_us = now_us + FO_STATUS_PERIOD_US;
    }
    dev->logs_left = FO_LOGS_PER_SECOND;
    fo_look_at_leads(dev);
    look_at_battery(dev);
    if (dev->host_heard) {
        fo_send_status(dev);
    }
}

static void watch_front_end(fo_device *dev, uint64_t now_us)
{
    for (uint8_t i = 0; i < dev->n_streams; i++) {
        const fo_stream *stream = &dev->streams[i];
        if (stream->running && now_us > stream->last_us + FO_DATA_READY_LIMIT_US) {
            fo_device_log(dev, i == 0u ? "converter: no data-ready" : "motion sensor: no data-ready");
            fo_device_afe_fault(dev);
            return;
        }
    }
}

void fo_device_afe_fault(fo_device *dev)
{
    dev->fault = true;
    if (fo_streams_running(dev)) {
        fo_stop_by_itself(dev, FO_STOP_AFE);
    }
}

/* Gives the link what it takes. Only what it accepted is consumed: a byte that was taken from the
 * ring and not sent would spoil the frame it belongs to. */
static void pump(fo_device *dev)
{
    const fo_hal *hal = dev->hal;
    static const uint8_t DELIMITER = 0;
    if (dev->board->packet_link) {
        while (dev->ring.used > 0u) {
            uint8_t frame[FO_MAX_FRAME_BYTES], n;
            fo_ring_copy(&dev->ring, 0, &n, 1);
            fo_ring_copy(&dev->ring, 1, frame, n);
            if (!hal->tx_packet(hal->ctx, frame, n)) {
                return;
            }
            fo_ring_consume(&dev->ring, (size_t)n + 1u);
        }
        return;
    }
    if (dev->lead_delimiter) {
        if (hal->tx_write(hal->ctx, &DELIMITER, 1) == 0u) {
            return;
        }
        dev->lead_delimiter = false;
    }
    while (dev->ring.used > 0u) {
        const uint8_t *p;
        size_t n = fo_ring_peek(&dev->ring, &p);
        size_t taken = hal->tx_write(hal->ctx, p, n);
        fo_ring_consume(&dev->ring, taken);
        if (taken < n) {
            return;
        }
    }
}

void fo_device_poll(fo_device *dev)
{
    fo_packet *packet;
    if (dev->halted) {
        return;
    }
    (void)fo_check_vbus(dev);
    while (!dev->rebooting && (packet = fo_receiver_next(&dev->rx)) != NULL) {
        take_packet(dev, packet);
        fo_receiver_done(&dev->rx);
    }
    uint64_t now_us = fo_now(dev);
    if (!dev->rebooting) {
        watch_front_end(dev, now_us);
        if (now_us >= dev->next_second_us) {
            every_second(dev, now_us);
        }
        if (!dev->board->packet_link && fo_streams_running(dev)
            && now_us >= dev->heard_us + FO_KEEP_ALIVE_US) {
            fo_stop_by_itself(dev, FO_STOP_KEEP_ALIVE);
        }
    }
    pump(dev);
    if (dev->rebooting && (dev->ring.used == 0u || now_us >= dev->reboot_by_us)) {
        dev->halted = true;
        dev->hal->reboot(dev->hal->ctx, dev->reboot_mode);
    }
}

uint64_t fo_device_next_due_us(const fo_device *dev)
{
    uint64_t due_us = dev->next_second_us;
    if (dev->rebooting) {
        return dev->reboot_by_us;
    }
    if (!dev->board->packet_link && fo_streams_running(dev)
        && dev->heard_us + FO_KEEP_ALIVE_US < due_us) {
        due_us = dev->heard_us + FO_KEEP_ALIVE_US;
    }
    return due_us;
}

bool fo_device_tx_waiting(const fo_device *dev)
{
    return dev->ring.used > 0u || dev->lead_delimiter;
}

void fo_device_link_up(fo_device *dev, uint16_t mtu)
{
    dev->mtu = mtu;
    dev->host_heard = false; /* STATUS begins when this link has brought a valid frame */
    dev->lead_delimiter = !dev->board->packet_link;
    if (!fo_streams_running(dev)) {
        fo_streams_resize(dev);
    }
}

void fo_device_link_down(fo_device *dev)
{
    dev->host_heard = false;
    if (dev->board->packet_link) {
        fo_streams_stop(dev, false);
        fo_ring_clear(&dev->ring);
    }
}

void fo_device_sync_edge(fo_device *dev, bool rising, uint64_t t_us)
{
    fo_note_edge(dev, t_us);
    fo_send_event(dev, FO_EVENT_SYNC_IN, rising, ++dev->sync_edges, t_us);
}

void fo_device_button(fo_device *dev, uint32_t id, uint64_t t_us)
{
    fo_send_event(dev, FO_EVENT_BUTTON, true, id, t_us);
}
