/* A pseudo-terminal, or a TCP server with one client at a time. Nothing here blocks. */
#ifndef FO_PORT_H
#define FO_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/select.h>

typedef struct fo_port {
    int stream;   /* the terminal's master side, or the client; -1 without one */
    int keep;     /* the terminal's other side, kept open so that it survives a host that leaves */
    int listener; /* -1 for a terminal */
    char address[128];
} fo_port;

/* tcp_port: -1 for a terminal, 0 for any free port. False sets errno. */
bool fo_port_open(fo_port *port, long tcp_port);
void fo_port_close(fo_port *port);

/* How many bytes were taken or given; 0 also when nobody is there. */
size_t fo_port_write(fo_port *port, const uint8_t *p, size_t n);
size_t fo_port_read(fo_port *port, uint8_t *p, size_t n);

/* Adds what to wait for; returns the largest descriptor. */
int fo_port_watch(const fo_port *port, fd_set *readable, fd_set *writable, bool to_write);

/* Takes a new client, in place of the present one. True when one came. */
bool fo_port_accept(fo_port *port, const fd_set *readable);

#endif
