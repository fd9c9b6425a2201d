#include "sim_log.h"

#include <string.h>

void sim_log_violation(struct sim_log *log, uint64_t now_ns, const char *rule)
{
    if (log->count < SIM_LOG_ENTRIES) {
        log->rule[log->count] = rule;
        log->at_ns[log->count] = now_ns;
    }
    log->count++;
}

bool sim_log_has(const struct sim_log *log, const char *start)
{
    unsigned kept = log->count < SIM_LOG_ENTRIES ? log->count : (unsigned)SIM_LOG_ENTRIES;
    for (unsigned i = 0; i < kept; i++)
        if (strncmp(log->rule[i], start, strlen(start)) == 0)
            return true;
    return false;
}
