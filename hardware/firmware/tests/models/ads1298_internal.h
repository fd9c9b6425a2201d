/* What the two halves of the ADS1298 model share. */
#ifndef MODELS_ADS1298_INTERNAL_H
#define MODELS_ADS1298_INTERNAL_H

#include "ads1298_model.h"

enum {
    ID = 0x00, CONFIG1 = 0x01, CONFIG2 = 0x02, CONFIG3 = 0x03, LOFF = 0x04, CH1SET = 0x05,
    LOFF_SENSP = 0x0F, LOFF_SENSN = 0x10, LOFF_FLIP = 0x11, LOFF_STATP = 0x12,
    LOFF_STATN = 0x13, GPIO = 0x14, CONFIG4 = 0x17
};

/* Nanoseconds of so many periods of the 2.048 MHz clock, rounded up. */
uint64_t ads_model_tclk_ns(uint64_t periods);
void ads_model_broken(struct ads1298_model *chip, uint64_t now_ns, const char *rule);
void ads_model_reset_values(struct ads1298_model *chip);
void ads_model_update_converting(struct ads1298_model *chip, uint64_t now_ns);

#endif
