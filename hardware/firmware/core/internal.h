/* Between the files of the core. Boards include device.h. */
#ifndef FO_INTERNAL_H
#define FO_INTERNAL_H

#include "device.h"

/* reports.c */
void fo_send(fo_device *dev, uint8_t type, const uint8_t *payload, size_t n);
void fo_send_data(fo_device *dev, fo_stream *stream, size_t payload_bytes);
void fo_send_hello(fo_device *dev);
void fo_send_status(fo_device *dev);
void fo_send_event(fo_device *dev, uint8_t kind, bool rising, uint32_t value, uint64_t t_us);
void fo_send_ack(fo_device *dev, const fo_ack *ack);
void fo_send_time(fo_device *dev, uint16_t token, uint64_t t1_ns, uint64_t t2_us);

/* hello.c */
size_t fo_hello_build(const fo_device *dev, uint8_t *out);
bool fo_gain_known(uint8_t gain);

/* sampling.c */
void fo_streams_reset(fo_device *dev);
void fo_streams_resize(fo_device *dev);
bool fo_streams_running(const fo_device *dev);
bool fo_streams_start(fo_device *dev, uint32_t mask);
void fo_streams_stop(fo_device *dev, bool send_rest);
void fo_stop_by_itself(fo_device *dev, uint8_t reason);
bool fo_check_vbus(fo_device *dev);
void fo_look_at_leads(fo_device *dev);
void fo_note_edge(fo_device *dev, uint64_t t_us);

/* commands.c */
void fo_obey(fo_device *dev, const fo_frame *frame, uint64_t t_us);

static inline uint64_t fo_now(const fo_device *dev)
{
    return dev->hal->now_us(dev->hal->ctx);
}

static inline uint8_t fo_value_bytes(uint8_t fmt)
{
    return fmt == FO_I24 ? 3u : 2u;
}

#endif
