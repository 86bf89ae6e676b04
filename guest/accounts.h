// The input region, and what a program may do to accounts.
#pragma once

#include "machine.h"

// Lays out the instruction as the loader does, at `machine->region`. Sets r2 to the address of the instruction data.
void serialize(struct machine *machine, struct input *input);

// Reads the region back after a run that returned 0. Returns RETURNED, or the rule that the program broke.
// `modified` counts the accounts that changed.
enum ending settle(const struct machine *machine, const struct input *input, u32 *modified);

// The digest of the result (docs/zisk.md). If `is_applied`, it takes the accounts from the region.
void digest_result(const struct machine *machine, const struct input *input, const u32 *outputs, int is_applied,
                   u8 digest[32]);
