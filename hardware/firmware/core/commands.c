/* Commands of the host (wire_protocol.md section 6). */
#include <string.h>

#include "bytes.h"
#include "internal.h"

/* Offsets of the arguments in a payload: the detail of "bad parameter". */
#define AT_TOKEN 0u
#define AT_FIRST 2u
#define AT_SECOND 3u
#define AT_THIRD 4u

typedef struct answer {
    uint8_t status;
    uint32_t detail;
} answer;

static const answer DONE = {FO_OK, 0};

static answer refused(uint8_t status, uint32_t detail)
{
    answer a = {status, detail};
    return a;
}

/* Shortest payload of a command and the capability it needs; NULL when it is not known. */
typedef struct form {
    uint8_t code;
    uint8_t bytes;
    uint32_t caps;
} form;

static const form *form_of(const fo_device *dev, uint8_t code)
{
    static const form FORMS[] = {
        {FO_CMD_HELLO, 6, 0},
        {FO_CMD_START, 8, 0},
        {FO_CMD_STOP, 2, 0},
        {FO_CMD_SET_RATE, 8, FO_CAP_SET_RATE},
        {FO_CMD_SET_GAIN, 8, FO_CAP_SET_GAIN},
        {FO_CMD_TIME_REQ, 12, 0},
        {FO_CMD_SELFTEST, 4, FO_CAP_SHORTED | FO_CAP_SQUARE | FO_CAP_PATTERN},
        {FO_CMD_LEADOFF, 4, FO_CAP_LEAD_OFF | FO_CAP_IMPEDANCE},
        {FO_CMD_MARK, 8, FO_CAP_MARK},
        {FO_CMD_SYNC_OUT, 8, FO_CAP_SYNC_OUT},
        {FO_CMD_SET_NAME, 3, FO_CAP_SET_NAME},
        {FO_CMD_REBOOT, 4, 0},
    };
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        if (FORMS[i].code == code) {
            bool able = FORMS[i].caps == 0u || (FORMS[i].caps & dev->board->caps) != 0u;
            return able ? &FORMS[i] : NULL;
        }
    }
    return NULL;
}

/* Well-formed UTF-8 as of RFC 3629: no overlong forms, no surrogates, at most U+10FFFF. */
static bool is_utf8(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (i < n) {
        uint8_t first = p[i++], low = 0x80u, high = 0xBFu;
        unsigned more;
        if (first < 0x80u) {
            continue;
        }
        if (first >= 0xC2u && first <= 0xDFu) {
            more = 1;
        } else if (first >= 0xE0u && first <= 0xEFu) {
            more = 2;
            low = first == 0xE0u ? 0xA0u : 0x80u;
            high = first == 0xEDu ? 0x9Fu : 0xBFu;
        } else if (first >= 0xF0u && first <= 0xF4u) {
            more = 3;
            low = first == 0xF0u ? 0x90u : 0x80u;
            high = first == 0xF4u ? 0x8Fu : 0xBFu;
        } else {
            return false;
        }
        for (; more > 0u; more--) {
            if (i >= n || p[i] < low || p[i] > high) {
                return false;
            }
            i++;
            low = 0x80u;
            high = 0xBFu;
        }
    }
    return true;
}

/* Whether a payload can be read as its command at all. */
static answer check_form(const fo_device *dev, uint8_t code, const uint8_t *p, size_t n)
{
    if (n < 2u || n + FO_MIN_FRAME_BYTES > FO_MAX_COMMAND_BYTES) {
        return refused(FO_BAD_LENGTH, (uint32_t)n);
    }
    const form *known = form_of(dev, code);
    if (known == NULL) {
        return refused(FO_UNKNOWN_COMMAND, 0);
    }
    if (n < known->bytes) {
        return refused(FO_BAD_LENGTH, (uint32_t)n);
    }
    if (code == FO_CMD_SET_NAME) {
        if (n < AT_SECOND + (size_t)p[AT_FIRST]) {
            return refused(FO_BAD_LENGTH, (uint32_t)n);
        }
        if (p[AT_FIRST] > FO_MAX_NAME_BYTES) {
            return refused(FO_BAD_PARAMETER, AT_FIRST);
        }
        if (!is_utf8(p + AT_SECOND, p[AT_FIRST])) {
            return refused(FO_BAD_PARAMETER, AT_SECOND);
        }
    }
    return DONE;
}

static answer hello(fo_device *dev, const uint8_t *p)
{
    uint16_t lowest = fo_get16(p + 2), highest = fo_get16(p + 4);
    if (lowest > highest) {
        return refused(FO_BAD_PARAMETER, AT_FIRST);
    }
    dev->version_refused = lowest >> 8 > FO_PROTO_MAJOR || highest >> 8 < FO_PROTO_MAJOR;
    if (dev->version_refused) {
        return refused(FO_VERSION, FO_PROTO_MAJOR);
    }
    fo_send_hello(dev);
    return DONE;
}

static answer start(fo_device *dev, const uint8_t *p)
{
    uint32_t mask = fo_get32(p + 4);
    uint32_t known = (UINT32_C(1) << dev->n_streams) - 1u;
    uint16_t level_mv = dev->hal->battery_mv != NULL ? dev->hal->battery_mv(dev->hal->ctx) : 0u;
    if (p[2] != 0u) {
        return refused(FO_BAD_PARAMETER, AT_FIRST);
    }
    if ((mask & known) == 0u) {
        return refused(FO_BAD_PARAMETER, AT_THIRD);
    }
    if (dev->version_refused) {
        return refused(FO_VERSION, FO_PROTO_MAJOR);
    }
    if (fo_streams_running(dev)) {
        return refused(FO_BAD_STATE, 0);
    }
    (void)fo_check_vbus(dev);
    if (dev->vbus && dev->selftest == FO_NORMAL) {
        return refused(FO_VBUS_INTERLOCK, 0);
    }
    if (dev->mtu != 0u && dev->mtu < FO_MIN_MTU) {
        return refused(FO_LINK_TOO_SMALL, dev->mtu);
    }
    if (level_mv != 0u && level_mv < FO_EMPTY_BATTERY_MV) {
        return refused(FO_BATTERY, level_mv);
    }
    if (!fo_streams_start(dev, mask)) {
        dev->fault = true;
        return refused(FO_AFE_FAULT, 0);
    }
    dev->fault = false;
    dev->epoch++;
    dev->described_us = fo_now(dev);
    return refused(FO_OK, dev->epoch);
}

static answer set_rate(fo_device *dev, const uint8_t *p)
{
    uint8_t fmt = p[3];
    uint32_t rate_mhz = fo_get32(p + 4);
    if (p[2] >= dev->n_streams) {
        return refused(FO_BAD_PARAMETER, AT_FIRST);
    }
    fo_stream *stream = &dev->streams[p[2]];
    bool i24 = stream->id == FO_STREAM_EMG;
    bool i16 = stream->id == FO_STREAM_IMU || (dev->board->caps & FO_CAP_I16) != 0u;
    if (fmt != FO_KEEP_FORMAT && !(fmt == FO_I24 && i24) && !(fmt == FO_I16 && i16)) {
        return refused(FO_BAD_PARAMETER, AT_SECOND);
    }
    uint8_t rate = stream->rate;
    if (rate_mhz != 0u) {
        for (rate = 0; rate < stream->n_rates; rate++) {
            if (stream->rates[rate].rate_mhz == rate_mhz) {
                break;
            }
        }
        if (rate == stream->n_rates) {
            return refused(FO_BAD_PARAMETER, AT_THIRD);
        }
    }
    if (fo_streams_running(dev)) {
        return refused(FO_BAD_STATE, 0);
    }
    stream->rate = rate;
    if (fmt != FO_KEEP_FORMAT) {
        stream->fmt = fmt;
    }
    fo_streams_resize(dev);
    fo_send_hello(dev);
    return refused(FO_OK, stream->rates[rate].rate_mhz);
}

static answer set_gain(fo_device *dev, const uint8_t *p)
{
    const fo_hal *hal = dev->hal;
    uint32_t mask = fo_get32(p + 4) & ((UINT32_C(1) << dev->board->emg_channels) - 1u);
    if (!fo_gain_known(p[2])) {
        return refused(FO_BAD_PARAMETER, AT_FIRST);
    }
    if (mask == 0u) {
        return refused(FO_BAD_PARAMETER, AT_THIRD);
    }
    if (fo_streams_running(dev)) {
        return refused(FO_BAD_STATE, 0);
    }
    for (uint8_t c = 0; c < dev->board->emg_channels; c++) {
        if ((mask >> c & 1u) == 0u) {
            continue;
        }
        if (hal->set_gain != NULL && !hal->set_gain(hal->ctx, c, p[2])) {
            fo_send_hello(dev); /* some channels may have changed */
            return refused(FO_AFE_FAULT, c);
        }
        dev->gains[c] = p[2];
        dev->described_us = fo_now(dev);
    }
    fo_send_hello(dev);
    return DONE;
}

static answer selftest(fo_device *dev, const uint8_t *p)
{
    static const uint32_t NEEDS[] = {0, FO_CAP_SHORTED, FO_CAP_SQUARE, FO_CAP_PATTERN};
    if (p[2] > FO_PATTERN || (NEEDS[p[2]] & ~dev->board->caps) != 0u) {
        return refused(FO_BAD_PARAMETER, AT_FIRST);
    }
    if (fo_streams_running(dev)) {
        return refused(FO_BAD_STATE, 0);
    }
    dev->selftest = p[2];
    return DONE;
}

static answer leadoff(fo_device *dev, const uint8_t *p)
{
    const fo_hal *hal = dev->hal;
    if (p[2] > 1u || (dev->board->caps & FO_CAP_LEAD_OFF) == 0u) {
        return refused(FO_BAD_PARAMETER, AT_FIRST); /* the core has no impedance scan */
    }
    if (fo_streams_running(dev)) {
        return refused(FO_BAD_STATE, 0);
    }
    if (hal->set_leadoff != NULL && !hal->set_leadoff(hal->ctx, p[2])) {
        return refused(FO_AFE_FAULT, 0);
    }
    dev->leadoff_mode = p[2];
    return DONE;
}

static answer sync_out(fo_device *dev, const uint8_t *p)
{
    uint32_t pulse_us = fo_get32(p + 4);
    uint64_t now_us = fo_now(dev);
    if (pulse_us == 0u) {
        return refused(FO_BAD_PARAMETER, AT_THIRD);
    }
    if (dev->hal->sync_out != NULL) {
        dev->hal->sync_out(dev->hal->ctx, pulse_us);
    }
    fo_note_edge(dev, now_us);
    fo_send_event(dev, FO_EVENT_SYNC_OUT, false, pulse_us, now_us);
    return DONE;
}

static answer set_name(fo_device *dev, const uint8_t *p)
{
    const fo_hal *hal = dev->hal;
    if (fo_streams_running(dev)) {
        return refused(FO_BAD_STATE, 0);
    }
    if (hal->set_name != NULL && !hal->set_name(hal->ctx, p + AT_SECOND, p[AT_FIRST])) {
        return refused(FO_BAD_STATE, 0);
    }
    return DONE;
}

static answer reboot(fo_device *dev, const uint8_t *p)
{
    if (p[2] > 1u || (p[2] == 1u && (dev->board->caps & FO_CAP_BOOTLOADER) == 0u)) {
        return refused(FO_BAD_PARAMETER, AT_FIRST);
    }
    fo_streams_stop(dev, false);
    dev->rebooting = true;
    dev->reboot_mode = p[2];
    dev->reboot_by_us = fo_now(dev) + FO_REBOOT_LIMIT_US;
    return DONE;
}

static answer execute(fo_device *dev, uint8_t code, const uint8_t *p)
{
    switch (code) {
    case FO_CMD_HELLO:
        return hello(dev, p);
    case FO_CMD_START:
        return start(dev, p);
    case FO_CMD_STOP:
        fo_streams_stop(dev, true);
        return DONE;
    case FO_CMD_SET_RATE:
        return set_rate(dev, p);
    case FO_CMD_SET_GAIN:
        return set_gain(dev, p);
    case FO_CMD_SELFTEST:
        return selftest(dev, p);
    case FO_CMD_LEADOFF:
        return leadoff(dev, p);
    case FO_CMD_MARK:
        fo_send_event(dev, FO_EVENT_MARK, false, fo_get32(p + 4), fo_now(dev));
        return DONE;
    case FO_CMD_SYNC_OUT:
        return sync_out(dev, p);
    case FO_CMD_SET_NAME:
        return set_name(dev, p);
    case FO_CMD_REBOOT:
        return reboot(dev, p);
    default:
        return refused(FO_UNKNOWN_COMMAND, 0);
    }
}

void fo_obey(fo_device *dev, const fo_frame *frame, uint64_t t_us)
{
    const uint8_t *p = frame->payload;
    fo_ack ack = {0};
    ack.command = frame->type;
    ack.token = frame->payload_bytes >= 2u ? fo_get16(p) : 0u;
    answer result = check_form(dev, frame->type, p, frame->payload_bytes);
    bool readable = result.status == FO_OK;
    if (readable && ack.token == 0u) {
        ack.status = FO_BAD_PARAMETER;
        ack.detail = AT_TOKEN;
        fo_send_ack(dev, &ack);
        return;
    }
    if (readable && frame->type == FO_CMD_TIME_REQ) {
        fo_send_time(dev, ack.token, fo_get64(p + 4), t_us);
        return;
    }
    bool anew = readable && frame->type == FO_CMD_HELLO;
    if (anew) {
        dev->stored.valid = false;
    } else if (dev->stored.valid && ack.token != 0u && ack.token == dev->stored.token) {
        fo_send_ack(dev, &dev->stored); /* the ACK was lost; the command is not executed twice */
        return;
    }
    if (readable) {
        result = execute(dev, frame->type, p);
    }
    ack.status = result.status;
    ack.detail = result.detail;
    if (!anew) {
        ack.valid = true;
        dev->stored = ack;
    }
    fo_send_ack(dev, &ack);
}
