/* The peripherals of the nRF52840 that the board uses, behind nrf_read and nrf_write: enough to
 * run the board's code on the host, with both chip models at its pins. Written from the same
 * public register descriptions as the board; a model, not the chip. */
#ifndef MODELS_NRF_MODEL_H
#define MODELS_NRF_MODEL_H

#include "sim_bus.h"

enum { NRF_MODEL_SENT_BYTES = 1 << 20 };

struct nrf_model {
    struct sim_bus *bus;
    struct sim_log log;
    uint64_t pin_edges[2]; /* of DRDY and INT1, that have reached the captures */
    uint32_t pin_out;      /* level of the outputs, port 0 */
    uint8_t sent[NRF_MODEL_SENT_BYTES];
    size_t sent_bytes;
    uint64_t sending_until_ns;
    bool vbus, masked;
    unsigned resets;
};

extern struct nrf_model nrf_model;

void nrf_model_init(struct sim_bus *bus);

/* A byte arrives at the receiver, interrupt and all. */
void nrf_model_receive(uint8_t byte);

#endif
