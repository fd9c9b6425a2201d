#define _XOPEN_SOURCE 700

#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

static bool not_blocking(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* A raw line: every byte passes as it is, none is echoed. */
static bool make_raw(int descriptor)
{
    struct termios t;
    if (tcgetattr(descriptor, &t) != 0) {
        return false;
    }
    t.c_iflag = 0;
    t.c_oflag = 0;
    t.c_lflag = 0;
    t.c_cflag = (t.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    return tcsetattr(descriptor, TCSANOW, &t) == 0;
}

static bool open_terminal(fo_port *port)
{
    const char *name;
    port->stream = posix_openpt(O_RDWR | O_NOCTTY);
    if (port->stream < 0 || grantpt(port->stream) != 0 || unlockpt(port->stream) != 0
        || (name = ptsname(port->stream)) == NULL) {
        return false;
    }
    port->keep = open(name, O_RDWR | O_NOCTTY);
    if (port->keep < 0 || !make_raw(port->keep) || !not_blocking(port->stream)) {
        return false;
    }
    snprintf(port->address, sizeof port->address, "serial:%s", name);
    return true;
}

static bool open_server(fo_port *port, long tcp_port)
{
    struct sockaddr_in here;
    socklen_t size = sizeof here;
    int on = 1;
    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    here.sin_port = htons((uint16_t)tcp_port);
    port->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (port->listener < 0
        || setsockopt(port->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || bind(port->listener, (struct sockaddr *)&here, sizeof here) != 0
        || listen(port->listener, 4) != 0 || !not_blocking(port->listener)
        || getsockname(port->listener, (struct sockaddr *)&here, &size) != 0) {
        return false;
    }
    snprintf(port->address, sizeof port->address, "tcp://127.0.0.1:%u",
             (unsigned)ntohs(here.sin_port));
    return true;
}

bool fo_port_open(fo_port *port, long tcp_port)
{
    port->stream = port->keep = port->listener = -1;
    return tcp_port < 0 ? open_terminal(port) : open_server(port, tcp_port);
}

static void drop_client(fo_port *port)
{
    if (port->listener >= 0 && port->stream >= 0) {
        close(port->stream);
        port->stream = -1;
    }
}

void fo_port_close(fo_port *port)
{
    int all[] = {port->stream, port->keep, port->listener};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i] >= 0) {
            close(all[i]);
        }
    }
}

size_t fo_port_write(fo_port *port, const uint8_t *p, size_t n)
{
    if (port->stream < 0) {
        return 0;
    }
    ssize_t taken = write(port->stream, p, n);
    if (taken < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        drop_client(port);
    }
    return taken > 0 ? (size_t)taken : 0u;
}

size_t fo_port_read(fo_port *port, uint8_t *p, size_t n)
{
    if (port->stream < 0) {
        return 0;
    }
    ssize_t got = read(port->stream, p, n);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        drop_client(port);
    }
    return got > 0 ? (size_t)got : 0u;
}

int fo_port_watch(const fo_port *port, fd_set *readable, fd_set *writable, bool to_write)
{
    int most = 0;
    if (port->listener >= 0) {
        FD_SET(port->listener, readable);
        most = port->listener;
    }
    if (port->stream >= 0) {
        FD_SET(port->stream, readable);
        if (to_write) {
            FD_SET(port->stream, writable);
        }
        most = port->stream > most ? port->stream : most;
    }
    return most;
}

bool fo_port_accept(fo_port *port, const fd_set *readable)
{
    int on = 1;
    if (port->listener < 0 || !FD_ISSET(port->listener, readable)) {
        return false;
    }
    int client = accept(port->listener, NULL, NULL);
    if (client < 0) {
        return false;
    }
    if (!not_blocking(client)
        || setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        close(client);
        return false;
    }
    drop_client(port);
    port->stream = client;
    return true;
}
