#include "ads1298_internal.h"

#include <string.h>

#define CLOCK_HZ UINT64_C(2048000)
#define POWER_ON_NS UINT64_C(128000000)  /* 2^18 tCLK */
#define REFERENCE_NS UINT64_C(150000000)
#define SETTLE_EXTRA_TCLK 8

uint64_t ads_model_tclk_ns(uint64_t periods)
{
    return (periods * UINT64_C(1000000000) + CLOCK_HZ - 1) / CLOCK_HZ;
}

void ads_model_broken(struct ads1298_model *chip, uint64_t now_ns, const char *rule)
{
    sim_log_violation(&chip->log, now_ns, rule);
}

void ads_model_reset_values(struct ads1298_model *chip)
{
    memset(chip->regs, 0, sizeof chip->regs);
    chip->regs[ID] = chip->id != 0 ? chip->id : 0x92;
    chip->regs[CONFIG1] = 0x06;
    chip->regs[CONFIG2] = chip->config2_reset;
    chip->regs[CONFIG3] = 0x40;
    chip->regs[GPIO] = 0x0F;
    chip->rdatac = true;
    chip->start_command = chip->standby = chip->drdy_low = chip->frame_fresh = false;
    chip->phase = ADS_PHASE_IDLE;
    chip->reference_on_ns = 0;
}

void ads1298_model_init(struct ads1298_model *chip, uint64_t now_ns)
{
    chip->noise = 1;
    chip->power_on_ns = now_ns;
    ads_model_reset_values(chip);
}

/* --- conversions ------------------------------------------------------------------------- */

static uint64_t period_tclk(const struct ads1298_model *chip)
{
    uint8_t config1 = chip->converts_wrong_rate ? 0x06 : chip->regs[CONFIG1];
    uint64_t modulator = (config1 & 0x80) != 0 ? 4 : 8;
    return modulator * (UINT64_C(16) << (config1 & 7));
}

uint32_t ads1298_model_rate_sps(const struct ads1298_model *chip)
{
    return (uint32_t)(CLOCK_HZ / period_tclk(chip));
}

static uint64_t drdy_time(const struct ads1298_model *chip, uint64_t conversion)
{
    /* First settled result: 4 conversion periods (data sheet K, 7.5) and some clocks. */
    uint64_t tclk = period_tclk(chip) * (conversion + 4) + SETTLE_EXTRA_TCLK;
    uint64_t hz = (uint64_t)((int64_t)CLOCK_HZ + (int64_t)CLOCK_HZ * chip->clock_ppm / 1000000);
    return chip->start_ns + tclk / hz * UINT64_C(1000000000) +
           tclk % hz * UINT64_C(1000000000) / hz;
}

uint64_t ads1298_model_next_drdy_ns(const struct ads1298_model *chip)
{
    return chip->converting ? drdy_time(chip, chip->conversions) : UINT64_MAX;
}

static int32_t code_of_nv(int64_t nv, unsigned gain)
{
    /* Full scale VREF / gain = 2.4 V / gain at 2^23 - 1. */
    int64_t code = nv * (int64_t)gain * 8388607 / INT64_C(2400000000);
    if (code > 8388607)
        return 8388607;
    return code < -8388608 ? -8388608 : (int32_t)code;
}

static bool lead_off_works(const struct ads1298_model *chip)
{
    return (chip->regs[CONFIG4] & 0x02) != 0 && (chip->regs[LOFF] & 3) == 3;
}

static int32_t channel_code(struct ads1298_model *chip, unsigned channel, uint64_t at_ns)
{
    static const uint8_t GAIN[8] = {6, 1, 2, 3, 4, 8, 12, 6};
    const uint8_t set = chip->regs[CH1SET + channel];
    const unsigned gain = GAIN[set >> 4 & 7];
    if ((set & 0x80) != 0)
        return 0;
    switch (set & 7) {
    case 0:
        /* A source of 6 nA on an open input goes to a rail; flipped, to the other one. */
        if (lead_off_works(chip)) {
            bool flip = (chip->regs[LOFF_FLIP] >> channel & 1) != 0;
            bool p = (chip->electrode_off_p & chip->regs[LOFF_SENSP]) >> channel & 1;
            bool n = (chip->electrode_off_n & chip->regs[LOFF_SENSN]) >> channel & 1;
            if (p || n)
                return flip ? -8388608 : 8388607;
        }
        return code_of_nv(chip->input_nv != NULL ? chip->input_nv(chip->world, channel, at_ns) : 0,
                          gain);
    case 1: /* shorted: noise of some LSB, from a fixed generator */
        chip->noise = chip->noise * 1664525u + 1013904223u;
        return (int32_t)(chip->noise >> 27) - 16;
    case 5: {
        uint8_t config2 = chip->regs[CONFIG2];
        if ((config2 & 0x10) == 0)
            return 0; /* pins TESTP and TESTN: nothing there */
        int64_t nv = (config2 & 0x04) != 0 ? 2000000 : 1000000; /* 2.4 V / 2400 = 1 mV */
        uint64_t half_tclk = (config2 & 3) == 1 ? UINT64_C(1) << 19 : UINT64_C(1) << 20;
        bool negative = (config2 & 3) == 3 || at_ns / ads_model_tclk_ns(half_tclk) % 2 != 0;
        return code_of_nv(negative ? -nv : nv, gain);
    }
    default:
        return 0;
    }
}

static void fill_frame(struct ads1298_model *chip, uint64_t at_ns)
{
    uint8_t p = 0, n = 0;
    if (lead_off_works(chip)) {
        p = chip->electrode_off_p & chip->regs[LOFF_SENSP];
        n = chip->electrode_off_n & chip->regs[LOFF_SENSN];
    }
    chip->regs[LOFF_STATP] = p;
    chip->regs[LOFF_STATN] = n;
    uint32_t status = (chip->lose_sync ? 0x600000u : 0xC00000u) | (uint32_t)p << 12 |
                      (uint32_t)n << 4 | (uint32_t)(chip->regs[GPIO] >> 4);
    /* The filter looks back: 1.5 periods is the middle of a sinc3 window. */
    uint64_t delay_ns = ads_model_tclk_ns(period_tclk(chip)) * 3 / 2;
    for (unsigned word = 0; word < 9; word++) {
        uint32_t value = word == 0 ? status
                                   : (uint32_t)channel_code(chip, word - 1, at_ns - delay_ns);
        chip->frame[3 * word] = (uint8_t)(value >> 16 & 0xFF);
        chip->frame[3 * word + 1] = (uint8_t)(value >> 8 & 0xFF);
        chip->frame[3 * word + 2] = (uint8_t)(value & 0xFF);
    }
}

void ads1298_model_advance(struct ads1298_model *chip, uint64_t now_ns)
{
    while (ads1298_model_next_drdy_ns(chip) <= now_ns) {
        uint64_t at = ads1298_model_next_drdy_ns(chip);
        if (chip->selected && chip->read_bytes > 0 && chip->read_bytes < ADS_MODEL_FRAME)
            ads_model_broken(chip, at, "read: a new conversion arrived during it");
        else
            chip->shifted = 0;
        if (chip->frame_fresh)
            chip->unread++;
        fill_frame(chip, at);
        chip->drdy_ns = at;
        chip->drdy_low = chip->frame_fresh = true;
        chip->conversions++;
        chip->edges++;
    }
}

void ads_model_update_converting(struct ads1298_model *chip, uint64_t now_ns)
{
    bool runs = chip->pwdn_pin && chip->reset_pin && !chip->standby &&
                (chip->start_pin || chip->start_command);
    if (runs == chip->converting)
        return;
    chip->converting = runs;
    if (!runs)
        return;
    chip->start_ns = now_ns;
    chip->conversions = 0;
    chip->drdy_low = chip->frame_fresh = false;
    if (chip->reference_on_ns == 0)
        ads_model_broken(chip, now_ns, "START: the internal reference is off");
    else if (now_ns < chip->reference_on_ns + REFERENCE_NS)
        ads_model_broken(chip, now_ns, "START: the internal reference has not settled (150 ms)");
    if ((chip->regs[LOFF_SENSP] | chip->regs[LOFF_SENSN]) != 0 && (chip->regs[LOFF] & 1) == 0)
        ads_model_broken(chip, now_ns, "LOFF: FLEAD_OFF must be 01 or 11 with LOFF_SENS");
    if ((chip->regs[LOFF] & 0x0C) != 0)
        ads_model_broken(chip, now_ns, "LOFF: more than 6 nA");
}

/* --- pins --------------------------------------------------------------------------------- */

void ads1298_model_pin(struct ads1298_model *chip, enum ads_model_pin pin, bool high,
                       uint64_t now_ns)
{
    ads1298_model_advance(chip, now_ns);
    if (pin == ADS_MODEL_START) {
        chip->start_pin = high;
    } else if (pin == ADS_MODEL_PWDN && high != chip->pwdn_pin) {
        chip->pwdn_pin = high;
        ads_model_reset_values(chip);
        chip->ever_reset = false;
        chip->power_on_ns = now_ns;
    } else if (pin == ADS_MODEL_RESET && high != chip->reset_pin) {
        chip->reset_pin = high;
        if (!high) {
            chip->reset_low_ns = now_ns;
        } else {
            bool powered = chip->pwdn_pin && now_ns >= chip->power_on_ns + POWER_ON_NS;
            if (powered && now_ns < chip->reset_low_ns + ads_model_tclk_ns(2))
                ads_model_broken(chip, now_ns, "RESET: pulse shorter than 2 tCLK");
            else if (powered)
                chip->ever_reset = true;
            chip->reset_done_ns = now_ns;
        }
        ads_model_reset_values(chip);
    }
    ads_model_update_converting(chip, now_ns);
}

void ads1298_model_select(struct ads1298_model *chip, bool active, uint64_t now_ns)
{
    ads1298_model_advance(chip, now_ns);
    if (active == chip->selected)
        return;
    chip->selected = active;
    if (active) {
        if (now_ns < chip->deselected_ns + ads_model_tclk_ns(2))
            ads_model_broken(chip, now_ns, "CS: high for less than 2 tCLK");
        chip->read_bytes = 0;
        chip->command_in_transfer = false;
        return;
    }
    chip->deselected_ns = now_ns;
    if (chip->last_byte_ns != 0 && now_ns < chip->last_byte_ns + ads_model_tclk_ns(4))
        ads_model_broken(chip, now_ns, "CS: high sooner than 4 tCLK after the last clock (tSCCS)");
    if (chip->phase == ADS_PHASE_READ_COUNT || chip->phase == ADS_PHASE_WRITE_COUNT ||
        chip->phase == ADS_PHASE_READ_DATA || chip->phase == ADS_PHASE_WRITE_DATA)
        ads_model_broken(chip, now_ns, "command: CS went high in the middle");
    if (!chip->command_in_transfer && chip->read_bytes != 0 && chip->read_bytes != ADS_MODEL_FRAME)
        ads_model_broken(chip, now_ns, "read: not 27 bytes");
    chip->phase = ADS_PHASE_IDLE;
    chip->shifted = 0;
    chip->last_byte_ns = 0;
}

void ads1298_model_foreign_clock(struct ads1298_model *chip, uint64_t now_ns)
{
    ads1298_model_advance(chip, now_ns);
    chip->drdy_low = false; /* DRDY follows the clock line whoever is selected (K 9.4.1.2) */
}
