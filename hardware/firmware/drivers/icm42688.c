#include "icm42688.h"

#include <string.h>

enum {
    SCLK_HZ = 8000000, /* far below the 24 MHz of the chip; the lead to the sacrum is 40 cm */
    LSB_PER_G = 4096,
    RATE_LIMIT = 20 * 32768 / 1000, /* 20 deg/s */
    RESET_TRIES = 10
};

struct setting {
    uint8_t address, value;
};

static void wait_us(const struct icm42688 *chip, uint32_t us)
{
    chip->port->delay_us(chip->port->context, us);
}

/* Single writes only: the chip has no burst write (DS-000347, 9.6). */
static bool write_register(const struct icm42688 *chip, uint8_t address, uint8_t value)
{
    const uint8_t out[2] = {address, value};
    chip->port->select(chip->port->context, true);
    bool ok = chip->port->transfer(chip->port->context, out, NULL, sizeof out);
    chip->port->select(chip->port->context, false);
    return ok;
}

static bool read_registers(const struct icm42688 *chip, uint8_t address, uint8_t *in, size_t count)
{
    const uint8_t first = (uint8_t)(address | ICM42688_READ);
    chip->port->select(chip->port->context, true);
    bool ok = chip->port->transfer(chip->port->context, &first, NULL, 1) &&
              chip->port->transfer(chip->port->context, NULL, in, count);
    chip->port->select(chip->port->context, false);
    return ok;
}

/* What differs from reset or matters: written with the sensors off (DS-000347, 12.9). */
enum { SETTINGS = 10 };

static void settings_for(uint16_t rate_hz, struct setting table[SETTINGS])
{
    const uint8_t odr = rate_hz == 200 ? ICM42688_ODR_200 : ICM42688_ODR_100;
    const struct setting wanted[SETTINGS] = {
        {ICM42688_DRIVE_CONFIG, 0x05},
        {ICM42688_INTF_CONFIG0, 0x33}, /* big-endian as at reset, I2C off */
        {ICM42688_INT_CONFIG, ICM42688_INT1_PUSH_PULL | ICM42688_INT1_ACTIVE_HIGH},
        {ICM42688_INT_CONFIG1, 0x00}, /* INT_ASYNC_RESET cleared, 100 us pulses */
        {ICM42688_INT_SOURCE0, ICM42688_INT1_DATA_READY},
        {ICM42688_GYRO_CONFIG0, (uint8_t)(ICM42688_RANGE_1000_DPS | odr)},
        {ICM42688_ACCEL_CONFIG0, (uint8_t)(ICM42688_RANGE_8_G | odr)},
        {ICM42688_GYRO_CONFIG1, ICM42688_GYRO_CONFIG1_ORDER_2},
        {ICM42688_GYRO_ACCEL_CONFIG0, ICM42688_BANDWIDTH_DIV_8},
        {ICM42688_ACCEL_CONFIG1, ICM42688_ACCEL_CONFIG1_ORDER_2},
    };
    memcpy(table, wanted, sizeof wanted);
}

static enum icm42688_error reset(struct icm42688 *chip)
{
    uint8_t status = 0;
    /* Read once to clear the flag that power-on left, or the check below would prove nothing. */
    if (!read_registers(chip, ICM42688_INT_STATUS, &status, 1) ||
        !write_register(chip, ICM42688_DEVICE_CONFIG, ICM42688_SOFT_RESET))
        return ICM42688_ERR_BUS;
    for (unsigned i = 0; i < RESET_TRIES; i++) {
        wait_us(chip, ICM42688_RESET_US);
        if (!read_registers(chip, ICM42688_INT_STATUS, &status, 1))
            return ICM42688_ERR_BUS;
        if ((status & ICM42688_STATUS_RESET_DONE) != 0)
            return ICM42688_OK;
    }
    return ICM42688_ERR_RESET;
}

enum icm42688_error icm42688_init(struct icm42688 *chip, const struct spi_port *port,
                                  uint16_t rate_hz)
{
    memset(chip, 0, sizeof *chip);
    chip->port = port;
    if (rate_hz != 100 && rate_hz != 200)
        return ICM42688_ERR_PARAMETER;
    chip->rate_hz = rate_hz;
    if (!port->configure(port->context, SPI_MODE_0, SCLK_HZ))
        return ICM42688_ERR_BUS;
    wait_us(chip, ICM42688_SUPPLY_RAMP_US + ICM42688_POWER_UP_US);
    /* A chip that was left in another bank answers from there. */
    if (!write_register(chip, ICM42688_REG_BANK_SEL, 0) ||
        !read_registers(chip, ICM42688_WHO_AM_I, &chip->id, 1))
        return ICM42688_ERR_BUS;
    if (chip->id == 0x00 || chip->id == 0xFF)
        return ICM42688_ERR_NO_CHIP;
    if (chip->id != ICM42688_ID)
        return ICM42688_ERR_WRONG_ID;
    enum icm42688_error error = reset(chip);
    if (error != ICM42688_OK)
        return error;

    struct setting table[SETTINGS];
    settings_for(rate_hz, table);
    for (unsigned i = 0; i < SETTINGS; i++)
        if (!write_register(chip, table[i].address, table[i].value))
            return ICM42688_ERR_BUS;
    error = icm42688_verify(chip);
    if (error != ICM42688_OK)
        return error;
    if (!write_register(chip, ICM42688_PWR_MGMT0, ICM42688_MODES_LOW_NOISE))
        return ICM42688_ERR_BUS;
    /* Covers the 200 us without writes, the 30 ms start and the 45 ms of least running. */
    wait_us(chip, ICM42688_GYRO_MIN_ON_US);
    chip->running = true;
    return icm42688_verify(chip);
}

enum icm42688_error icm42688_verify(struct icm42688 *chip)
{
    struct setting table[SETTINGS + 1];
    settings_for(chip->rate_hz, table);
    table[SETTINGS].address = ICM42688_PWR_MGMT0;
    table[SETTINGS].value = chip->running ? ICM42688_MODES_LOW_NOISE : ICM42688_MODES_OFF;
    for (unsigned i = 0; i <= SETTINGS; i++) {
        uint8_t got = 0;
        if (!read_registers(chip, table[i].address, &got, 1))
            return ICM42688_ERR_BUS;
        if (got != table[i].value) {
            chip->bad_register = table[i].address;
            chip->bad_expected = table[i].value;
            chip->bad_read = got;
            return ICM42688_ERR_READBACK;
        }
    }
    return ICM42688_OK;
}

enum icm42688_error icm42688_read(struct icm42688 *chip, int16_t values[6])
{
    uint8_t raw[12];
    if (!chip->running)
        return ICM42688_ERR_STATE;
    if (!read_registers(chip, ICM42688_ACCEL_DATA_X1, raw, sizeof raw))
        return ICM42688_ERR_BUS;
    for (unsigned i = 0; i < 6; i++) {
        uint16_t word = (uint16_t)((uint32_t)raw[2 * i] << 8 | raw[2 * i + 1]);
        values[i] = (int16_t)(word < 0x8000 ? (int32_t)word : (int32_t)word - 0x10000);
    }
    for (unsigned i = 0; i < 6; i++)
        if (values[i] == ICM42688_INVALID)
            return ICM42688_ERR_NOT_READY;
    return ICM42688_OK;
}

enum icm42688_error icm42688_stop(struct icm42688 *chip)
{
    if (!chip->running)
        return ICM42688_ERR_STATE;
    chip->running = false;
    return write_register(chip, ICM42688_PWR_MGMT0, ICM42688_MODES_OFF) ? ICM42688_OK
                                                                         : ICM42688_ERR_BUS;
}

bool icm42688_plausible_at_rest(const int16_t (*values)[6], unsigned count)
{
    int32_t mean[6];
    if (count < 2)
        return false;
    for (unsigned axis = 0; axis < 6; axis++) {
        int64_t sum = 0;
        bool moved = false;
        for (unsigned i = 0; i < count; i++) {
            sum += values[i][axis];
            moved = moved || values[i][axis] != values[0][axis];
        }
        if (!moved)
            return false;
        mean[axis] = (int32_t)(sum / (int64_t)count);
    }
    int64_t square = 0;
    for (unsigned axis = 0; axis < 3; axis++)
        square += (int64_t)mean[axis] * mean[axis];
    const int64_t g2 = (int64_t)LSB_PER_G * LSB_PER_G;
    if (square * 100 < g2 * 64 || square * 100 > g2 * 144)
        return false;
    for (unsigned axis = 3; axis < 6; axis++)
        if (mean[axis] > RATE_LIMIT || mean[axis] < -RATE_LIMIT)
            return false;
    return true;
}

uint32_t icm42688_group_delay_us(void)
{
    return 8000 + 300;
}
