#include "synth.h"

#define CYCLE 4096u
#define FIRST_ONSET 1024u
#define LATER_PER_CHANNEL 40u
#define RISE 64u
#define HOLD 1500u
/* Counts at gain 6 (47.68 nV each): bursts up to 300 uV, rest about 2 uV rms. */
#define BURST_PEAK 6291
#define REST_PEAK 100
/* One turn in 65536 steps: at 1000 Hz a tone of 80 Hz. */
#define TONE_STEP 5243u

/* A 32-bit finaliser (multiply, xor, shift) as used to whiten counters; full period is not needed,
 * only that neighbours look unrelated. */
static uint32_t mixed(uint32_t k, uint32_t channel)
{
    uint32_t h = k * UINT32_C(2654435761) + channel * UINT32_C(2246822519) + 1u;
    h ^= h >> 15;
    h *= UINT32_C(2246822519);
    h ^= h >> 13;
    h *= UINT32_C(3266489917);
    h ^= h >> 16;
    return h;
}

/* Sum of two uniform numbers, -65535..65535: a triangle, sd 65536 / sqrt(6) = 26755. */
static int32_t noise(uint32_t k, uint32_t channel)
{
    uint32_t h = mixed(k, channel);
    return (int32_t)(h & 0xFFFFu) + (int32_t)(h >> 16) - 65535;
}

/* A parabola for a sine: -65535..65535 (4 x (1 - |x|), off by at most 6 % of the amplitude). */
static int32_t tone(uint32_t k)
{
    int32_t phase = (int32_t)((k * TONE_STEP) & 0xFFFFu) - 32768;
    int32_t size = phase < 0 ? -phase : phase;
    int32_t value = (int32_t)((int64_t)4 * phase * (32768 - size) / 16384);
    return value > 65535 ? 65535 : (value < -65535 ? -65535 : value);
}

/* 0..256 */
static int32_t envelope(uint32_t k, uint32_t channel)
{
    uint32_t at = k % CYCLE, onset = FIRST_ONSET + LATER_PER_CHANNEL * channel;
    if (at < onset || at >= onset + 2u * RISE + HOLD) {
        return 0;
    }
    at -= onset;
    if (at < RISE) {
        return (int32_t)(at * 256u / RISE);
    }
    return at < RISE + HOLD ? 256 : (int32_t)((2u * RISE + HOLD - at) * 256u / RISE);
}

int32_t fo_synth_emg(enum fo_signal signal, uint32_t k, uint8_t channel)
{
    int32_t rest = noise(k, channel) * REST_PEAK / 65536;
    int32_t carrier = signal == FO_SIGNAL_SINE ? tone(k) : noise(k, channel + 64u);
    int64_t burst = (int64_t)carrier * BURST_PEAK * envelope(k, channel) / (65536 * 256);
    return rest + (int32_t)burst;
}

int32_t fo_synth_shorted(uint32_t k, uint8_t channel)
{
    return noise(k, channel + 128u) * 36 / 65536;
}

int32_t fo_synth_square(uint32_t k, uint8_t channel, uint32_t rate_mhz, uint8_t gain)
{
    /* Time in microseconds; the period is 1.024 s. */
    uint64_t t_us = (uint64_t)k * 1000000000u / rate_mhz + 1024000u - 32000u * (channel % 32u);
    int64_t height = INT64_C(8388607) * gain / 2400; /* 1 mV of 2.4 V */
    return (int32_t)(t_us % 1024000u < 512000u ? height : -height);
}

int16_t fo_synth_imu(uint32_t k, uint8_t channel)
{
    static const int32_t ONE_G = 4096; /* counts at 8 g / 32768 */
    int32_t jitter = noise(k, channel + 192u) * 8 / 65536;
    int32_t at = (int32_t)(k % 800u);
    int32_t up = at < 400 ? at : 800 - at; /* 0..400: up to 30 degrees */
    switch (channel) {
    case 0:
        return (int16_t)(jitter + ONE_G * up / 800);
    case 2:
        return (int16_t)(jitter + ONE_G - ONE_G * up * up / 1280000);
    case 4:
        return (int16_t)(jitter + (at < 400 ? 246 : -246)); /* 7.5 deg/s */
    default:
        return (int16_t)jitter;
    }
}
