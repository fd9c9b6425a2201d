/* A board whose clock, supplies and converters the test sets, and a host that reads every byte. */
#ifndef FO_BENCH_H
#define FO_BENCH_H

#include "device.h"

#define SEEN_FRAMES 160u

typedef struct seen {
    fo_frame frame;
    uint8_t raw[FO_MAX_FRAME_BYTES];
    size_t bytes;
} seen;

typedef struct bench {
    fo_device dev;
    fo_hal hal;
    fo_board board;
    uint64_t now_us;
    uint64_t tick_us; /* how far each look at the clock moves it */
    uint32_t random;
    bool vbus;
    uint16_t battery_mv;
    uint16_t leads_p, leads_n;
    size_t link_takes; /* bytes that the link takes at most in one write */
    size_t link_room;  /* and in all; SIZE_MAX without a limit */
    bool front_end_dead;
    bool unreadable; /* conversions cannot be read */
    int32_t adc[FO_MAX_CHANNELS];
    int16_t imu[FO_IMU_CHANNELS];
    uint32_t rates[FO_STREAMS]; /* what sampling() was told last */
    unsigned reboots;
    uint32_t pulse_us;
    uint8_t gains[FO_MAX_CHANNELS];
    uint8_t name[FO_MAX_NAME_BYTES];
    size_t name_bytes;
    /* what the host has received */
    uint8_t buffer[FO_MAX_PACKET_BYTES];
    size_t buffered;
    seen seen[SEEN_FRAMES];
    unsigned n_seen;
    unsigned read; /* the next that bench_next looks at */
    unsigned bad;
    unsigned empty;
    uint16_t token;
    uint16_t seq;
    uint8_t ring[16384];
} bench;

extern bench B;

/* The board of golden frame B1, switched on, with its boot HELLO received. */
void bench_boot(void);
/* The same board before it is switched on, to be changed first; then fo_device_init. */
void bench_prepare(void);
void bench_power_on(void);

/* Sends a command with the next token and these argument bytes. */
void bench_command(uint8_t code, const char *arguments_hex);
/* The same with a token of the caller's. */
void bench_command_as(uint16_t token, uint8_t code, const char *arguments_hex);
/* Frames as they are. */
void bench_frame(const uint8_t *raw, size_t n);

/* The next received frame of a type, or one of zeros (and a failed check) when there is none. */
const fo_frame *bench_next(uint8_t type);
bool bench_has(uint8_t type);
/* Forget what was received so far. */
void bench_forget(void);

/* Sends a command and returns status and detail of its ACK. */
uint8_t bench_ask(uint8_t code, const char *arguments_hex);
uint32_t bench_detail(void);

/* n conversions of a stream, one period apart, from now on; the clock goes along. */
void bench_sample(uint8_t stream, unsigned n);

/* Lets time pass and the device look at it. */
void bench_pass(uint64_t us);

#endif
