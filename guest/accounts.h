// The input region, and what a program may do to accounts.
#pragma once

#include "machine.h"

// Lay out the instruction as the loader does, at `machine->region`; r2 becomes the address of its data.
void serialize(struct machine *machine, struct input *input);

// Read the region back after a run that returned 0: RETURNED, or the rule that was broken. `modified` counts accounts.
enum ending settle(const struct machine *machine, const struct input *input, u32 *modified);

// The digest of what the run did: see docs/zisk.md. `is_applied`: the accounts are as the region has them.
void digest_result(const struct machine *machine, const struct input *input, const u32 *outputs, int is_applied,
                   u8 digest[32]);
