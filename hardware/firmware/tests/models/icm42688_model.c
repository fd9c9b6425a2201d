#include "icm42688_model.h"

#include <string.h>

enum {
    DEVICE_CONFIG = 0x11, DRIVE_CONFIG = 0x13, DATA = 0x1F, DATA_END = 0x2A, INT_STATUS = 0x2D,
    INTF_CONFIG0 = 0x4C, INTF_CONFIG1 = 0x4D, PWR_MGMT0 = 0x4E, GYRO_CONFIG0 = 0x4F,
    ACCEL_CONFIG0 = 0x50, GYRO_CONFIG1 = 0x51, GYRO_ACCEL_CONFIG0 = 0x52, ACCEL_CONFIG1 = 0x53,
    INT_CONFIG = 0x14, FIFO_CONFIG = 0x16, INT_CONFIG0 = 0x63, INT_CONFIG1 = 0x64,
    INT_SOURCE0 = 0x65, WHO_AM_I = 0x75, BANK_SEL = 0x76
};

#define MS UINT64_C(1000000)

/* Writable registers of bank 0 that the model knows: reset value, bits that are not reserved
 * (data sheet sections 14.1 to 14.59). */
static const struct known {
    uint8_t address, reset, defined;
} KNOWN[] = {
    {DEVICE_CONFIG, 0x00, 0x11}, {DRIVE_CONFIG, 0x05, 0x3F}, {INT_CONFIG, 0x00, 0x3F},
    {FIFO_CONFIG, 0x00, 0xC0}, {INTF_CONFIG0, 0x30, 0xF3}, {INTF_CONFIG1, 0x91, 0x0F},
    {PWR_MGMT0, 0x00, 0x3F}, {GYRO_CONFIG0, 0x06, 0xEF}, {ACCEL_CONFIG0, 0x06, 0xEF},
    {GYRO_CONFIG1, 0x16, 0xEF}, {GYRO_ACCEL_CONFIG0, 0x11, 0xFF}, {ACCEL_CONFIG1, 0x0D, 0x1E},
    {INT_CONFIG0, 0x00, 0x3F}, {INT_CONFIG1, 0x10, 0x70}, {INT_SOURCE0, 0x10, 0x7F},
    {BANK_SEL, 0x00, 0x07},
};

static void broken(struct icm42688_model *chip, uint64_t now_ns, const char *rule)
{
    sim_log_violation(&chip->log, now_ns, rule);
}

static void load_reset_values(struct icm42688_model *chip)
{
    memset(chip->regs, 0, sizeof chip->regs);
    for (unsigned i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
        chip->regs[KNOWN[i].address] = KNOWN[i].reset;
    chip->regs[WHO_AM_I] = chip->id != 0 ? chip->id : 0x47;
    for (unsigned address = DATA; address <= DATA_END; address += 2)
        chip->regs[address] = 0x80; /* -32768 until the first sample (12.8) */
    chip->regs[INT_STATUS] = chip->no_reset_done ? 0x00 : 0x10;
    chip->on = chip->fresh = false;
}

void icm42688_model_init(struct icm42688_model *chip, uint64_t now_ns)
{
    load_reset_values(chip);
    chip->power_ns = now_ns;
    chip->reset_ns = 0;
}

static uint64_t rate_mhz(const struct icm42688_model *chip)
{
    static const uint32_t MHZ[16] = {0, 32000000, 16000000, 8000000, 4000000, 2000000, 1000000,
                                     200000, 100000, 50000, 25000, 12500, 0, 0, 0, 500000};
    return MHZ[chip->regs[GYRO_CONFIG0] & 15];
}

static uint64_t sample_time(const struct icm42688_model *chip, uint64_t sample)
{
    uint64_t mhz = rate_mhz(chip);
    if (!chip->on || chip->no_samples || mhz == 0)
        return UINT64_MAX;
    /* The accelerometer has valid data 10 ms after it is switched on (3.2). */
    mhz = (uint64_t)((int64_t)mhz + (int64_t)mhz * chip->clock_ppm / 1000000);
    return chip->on_ns + 10 * MS + (sample + 1) * UINT64_C(1000000000000) / mhz;
}

uint64_t icm42688_model_next_interrupt_ns(const struct icm42688_model *chip)
{
    /* With INT_ASYNC_RESET set the pin does not work properly (12.6): modelled as silent. */
    bool routed = (chip->regs[INT_SOURCE0] & 0x08) != 0 && (chip->regs[INT_CONFIG1] & 0x10) == 0;
    return routed ? sample_time(chip, chip->samples) : UINT64_MAX;
}

static void put(struct icm42688_model *chip, unsigned axis, int64_t micro, int64_t full_micro)
{
    int64_t value = micro * 32768 / full_micro;
    value = value > 32767 ? 32767 : value < -32766 ? -32766 : value; /* 12.8 */
    uint32_t word = (uint32_t)value & 0xFFFFu;
    bool big = (chip->regs[INTF_CONFIG0] & 0x10) != 0;
    chip->regs[DATA + 2 * axis + (big ? 0 : 1)] = (uint8_t)(word >> 8);
    chip->regs[DATA + 2 * axis + (big ? 1 : 0)] = (uint8_t)(word & 0xFF);
}

void icm42688_model_advance(struct icm42688_model *chip, uint64_t now_ns)
{
    while (sample_time(chip, chip->samples) <= now_ns) {
        uint64_t at = sample_time(chip, chip->samples);
        int32_t ug[3] = {0, 1000000, 0}, mdps[3] = {0, 0, 0};
        if (icm42688_model_next_interrupt_ns(chip) == at) {
            chip->interrupts++;
            chip->interrupt_ns = at;
        }
        if (chip->motion != NULL)
            chip->motion(chip->world, at, ug, mdps);
        int64_t range_ug = INT64_C(16000000) >> (chip->regs[ACCEL_CONFIG0] >> 5 & 3);
        int64_t range_mdps = INT64_C(2000000) >> (chip->regs[GYRO_CONFIG0] >> 5);
        for (unsigned axis = 0; axis < 3; axis++) {
            put(chip, axis, ug[axis], range_ug);
            put(chip, axis + 3, mdps[axis], range_mdps);
        }
        if (chip->fresh)
            chip->unread++;
        chip->fresh = true;
        chip->regs[INT_STATUS] |= 0x08;
        chip->samples++;
    }
}

void icm42688_model_select(struct icm42688_model *chip, bool active, uint64_t now_ns)
{
    icm42688_model_advance(chip, now_ns);
    if (active == chip->selected)
        return;
    if (!active && chip->bytes == 1)
        broken(chip, now_ns, "SPI: an address without data");
    chip->selected = active;
    chip->bytes = 0;
}

static void change_modes(struct icm42688_model *chip, uint8_t value, uint64_t now_ns)
{
    uint8_t old = chip->regs[PWR_MGMT0];
    bool gyro_was = (old & 0x0C) != 0, gyro_is = (value & 0x0C) != 0;
    if (gyro_was && !gyro_is && now_ns < chip->on_ns + 45 * MS)
        broken(chip, now_ns, "PWR_MGMT0: gyroscope on for less than 45 ms");
    if ((value & 0x0C) == 0x08)
        broken(chip, now_ns, "PWR_MGMT0: reserved gyroscope mode");
    if ((~old & value & 0x0F) != 0)
        chip->quiet_until_ns = now_ns + 200000;
    bool on = (value & 0x0F) == 0x0F;
    if (on && !chip->on) {
        chip->on_ns = now_ns;
        chip->samples = 0;
        if ((chip->regs[INT_SOURCE0] & 0x08) != 0 && (chip->regs[INT_CONFIG1] & 0x10) != 0)
            broken(chip, now_ns, "INT_CONFIG1: INT_ASYNC_RESET left at 1");
        if ((chip->regs[GYRO_CONFIG0] & 15) != (chip->regs[ACCEL_CONFIG0] & 15))
            broken(chip, now_ns, "ODR: different rates make invalid samples");
    }
    chip->on = on;
}

static void write_register(struct icm42688_model *chip, uint8_t address, uint8_t value,
                           uint64_t now_ns)
{
    const struct known *known = NULL;
    for (unsigned i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
        if (KNOWN[i].address == address)
            known = &KNOWN[i];
    if (chip->regs[BANK_SEL] != 0 && address != BANK_SEL)
        return; /* another bank: nothing the model follows */
    if (known == NULL) {
        broken(chip, now_ns, "write: read only or unknown register");
        return;
    }
    if (now_ns < chip->quiet_until_ns)
        broken(chip, now_ns, "PWR_MGMT0: a write within 200 us after turning on");
    if (((value ^ known->reset) & (uint8_t)~known->defined) != 0)
        broken(chip, now_ns, "write: reserved bits changed");
    bool in_operation = address == PWR_MGMT0 || address == GYRO_CONFIG0 ||
                        address == ACCEL_CONFIG0 || address == BANK_SEL ||
                        address == DEVICE_CONFIG;
    if ((chip->regs[PWR_MGMT0] & 0x0F) != 0 && !in_operation)
        broken(chip, now_ns, "write: register changed while a sensor runs (12.9)");
    if (address == DEVICE_CONFIG && (value & 1) != 0) {
        load_reset_values(chip);
        chip->reset_ns = now_ns;
        return;
    }
    if (address == PWR_MGMT0)
        change_modes(chip, value, now_ns);
    if (address == chip->stuck_register)
        value = (uint8_t)((value & ~chip->stuck_bits) |
                          (chip->regs[address] & chip->stuck_bits));
    chip->regs[address] = value;
}

static uint8_t read_register(struct icm42688_model *chip, uint8_t address, uint64_t now_ns)
{
    if (address == BANK_SEL)
        return chip->regs[BANK_SEL];
    if (chip->regs[BANK_SEL] != 0)
        return 0;
    uint8_t value = chip->regs[address];
    if (address == INT_STATUS)
        chip->regs[INT_STATUS] = 0;
    if (address == DATA) {
        chip->fresh = false;
        if (now_ns < chip->on_ns + 30 * MS || !chip->on)
            broken(chip, now_ns, "read: data before the gyroscope has started (30 ms)");
    }
    return value;
}

uint8_t icm42688_model_byte(struct icm42688_model *chip, uint8_t din, unsigned mode,
                            uint32_t clock_hz, uint64_t from_ns)
{
    icm42688_model_advance(chip, from_ns);
    if (mode != 0 && mode != 3)
        broken(chip, from_ns, "SPI: mode is not 0 or 3");
    if (clock_hz > 24000000)
        broken(chip, from_ns, "SPI: clock faster than 24 MHz");
    if (from_ns < chip->power_ns + MS)
        broken(chip, from_ns, "power-up: access within 1 ms");
    if (chip->reset_ns != 0 && from_ns < chip->reset_ns + MS)
        broken(chip, from_ns, "soft reset: access within 1 ms");
    uint8_t out = 0;
    if (chip->bytes == 0) {
        chip->reading = (din & 0x80) != 0;
        chip->address = din & 0x7F;
    } else if (chip->reading) {
        out = read_register(chip, chip->address, from_ns);
        chip->address = (uint8_t)((chip->address + 1) & 0x7F);
    } else if (chip->bytes == 1) {
        write_register(chip, chip->address, din, from_ns);
    } else {
        broken(chip, from_ns, "write: burst write, only single writes exist");
    }
    chip->bytes++;
    return chip->dead ? 0xFF : out;
}
