/* SPI side of the ADS1298 model: bytes, opcodes, registers. */
#include "ads1298_internal.h"

/* --- registers ---------------------------------------------------------------------------- */

static void write_register(struct ads1298_model *chip, uint8_t value, uint64_t now_ns)
{
    uint8_t address = chip->address++;
    if (address >= ADS_MODEL_REGISTERS) {
        ads_model_broken(chip, now_ns, "WREG: no such register");
        return;
    }
    if (address == ID || address == LOFF_STATP || address == LOFF_STATN) {
        ads_model_broken(chip, now_ns, "WREG: the register is read only");
        return;
    }
    if (address == CONFIG1 && ((value & 0x18) != 0 || (value & 7) == 7))
        ads_model_broken(chip, now_ns, "CONFIG1: reserved bits or rate");
    if (address == CONFIG2 && ((value & 0xC8) != 0 || (value & 3) == 2))
        ads_model_broken(chip, now_ns, "CONFIG2: reserved bits");
    if (address == CONFIG3 && (value & 0x40) == 0)
        ads_model_broken(chip, now_ns, "CONFIG3: bit 6 must be 1");
    if (address == CONFIG3 && (value & 0x20) != 0)
        ads_model_broken(chip, now_ns, "CONFIG3: 4 V reference with a 3 V supply");
    if (address >= CH1SET && address < CH1SET + 8 &&
        ((value & 0x08) != 0 || (value >> 4 & 7) == 7))
        ads_model_broken(chip, now_ns, "CHnSET: reserved bit or gain");
    if (chip->converting && address == CONFIG1)
        chip->start_ns = now_ns, chip->conversions = 0; /* the filter starts anew */
    if (address == CONFIG3) {
        value &= 0xFE;
        if ((value & 0x80) == 0)
            chip->reference_on_ns = 0;
        else if (chip->reference_on_ns == 0)
            chip->reference_on_ns = now_ns;
    }
    if (address == GPIO) /* inputs read the pins, which are low */
        value = (uint8_t)(value & (0x0F | (~(unsigned)value & 0x0F) << 4));
    if (address == chip->stuck_register)
        value = (uint8_t)((value & ~chip->stuck_bits) |
                          (chip->regs[address] & chip->stuck_bits));
    chip->regs[address] = value;
}

/* --- commands ----------------------------------------------------------------------------- */

static void begin_register_command(struct ads1298_model *chip, uint8_t opcode, uint64_t now_ns)
{
    chip->address = opcode & 0x1F;
    if (chip->rdatac) {
        ads_model_broken(chip, now_ns, "RREG/WREG: ignored in RDATAC, SDATAC must come first");
        chip->phase = ADS_PHASE_IGNORED;
        return;
    }
    chip->phase = (opcode & 0xE0) == 0x20 ? ADS_PHASE_READ_COUNT : ADS_PHASE_WRITE_COUNT;
}

static void execute(struct ads1298_model *chip, uint8_t opcode, uint64_t from_ns, uint64_t to_ns)
{
    chip->command_in_transfer = true;
    if (from_ns < chip->busy_until_ns)
        ads_model_broken(chip, from_ns, "command: sooner than 4 tCLK after the last one");
    if ((opcode & 0xE0) == 0x20 || (opcode & 0xE0) == 0x40) {
        begin_register_command(chip, opcode, from_ns);
        return;
    }
    switch (opcode) {
    case 0x02: chip->standby = false; break;
    case 0x04: chip->standby = true; break;
    case 0x06:
        ads_model_reset_values(chip);
        chip->ever_reset = true;
        chip->reset_done_ns = to_ns;
        break;
    case 0x08: chip->start_command = true; break;
    case 0x0A: chip->start_command = false; break;
    case 0x10:
        if (chip->converting && (from_ns < chip->drdy_ns + ads_model_tclk_ns(4) ||
                                 ads1298_model_next_drdy_ns(chip) < to_ns + ads_model_tclk_ns(4)))
            ads_model_broken(chip, from_ns, "RDATAC: within 4 tCLK of DRDY");
        chip->rdatac = true;
        break;
    case 0x11: chip->rdatac = false; break;
    case 0x12: chip->phase = ADS_PHASE_RDATA; chip->shifted = 0; break;
    default: ads_model_broken(chip, from_ns, "command: unknown opcode"); break;
    }
    chip->busy_until_ns = to_ns + ads_model_tclk_ns(4);
    ads_model_update_converting(chip, to_ns);
}

static uint8_t shift_data(struct ads1298_model *chip, uint64_t from_ns)
{
    if (chip->drdy_ns != 0 && from_ns < chip->drdy_ns + ads_model_tclk_ns(4))
        ads_model_broken(chip, from_ns, "read: within 4 tCLK after DRDY (tUPDATE)");
    if (chip->shifted == 0 && !chip->frame_fresh)
        ads_model_broken(chip, from_ns, "read: no new conversion");
    chip->frame_fresh = false;
    /* Multiple read-back repeats the frame, the daisy chain would go on with zeros. */
    uint8_t out = 0;
    if (chip->shifted < ADS_MODEL_FRAME || (chip->regs[CONFIG1] & 0x40) != 0)
        out = chip->frame[chip->shifted % ADS_MODEL_FRAME];
    if (chip->shifted < UINT8_MAX)
        chip->shifted++;
    if (chip->read_bytes < UINT8_MAX)
        chip->read_bytes++;
    return out;
}

static void check_access(struct ads1298_model *chip, unsigned mode, uint32_t clock_hz,
                         uint64_t from_ns)
{
    if (mode != 1)
        ads_model_broken(chip, from_ns, "SPI: mode is not 1");
    if (clock_hz > 20000000)
        ads_model_broken(chip, from_ns, "SPI: clock faster than 20 MHz");
    if (!chip->pwdn_pin || !chip->reset_pin)
        ads_model_broken(chip, from_ns, "SPI: the chip is held in power-down or reset");
    else if (!chip->ever_reset)
        ads_model_broken(chip, from_ns, "power-up: no RESET after 2^18 tCLK of power");
    else if (from_ns < chip->reset_done_ns + ads_model_tclk_ns(18))
        ads_model_broken(chip, from_ns, "RESET: a command within 18 tCLK");
}

uint8_t ads1298_model_byte(struct ads1298_model *chip, uint8_t din, unsigned mode,
                           uint32_t clock_hz, uint64_t from_ns, uint64_t to_ns)
{
    ads1298_model_advance(chip, from_ns);
    check_access(chip, mode, clock_hz, from_ns);
    chip->drdy_low = false;
    uint8_t out = 0;
    bool in_command = chip->phase != ADS_PHASE_IDLE && chip->phase != ADS_PHASE_RDATA &&
                      chip->phase != ADS_PHASE_IGNORED;
    if (in_command && to_ns < chip->last_byte_ns + ads_model_tclk_ns(4))
        ads_model_broken(chip, from_ns, "command: bytes closer than 4 tCLK (tSDECODE)");
    switch (chip->phase) {
    case ADS_PHASE_IDLE:
        if (din != 0)
            execute(chip, din, from_ns, to_ns);
        else if (from_ns < chip->busy_until_ns)
            ads_model_broken(chip, from_ns, "command: sooner than 4 tCLK after the last one");
        else if (chip->rdatac)
            out = shift_data(chip, from_ns);
        break;
    case ADS_PHASE_RDATA: out = shift_data(chip, from_ns); break;
    case ADS_PHASE_IGNORED: break;
    case ADS_PHASE_READ_COUNT:
    case ADS_PHASE_WRITE_COUNT:
        chip->remaining = (uint8_t)((din & 0x1F) + 1);
        chip->phase = chip->phase == ADS_PHASE_READ_COUNT ? ADS_PHASE_READ_DATA
                                                          : ADS_PHASE_WRITE_DATA;
        break;
    case ADS_PHASE_READ_DATA:
        out = chip->address < ADS_MODEL_REGISTERS ? chip->regs[chip->address] : 0;
        chip->address++;
        if (--chip->remaining == 0)
            chip->phase = ADS_PHASE_IDLE;
        break;
    case ADS_PHASE_WRITE_DATA:
        write_register(chip, din, to_ns);
        if (--chip->remaining == 0)
            chip->phase = ADS_PHASE_IDLE;
        break;
    }
    if (in_command && chip->phase == ADS_PHASE_IDLE)
        chip->busy_until_ns = to_ns + ads_model_tclk_ns(4);
    chip->last_byte_ns = to_ns;
    ads1298_model_advance(chip, to_ns);
    return chip->dead ? 0xFF : out;
}
