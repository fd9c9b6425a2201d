/* The firmware as a process: a pseudo-terminal or a TCP port takes the place of the UART.
 *
 * The first line on stdout is the device address that firingorder takes. A test bench may write
 * lines to stdin (`help` lists them); each is answered by a line on stdout once it has been done. */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "emulation.h"
#include "port.h"

#define MODEL_POSIX 2u
#define STDIN_LINE_BYTES 128u
/* Read at once; a host that never stops writing must not keep the device from its samples. */
#define READ_BYTES 4096u

typedef struct machine {
    fo_emulation emu;
    fo_port port;
    uint64_t boot_ns;   /* monotonic clock at the last reset */
    int64_t drift_ppb;  /* of the emulated oscillator */
    uint64_t random;    /* state of the generator when seeded, else 0 */
    bool linked;        /* there is a client, or a terminal */
    bool held;          /* the link takes no bytes */
    uint32_t held_until; /* frames dropped since boot; 0: until told */
    bool vbus;
    uint16_t battery_mv;
    uint16_t leads_p, leads_n;
    bool reset_wanted;
    bool quit;
    char line[STDIN_LINE_BYTES];
    size_t line_bytes;
    bool bench; /* stdin is open */
} machine;

static machine THE;
static volatile sig_atomic_t vbus_signal = -1;
static volatile sig_atomic_t end_signal = 0;

static void on_signal(int number)
{
    if (number == SIGUSR1) {
        vbus_signal = 1;
    } else if (number == SIGUSR2) {
        vbus_signal = 0;
    } else {
        end_signal = 1;
    }
}

static uint64_t host_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t now_us(void *ctx)
{
    (void)ctx;
    int64_t elapsed_us = (int64_t)((host_ns() - THE.boot_ns) / 1000u);
    /* In two parts: the product would overflow after hours, and coarser steps would go backward. */
    int64_t s = elapsed_us / 1000000, rest_us = elapsed_us % 1000000;
    return (uint64_t)(elapsed_us + s * THE.drift_ppb / 1000 + rest_us * THE.drift_ppb / 1000000000);
}

static size_t tx_write(void *ctx, const uint8_t *p, size_t n)
{
    (void)ctx;
    if (THE.held && THE.held_until != 0u && THE.emu.device.frames_dropped >= THE.held_until) {
        THE.held = false;
    }
    return THE.held ? 0u : fo_port_write(&THE.port, p, n);
}

static uint32_t rand32(void *ctx)
{
    (void)ctx;
    if (THE.random != 0u) { /* xorshift64 of Marsaglia (2003), for runs that can be repeated */
        THE.random ^= THE.random << 13;
        THE.random ^= THE.random >> 7;
        THE.random ^= THE.random << 17;
        return (uint32_t)(THE.random >> 32);
    }
    uint32_t value = 0;
    int file = open("/dev/urandom", O_RDONLY);
    if (file < 0 || read(file, &value, sizeof value) != (ssize_t)sizeof value) {
        perror("/dev/urandom");
        exit(1);
    }
    close(file);
    return value;
}

static void reboot(void *ctx, uint8_t mode)
{
    (void)ctx;
    (void)mode; /* there is no bootloader: capability b13 is not set */
    THE.reset_wanted = true;
}

static bool vbus(void *ctx)
{
    (void)ctx;
    return THE.vbus;
}

static uint16_t battery_mv(void *ctx)
{
    (void)ctx;
    return THE.battery_mv;
}

static void leadoff(void *ctx, uint16_t *p, uint16_t *n)
{
    (void)ctx;
    *p = THE.leads_p;
    *n = THE.leads_n;
}

static void answer(const char *text)
{
    puts(text);
    fflush(stdout);
}

/* What was converted while nobody looked comes first: else a process that was stopped for a second
 * would take its front end for dead. */
static void take_turn(void)
{
    if (THE.linked && THE.port.stream < 0) {
        THE.linked = false; /* no STATUS to nobody: the next client would get it, seconds old */
        fo_device_link_down(&THE.emu.device);
    }
    fo_emulation_catch_up(&THE.emu, now_us(NULL));
    fo_device_poll(&THE.emu.device);
}

/* One line of the test bench. */
static void obey_bench(const char *line)
{
    unsigned a = 0, b = 0;
    fo_emulation_catch_up(&THE.emu, now_us(NULL));
    if (sscanf(line, "vbus %u", &a) == 1) {
        THE.vbus = a != 0u;
    } else if (sscanf(line, "battery %u", &a) == 1) {
        THE.battery_mv = (uint16_t)a;
    } else if (sscanf(line, "leads %u %u", &a, &b) == 2) {
        THE.leads_p = (uint16_t)a;
        THE.leads_n = (uint16_t)b;
    } else if (sscanf(line, "late %u %u", &a, &b) == 2 && a < FO_STREAMS) {
        THE.emu.skip[a] += b;
    } else if (sscanf(line, "sync %u", &a) == 1) {
        fo_device_sync_edge(&THE.emu.device, a != 0u, now_us(NULL));
    } else if (sscanf(line, "hold %u", &a) == 1) {
        THE.held = true;
        THE.held_until = THE.emu.device.frames_dropped + a;
    } else if (strcmp(line, "hold") == 0) {
        THE.held = true;
        THE.held_until = 0;
    } else if (strcmp(line, "release") == 0) {
        THE.held = false;
    } else if (strcmp(line, "fault") == 0) {
        fo_device_afe_fault(&THE.emu.device);
    } else if (strcmp(line, "watchdog") == 0) {
        THE.reset_wanted = true;
    } else if (strcmp(line, "quit") == 0) {
        THE.quit = true;
    } else {
        answer("? vbus 0|1, battery MV, leads P N, late STREAM N, sync 0|1, hold [UNTIL_DROPPED], release, fault, "
               "watchdog, quit");
        return;
    }
    fo_device_poll(&THE.emu.device);
    answer("done");
}

static void read_bench(void)
{
    ssize_t n = read(STDIN_FILENO, THE.line + THE.line_bytes, sizeof THE.line - 1u - THE.line_bytes);
    if (n <= 0) {
        THE.bench = false;
        return;
    }
    THE.line_bytes += (size_t)n;
    THE.line[THE.line_bytes] = '\0';
    char *end;
    while ((end = strchr(THE.line, '\n')) != NULL) {
        *end = '\0';
        obey_bench(THE.line);
        size_t used = (size_t)(end - THE.line) + 1u;
        memmove(THE.line, THE.line + used, THE.line_bytes - used + 1u);
        THE.line_bytes -= used;
    }
    if (THE.line_bytes == sizeof THE.line - 1u) {
        THE.line_bytes = 0; /* no command is that long */
    }
}

static void read_host(void)
{
    uint8_t bytes[READ_BYTES];
    size_t n = fo_port_read(&THE.port, bytes, sizeof bytes);
    if (n > 0u) {
        uint64_t t_us = now_us(NULL);
        for (size_t i = 0; i < n; i++) {
            fo_device_rx(&THE.emu.device, bytes[i], t_us);
            if (bytes[i] == 0u) {
                take_turn();
            }
        }
    }
}

/* Sleeps until something arrives, the link takes bytes again, or the device is due. */
static void wait_for_events(const sigset_t *while_waiting)
{
    fd_set readable, writable;
    struct timespec limit;
    uint64_t now = now_us(NULL), due = fo_emulation_next_due_us(&THE.emu);
    uint64_t wait_us = due > now ? due - now : 0u;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    bool waiting = fo_device_tx_waiting(&THE.emu.device) && !THE.held;
    int most = fo_port_watch(&THE.port, &readable, &writable, waiting);
    if (THE.bench) {
        FD_SET(STDIN_FILENO, &readable);
    }
    limit.tv_sec = (time_t)(wait_us / 1000000u);
    limit.tv_nsec = (long)(wait_us % 1000000u) * 1000 + 999;
    if (pselect(most + 1, &readable, &writable, NULL, &limit, while_waiting) < 0) {
        return; /* a signal */
    }
    if (THE.bench && FD_ISSET(STDIN_FILENO, &readable)) {
        read_bench();
    }
    if (fo_port_accept(&THE.port, &readable)) {
        THE.linked = true;
        fo_device_link_up(&THE.emu.device, 0);
    }
}

static void boot(uint8_t reason)
{
    THE.boot_ns = host_ns();
    THE.reset_wanted = false;
    fo_emulation_boot(&THE.emu, reason);
}

static void run(void)
{
    sigset_t blocked, while_waiting;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaddset(&blocked, SIGUSR2);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    boot(FO_RESET_POWER_ON);
    while (!THE.quit && !end_signal) {
        read_host();
        take_turn();
        if (THE.reset_wanted) {
            boot(THE.emu.device.halted ? FO_RESET_COMMAND : FO_RESET_WATCHDOG);
            continue;
        }
        wait_for_events(&while_waiting);
        if (vbus_signal >= 0) {
            THE.vbus = vbus_signal != 0;
            vbus_signal = -1;
        }
    }
}

static int usage(const char *why)
{
    fprintf(stderr,
            "%s\nUsage: firmware --pty | --tcp PORT [--ppm X] [--seed N] [--signal bursts|sine] "
            "[--ring BYTES] [--battery MV] [--vbus]\n",
            why);
    return 2;
}

/* A whole number in a range, or -1. */
static long number(const char *text, long lowest, long highest)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    return errno != 0 || *end != '\0' || end == text || value < lowest || value > highest ? -1
                                                                                          : value;
}

static const char *take_option(const char *name, const char *value)
{
    fo_emulation *emu = &THE.emu;
    if (strcmp(name, "--ppm") == 0) {
        char *end;
        double ppm = strtod(value, &end);
        if (*end != '\0' || !(ppm > -10000.0 && ppm < 10000.0)) {
            return "--ppm takes a number between -10000 and 10000.";
        }
        THE.drift_ppb = (int64_t)(ppm * 1000.0);
    } else if (strcmp(name, "--seed") == 0) {
        long seed = number(value, 1, 0x7FFFFFFF);
        if (seed < 0) {
            return "--seed takes a positive whole number.";
        }
        THE.random = (uint64_t)seed * UINT64_C(0x9E3779B97F4A7C15);
    } else if (strcmp(name, "--signal") == 0) {
        if (strcmp(value, "sine") != 0 && strcmp(value, "bursts") != 0) {
            return "--signal takes bursts or sine.";
        }
        emu->signal = strcmp(value, "sine") == 0 ? FO_SIGNAL_SINE : FO_SIGNAL_BURSTS;
    } else if (strcmp(name, "--ring") == 0) {
        long bytes = number(value, 512, (long)sizeof emu->ring);
        if (bytes < 0) {
            return "--ring takes 512 to 65536 bytes.";
        }
        emu->board.ring_bytes = (size_t)bytes;
    } else if (strcmp(name, "--battery") == 0) {
        long level_mv = number(value, 0, 5000);
        if (level_mv < 0) {
            return "--battery takes 0 to 5000 mV.";
        }
        THE.battery_mv = (uint16_t)level_mv;
    } else {
        return "That option is not known.";
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static const uint8_t SERIAL[8] = {'F', 'O', 'P', 'O', 'S', 'I', 'X', 1};
    long tcp_port = -2;
    const char *why = NULL;
    fo_emulation_init(&THE.emu, MODEL_POSIX, SERIAL);
    THE.battery_mv = 3900;
    THE.bench = true;
    for (int i = 1; i < argc && why == NULL; i++) {
        if (strcmp(argv[i], "--pty") == 0) {
            tcp_port = -1;
        } else if (strcmp(argv[i], "--vbus") == 0) {
            THE.vbus = true;
        } else if (i + 1 == argc) {
            why = "That option is not known, or its value is missing.";
        } else if (strcmp(argv[i], "--tcp") == 0) {
            tcp_port = number(argv[++i], 0, 65535);
            why = tcp_port < 0 ? "--tcp takes a port, 0 for a free one." : NULL;
        } else {
            why = take_option(argv[i], argv[i + 1]);
            i++;
        }
    }
    if (why == NULL && tcp_port == -2) {
        why = "Say --pty or --tcp PORT.";
    }
    if (why != NULL) {
        return usage(why);
    }
    fo_hal *hal = &THE.emu.hal;
    hal->now_us = now_us;
    hal->tx_write = tx_write;
    hal->rand32 = rand32;
    hal->reboot = reboot;
    hal->vbus = vbus;
    hal->battery_mv = battery_mv;
    hal->leadoff = leadoff;
    THE.emu.board.caps |= FO_CAP_BATTERY;
    if (!fo_port_open(&THE.port, tcp_port)) {
        perror(tcp_port < 0 ? "The pseudo-terminal cannot be made" : "The port cannot be opened");
        return 1;
    }
    answer(THE.port.address);
    run();
    fo_port_close(&THE.port);
    return 0;
}
