// The parts of an input.bin, which is a bincode SolanaExecutionInput (docs/input-format.md). Pointers point into it.
#pragma once

#include "features.h"
#include "limits.h"
#include "platform.h"
#include "sysvars.h"

struct content {
    const u8 *bytes;
    u64 size;
};

struct account {
    const u8 *key;
    const u8 *owner;
    struct content data;
    u64 lamports;
    u8 is_executable;
    u8 is_signer;
    u8 is_writable;
    u8 first;   // the first position that names the same account, or its own position if it is not a duplicate
    u64 record; // its place in the input region
};

struct input {
    struct content program;
    const u8 *program_id;
    struct account *accounts;
    u64 account_count;
    struct content instruction_data;
    u64 compute_unit_limit; // without the price of the heap
    u64 heap_size;
    u32 loader;
    u64 features; // bit set
    struct content sysvars[SYSVARS];
    u64 total_stake;
    const u8 *stakes; // 40 bytes each: address, stake
    u64 stake_count;
    int is_raw;
    u32 raw_version;
    u64 raw_entry;
};

static inline int has_feature(const struct input *input, u32 feature) { return (int)(input->features >> feature & 1); }

// Reads a whole input.bin. Ends the run with REFUSED_INPUT if the content is not an input.bin.
void read_input(struct input *input, const u8 *content, u64 size);
