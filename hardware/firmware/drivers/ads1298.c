#include "ads1298.h"

#include <string.h>

enum {
    /* One byte takes 2 us: even without a pause 4 tCLK pass per byte at 2.048 MHz [I p. 42].
     * The pauses below do not rely on it: the internal oscillator may be slower. */
    SCLK_HZ = 4000000,
    FOUR_TCLK_US = 3,  /* 1.95 us, rounded up with room for a clock 30 % slow */
    CS_HIGH_US = 2,    /* 2 tCLK = 0.98 us */
    RESET_LOW_US = 2,  /* 2 tCLK */
    RESET_WAIT_US = 12, /* 18 tCLK = 8.8 us */
    POWER_ON_US = 150000, /* 2^18 tCLK = 128 ms */
    /* Twice the reference start-up of the data sheet: the capacitors are the board's. */
    REFERENCE_US = 2 * 1000 * ADS1298_REFERENCE_START_MS,
    SATURATED = ADS1298_FULL_SCALE / 100 * 98
};

struct register_value {
    uint8_t address, compared_bits;
};

/* Written and read back in this order; CONFIG3 comes first, alone, because it starts the
 * reference. PACE, RESP, WCT1 and WCT2 keep their reset values: those blocks stay off. */
static const struct register_value WRITTEN[] = {
    {ADS1298_REG_CONFIG3, (uint8_t)~ADS1298_CONFIG3_RLD_STAT & 0xFF},
    {ADS1298_REG_CONFIG1, 0xFF},
    {ADS1298_REG_CONFIG2, ADS1298_CONFIG2_DEFINED},
    {ADS1298_REG_LOFF, 0xFF},
    {ADS1298_REG_CH1SET + 0, 0xFF},
    {ADS1298_REG_CH1SET + 1, 0xFF},
    {ADS1298_REG_CH1SET + 2, 0xFF},
    {ADS1298_REG_CH1SET + 3, 0xFF},
    {ADS1298_REG_CH1SET + 4, 0xFF},
    {ADS1298_REG_CH1SET + 5, 0xFF},
    {ADS1298_REG_CH1SET + 6, 0xFF},
    {ADS1298_REG_CH1SET + 7, 0xFF},
    {ADS1298_REG_RLD_SENSP, 0xFF},
    {ADS1298_REG_RLD_SENSN, 0xFF},
    {ADS1298_REG_LOFF_SENSP, 0xFF},
    {ADS1298_REG_LOFF_SENSN, 0xFF},
    {ADS1298_REG_LOFF_FLIP, 0xFF},
    {ADS1298_REG_GPIO, 0xFF},
    {ADS1298_REG_CONFIG4, 0xFF},
};
enum { WRITTEN_COUNT = sizeof WRITTEN / sizeof WRITTEN[0] };

static const uint8_t GAIN_OF_CODE[7] = {6, 1, 2, 3, 4, 8, 12};

static void wait_us(const struct ads1298 *chip, uint32_t us)
{
    chip->port->delay_us(chip->port->context, us);
}

static void set_pin(const struct ads1298 *chip, enum spi_pin pin, bool high)
{
    chip->port->set_pin(chip->port->context, pin, high);
}

static void begin_command(const struct ads1298 *chip)
{
    wait_us(chip, CS_HIGH_US);
    chip->port->select(chip->port->context, true);
}

static void end_transfer(const struct ads1298 *chip)
{
    chip->port->select(chip->port->context, false);
}

/* One byte of a command and the time the chip needs to decode it; it also keeps CS low for
 * tSCCS after the last byte. */
static bool exchange(const struct ads1298 *chip, uint8_t out, uint8_t *in)
{
    uint8_t got = 0;
    bool ok = chip->port->transfer(chip->port->context, &out, &got, 1);
    wait_us(chip, FOUR_TCLK_US);
    if (in != NULL)
        *in = got;
    return ok;
}

static bool command(const struct ads1298 *chip, uint8_t opcode)
{
    begin_command(chip);
    bool ok = exchange(chip, opcode, NULL);
    end_transfer(chip);
    return ok;
}

static bool write_register(struct ads1298 *chip, uint8_t address, uint8_t value)
{
    chip->shadow[address] = value;
    begin_command(chip);
    bool ok = exchange(chip, (uint8_t)(ADS1298_CMD_WREG | address), NULL);
    ok = exchange(chip, 0, NULL) && ok; /* one register */
    ok = exchange(chip, value, NULL) && ok;
    end_transfer(chip);
    return ok;
}

static bool read_register(const struct ads1298 *chip, uint8_t address, uint8_t *value)
{
    begin_command(chip);
    bool ok = exchange(chip, (uint8_t)(ADS1298_CMD_RREG | address), NULL);
    ok = exchange(chip, 0, NULL) && ok;
    ok = exchange(chip, 0, value) && ok;
    end_transfer(chip);
    return ok;
}

/* CONFIG1 bits of a rate in high-resolution mode, 0xFF when the chip does not have it. */
static uint8_t rate_code(uint16_t rate_sps)
{
    for (uint8_t code = 1; code <= 6; code++)
        if ((uint32_t)rate_sps << (code + 6) == (uint32_t)ADS1298_CLOCK_HZ)
            return code;
    return 0xFF;
}

static uint8_t gain_code(uint8_t gain)
{
    for (uint8_t code = 0; code < sizeof GAIN_OF_CODE; code++)
        if (GAIN_OF_CODE[code] == gain)
            return code;
    return 0xFF;
}

bool ads1298_rate_supported(uint16_t rate_sps)
{
    return rate_code(rate_sps) != 0xFF;
}

bool ads1298_gain_supported(uint8_t gain)
{
    return gain_code(gain) != 0xFF;
}

uint32_t ads1298_group_delay_us(uint16_t rate_sps)
{
    return rate_sps == 0 ? 0 : 1500000u / rate_sps;
}

enum ads1298_error ads1298_power_up(struct ads1298 *chip, const struct spi_port *port)
{
    memset(chip, 0, sizeof *chip);
    chip->port = port;
    set_pin(chip, SPI_PIN_START, false);
    set_pin(chip, SPI_PIN_RESET, false);
    set_pin(chip, SPI_PIN_PWDN, false);
    if (!port->configure(port->context, SPI_MODE_1, SCLK_HZ))
        return ADS1298_ERR_BUS;
    set_pin(chip, SPI_PIN_PWDN, true);
    set_pin(chip, SPI_PIN_RESET, true);
    wait_us(chip, POWER_ON_US);

    set_pin(chip, SPI_PIN_RESET, false);
    wait_us(chip, RESET_LOW_US);
    set_pin(chip, SPI_PIN_RESET, true);
    wait_us(chip, RESET_WAIT_US);

    /* The chip wakes in RDATAC and ignores register commands until this. */
    if (!command(chip, ADS1298_CMD_SDATAC) || !read_register(chip, ADS1298_REG_ID, &chip->id))
        return ADS1298_ERR_BUS;
    if (chip->id == 0x00 || chip->id == 0xFF)
        return ADS1298_ERR_NO_CHIP;
    if (chip->id != ADS1298_ID_ADS1298 && chip->id != ADS1298_ID_ADS1298R)
        return ADS1298_ERR_WRONG_ID;
    chip->state = ADS1298_IDLE;
    return ADS1298_OK;
}

/* Values of all written registers for a configuration that was checked. */
static void fill_registers(const struct ads1298_config *config, uint8_t value[ADS1298_REGISTERS])
{
    static const uint8_t MUX[] = {ADS1298_MUX_ELECTRODE, ADS1298_MUX_SHORTED, ADS1298_MUX_TEST};
    const bool electrodes = config->input == ADS1298_INPUT_ELECTRODES;
    const bool lead_off = electrodes && config->lead_off;

    memset(value, 0, ADS1298_REGISTERS);
    value[ADS1298_REG_CONFIG1] = (uint8_t)(ADS1298_CONFIG1_HR | ADS1298_CONFIG1_MULTI_READBACK |
                                           rate_code(config->rate_sps));
    /* 1 x VREF / 2400 = 1 mV, one period in 2^21 clocks = 1.024 s. */
    if (config->input == ADS1298_INPUT_SQUARE_WAVE)
        value[ADS1298_REG_CONFIG2] = ADS1298_CONFIG2_INT_TEST;
    value[ADS1298_REG_CONFIG3] = ADS1298_CONFIG3_REFBUF | ADS1298_CONFIG3_RESERVED |
                                 ADS1298_CONFIG3_RLDREF_INT | ADS1298_CONFIG3_RLD_ON;
    value[ADS1298_REG_LOFF] = ADS1298_LOFF_6NA_95_PERCENT | ADS1298_LOFF_FLEAD_DC;
    for (unsigned i = 0; i < ADS1298_CHANNELS; i++)
        value[ADS1298_REG_CH1SET + i] = (uint8_t)(
            (unsigned)gain_code(config->gain[i]) << ADS1298_CH_GAIN_SHIFT | MUX[config->input]);
    /* A test signal must not reach the bias electrode, so nothing is summed then. */
    value[ADS1298_REG_RLD_SENSP] = value[ADS1298_REG_RLD_SENSN] = electrodes ? 0xFF : 0x00;
    value[ADS1298_REG_LOFF_SENSP] = value[ADS1298_REG_LOFF_SENSN] = lead_off ? 0xFF : 0x00;
    value[ADS1298_REG_GPIO] = ADS1298_GPIO_ALL_OUTPUTS_LOW; /* no floating inputs */
    value[ADS1298_REG_CONFIG4] = lead_off ? ADS1298_CONFIG4_LOFF_COMPARATORS : 0;
}

enum ads1298_error ads1298_configure(struct ads1298 *chip, const struct ads1298_config *config)
{
    if (chip->state != ADS1298_IDLE && chip->state != ADS1298_CONFIGURED)
        return ADS1298_ERR_STATE;
    if (!ads1298_rate_supported(config->rate_sps) || config->input > ADS1298_INPUT_SQUARE_WAVE)
        return ADS1298_ERR_PARAMETER;
    for (unsigned i = 0; i < ADS1298_CHANNELS; i++)
        if (!ads1298_gain_supported(config->gain[i]))
            return ADS1298_ERR_PARAMETER;

    uint8_t value[ADS1298_REGISTERS];
    fill_registers(config, value);
    chip->config = *config;
    chip->state = ADS1298_IDLE;
    for (unsigned i = 0; i < WRITTEN_COUNT; i++) {
        if (!write_register(chip, WRITTEN[i].address, value[WRITTEN[i].address]))
            return ADS1298_ERR_BUS;
        if (WRITTEN[i].address == ADS1298_REG_CONFIG3 && !chip->reference_on) {
            wait_us(chip, REFERENCE_US);
            chip->reference_on = true;
        }
    }
    chip->state = ADS1298_CONFIGURED;
    enum ads1298_error error = ads1298_verify(chip);
    if (error != ADS1298_OK)
        chip->state = ADS1298_IDLE;
    return error;
}

enum ads1298_error ads1298_verify(struct ads1298 *chip)
{
    if (chip->state != ADS1298_CONFIGURED)
        return ADS1298_ERR_STATE;
    for (unsigned i = 0; i < WRITTEN_COUNT; i++) {
        const struct register_value *entry = &WRITTEN[i];
        uint8_t expected = (uint8_t)(chip->shadow[entry->address] & entry->compared_bits), got = 0;
        if (!read_register(chip, entry->address, &got))
            return ADS1298_ERR_BUS;
        if ((got & entry->compared_bits) != expected) {
            chip->bad_register = entry->address;
            chip->bad_expected = expected;
            chip->bad_read = got;
            return ADS1298_ERR_READBACK;
        }
    }
    return ADS1298_OK;
}

enum ads1298_error ads1298_start(struct ads1298 *chip)
{
    if (chip->state != ADS1298_CONFIGURED)
        return ADS1298_ERR_STATE;
    /* RDATAC before START: no DRDY pulse is near, so its keep-out zone cannot be hit. */
    if (!command(chip, ADS1298_CMD_RDATAC))
        return ADS1298_ERR_BUS;
    chip->state = ADS1298_STREAMING;
    set_pin(chip, SPI_PIN_START, true);
    return ADS1298_OK;
}

static int32_t sign_extended(const uint8_t *msb_first)
{
    uint32_t raw = (uint32_t)msb_first[0] << 16 | (uint32_t)msb_first[1] << 8 | msb_first[2];
    return (int32_t)(raw ^ 0x800000u) - 0x800000;
}

enum ads1298_error ads1298_read(struct ads1298 *chip, struct ads1298_frame *frame)
{
    if (chip->state != ADS1298_STREAMING)
        return ADS1298_ERR_STATE;
    uint8_t raw[ADS1298_FRAME_BYTES];
    chip->port->select(chip->port->context, true);
    wait_us(chip, FOUR_TCLK_US); /* tUPDATE after the edge that brought us here */
    /* Zeros out: the chip decodes commands while it sends (K 9.4.1.3). */
    bool ok = chip->port->transfer(chip->port->context, NULL, raw, sizeof raw);
    wait_us(chip, FOUR_TCLK_US); /* tSCCS */
    end_transfer(chip);
    if (!ok)
        return ADS1298_ERR_BUS;
    if (raw[0] >> 4 != ADS1298_STATUS_SYNC) {
        chip->sync_errors++;
        return ADS1298_ERR_SYNC;
    }
    frame->leadoff_p = (uint8_t)(raw[0] << 4 | raw[1] >> 4);
    frame->leadoff_n = (uint8_t)(raw[1] << 4 | raw[2] >> 4);
    frame->saturated = 0;
    for (unsigned i = 0; i < ADS1298_CHANNELS; i++) {
        int32_t sample = sign_extended(&raw[3 + 3 * i]);
        frame->sample[i] = sample;
        if (sample >= SATURATED || sample <= -SATURATED)
            frame->saturated = (uint8_t)(frame->saturated | 1u << i);
    }
    return ADS1298_OK;
}

enum ads1298_error ads1298_stop(struct ads1298 *chip)
{
    if (chip->state != ADS1298_STREAMING)
        return ADS1298_ERR_STATE;
    set_pin(chip, SPI_PIN_START, false);
    chip->state = ADS1298_CONFIGURED;
    return command(chip, ADS1298_CMD_SDATAC) ? ADS1298_OK : ADS1298_ERR_BUS;
}

void ads1298_power_down(struct ads1298 *chip)
{
    if (chip->port == NULL)
        return;
    set_pin(chip, SPI_PIN_START, false);
    set_pin(chip, SPI_PIN_PWDN, false);
    chip->state = ADS1298_OFF;
    chip->reference_on = false;
}
