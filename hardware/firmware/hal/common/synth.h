/* A body made of whole numbers: every value is a pure function of stream, sample and channel, so
 * that a host can compute it again and check each sample of a recording. tests/hardware/body.py is
 * the same in Python. */
#ifndef FO_SYNTH_H
#define FO_SYNTH_H

#include <stdint.h>

enum fo_signal { FO_SIGNAL_BURSTS = 0, FO_SIGNAL_SINE = 1 };

/* EMG counts (i24 at gain 6) of sample k: rest noise, and a burst every 4096 samples that starts 40
 * samples later in each further channel. Sine: the burst is a tone instead of noise. */
int32_t fo_synth_emg(enum fo_signal signal, uint32_t k, uint8_t channel);

/* Shorted inputs: noise of 15 counts rms, 0.7 uV at gain 6. */
int32_t fo_synth_shorted(uint32_t k, uint8_t channel);

/* The square wave of an ADS1298's test signal: +-1 mV, one period in 2^21 cycles of its 2.048 MHz
 * clock (data sheet SBAS459), here 1/32 of a period later in each further channel. */
int32_t fo_synth_square(uint32_t k, uint8_t channel, uint32_t rate_mhz, uint8_t gain);

/* Inertial sample k: 1 g turning slowly from z to x and back, and small noise. */
int16_t fo_synth_imu(uint32_t k, uint8_t channel);

#endif
