/* Written by design_decimator.py; change the design, not this file.
 * Symmetric FIR, 63 taps: the first half and the centre, in units of 2^-20. */
#ifndef FIRMWARE_DECIMATOR_COEFFICIENTS_H
#define FIRMWARE_DECIMATOR_COEFFICIENTS_H

enum { DECIMATOR_TAPS = 63, DECIMATOR_SHIFT = 20 };

static const int32_t DECIMATOR_HALF[DECIMATOR_TAPS / 2 + 1] = {
    -607, -6, 1197, 14, -2053, -29, 3239, 51,
    -4833, -87, 6926, 142, -9632, -225, 13105, 351,
    -17565, -549, 23352, 867, -31046, -1409, 41728, 2417,
    -57693, -4576, 84753, 10493, -142660, -37279, 353751, 584302};

#endif
