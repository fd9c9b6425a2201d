/* What a chip model has to say against the driver: every rule of the data sheet that was broken. */
#ifndef MODELS_SIM_LOG_H
#define MODELS_SIM_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum { SIM_LOG_ENTRIES = 32 };

struct sim_log {
    unsigned count; /* all violations, also those beyond the kept ones */
    const char *rule[SIM_LOG_ENTRIES];
    uint64_t at_ns[SIM_LOG_ENTRIES];
};

/* `rule` must live as long as the log: string literals. */
void sim_log_violation(struct sim_log *log, uint64_t now_ns, const char *rule);

/* True when a kept rule begins with `start`. */
bool sim_log_has(const struct sim_log *log, const char *start);

#endif
