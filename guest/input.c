#include "input.h"

#include "bytes.h"
#include "endings.h"

#define MAXIMUM_PROGRAM (10UL * 1024 * 1024)
#define MAXIMUM_DATA (10UL * 1024 * 1024)
#define MAXIMUM_ACCOUNTS 255
#define MAXIMUM_INSTRUCTION_DATA (10UL * 1024)
#define MAXIMUM_COMPUTE_UNITS 1400000
#define MAXIMUM_VOTE_ACCOUNTS (1UL << 16)
#define KEY 32

struct reader {
    const u8 *content;
    u64 size;
    u64 at;
};

static _Noreturn void bad(const struct reader *reader) { refuse(REFUSED_INPUT, (u32)reader->at); }

static void expect(const struct reader *reader, int condition) {
    if (!condition) bad(reader);
}

static const u8 *take(struct reader *reader, u64 size) {
    expect(reader, size <= reader->size - reader->at);
    const u8 *taken = reader->content + reader->at;
    reader->at += size;
    return taken;
}

static u32 take32(struct reader *reader) { return read32(take(reader, 4)); }
static u64 take64(struct reader *reader) { return read64(take(reader, 8)); }

static u8 take_boolean(struct reader *reader) {
    u8 value = *take(reader, 1);
    expect(reader, value <= 1);
    return value;
}

static u64 take_length(struct reader *reader, u64 longest) {
    u64 length = take64(reader);
    expect(reader, length <= longest);
    return length;
}

static struct content take_vector(struct reader *reader, u64 longest) {
    u64 size = take_length(reader, longest);
    return (struct content){take(reader, size), size};
}

// ACCOUNTS

static int is_same_account(const struct account *first, const struct account *second) {
    return is_same(first->owner, second->owner, KEY) && first->lamports == second->lamports &&
           first->data.size == second->data.size && is_same(first->data.bytes, second->data.bytes, first->data.size) &&
           first->is_executable == second->is_executable && first->is_signer == second->is_signer &&
           first->is_writable == second->is_writable;
}

static void take_accounts(struct reader *reader, struct input *input) {
    u64 count = take_length(reader, MAXIMUM_ACCOUNTS);
    struct account *accounts = allocate(count * sizeof *accounts);
    input->accounts = accounts, input->account_count = count;
    for (u64 position = 0; position < count; position++) {
        struct account *account = &accounts[position];
        account->key = take(reader, KEY);
        account->owner = take(reader, KEY);
        account->lamports = take64(reader);
        account->data = take_vector(reader, MAXIMUM_DATA);
        account->is_executable = take_boolean(reader);
        account->is_signer = take_boolean(reader);
        account->is_writable = take_boolean(reader);
        u64 first = 0;
        while (first < position && !is_same(accounts[first].key, account->key, KEY)) first++;
        account->first = (u8)first;
        // All mentions of an account must agree in everything.
        expect(reader, first == position || is_same_account(&accounts[first], account));
    }
}

// PARAMETERS

static const u8 default_clock[40] = {0x80, 0x1f, 0xfb, 0x19};
static const u8 default_rent[17] = {0x30, 0x1b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 50};
static const u8 default_epoch_schedule[33] = {0x80, 0x97, 0x06, 0,  0, 0, 0, 0, 0x80, 0x97, 0x06, 0,    0,    0,
                                              0,    0,    1,    14, 0, 0, 0, 0, 0,    0,    0,    0xe0, 0xff, 0x07};
static const u8 default_slot_hash[48] = {1,    0,    0,    0,    0,    0,    0,    0,    0x80, 0x1f, 0xfb, 0x19,
                                         0,    0,    0,    0,    0xae, 0xeb, 0xad, 0x4a, 0x79, 0x6f, 0xcc, 0x2e,
                                         0x15, 0xdc, 0x4c, 0x60, 0x61, 0xb4, 0x5e, 0xd9, 0xb3, 0x73, 0xf2, 0x6a,
                                         0xdf, 0xc7, 0x98, 0xca, 0x7d, 0x2d, 0x8c, 0xc5, 0x81, 0x82, 0x71, 0x8e};
static const u16 sysvar_sizes[SYSVARS] = {40, 17, 33, 81, 8, 20488, 16392, 8};

static void take_sysvars(struct reader *reader, struct input *input) {
    struct content *sysvars = input->sysvars;
    if (take_boolean(reader)) {
        for (u32 i = 0; i < SYSVARS; i++) {
            int is_exact = i != SLOT_HASHES && i != STAKE_HISTORY;
            sysvars[i] = take_vector(reader, sysvar_sizes[SLOT_HASHES]);
            expect(reader, is_exact ? sysvars[i].size == sysvar_sizes[i] : sysvars[i].size <= sysvar_sizes[i]);
        }
        expect(reader, sysvars[EPOCH_SCHEDULE].bytes[16] <= 1 && sysvars[EPOCH_REWARDS].bytes[80] <= 1);
        return;
    }
    // The values of LiteSVM 0.15, as in src/solproof/runtime/sysvars.py. Fields that are not named here are zero.
    u8 *zeros = allocate(128), *slot_hashes = allocate(sysvar_sizes[SLOT_HASHES]);
    memcpy(slot_hashes, default_slot_hash, sizeof default_slot_hash);
    sysvars[CLOCK] = (struct content){default_clock, sizeof default_clock};
    sysvars[RENT] = (struct content){default_rent, sizeof default_rent};
    sysvars[EPOCH_SCHEDULE] = (struct content){default_epoch_schedule, sizeof default_epoch_schedule};
    sysvars[EPOCH_REWARDS] = (struct content){zeros, 81};
    sysvars[LAST_RESTART_SLOT] = (struct content){zeros, 8};
    sysvars[SLOT_HASHES] = (struct content){slot_hashes, sysvar_sizes[SLOT_HASHES]};
    sysvars[STAKE_HISTORY] = (struct content){zeros, 8};
    sysvars[FEES] = (struct content){zeros, 8};
}

static void take_stakes(struct reader *reader, struct input *input) {
    if (!take_boolean(reader)) return;
    input->total_stake = take64(reader);
    input->stake_count = take_length(reader, MAXIMUM_VOTE_ACCOUNTS);
    input->stakes = take(reader, 40 * input->stake_count);
    u64 left = input->total_stake;
    for (u64 i = 0; i < input->stake_count; i++) {
        const u8 *entry = input->stakes + 40 * i;
        u64 stake = read64(entry + KEY);
        expect(reader, stake > 0 && stake <= left);
        expect(reader, i == 0 || memcmp(entry - 40, entry, KEY) < 0);
        left -= stake;
    }
}

static void take_features(struct reader *reader, struct input *input) {
    input->features = MAINNET_FEATURES;
    if (take_boolean(reader)) {
        u64 count = take_length(reader, FEATURE_COUNT);
        const u8 *before = 0;
        input->features = 0;
        for (u64 i = 0; i < count; i++) {
            const u8 *address = take(reader, KEY);
            expect(reader, before == 0 || memcmp(before, address, KEY) < 0);
            u32 feature = 0;
            while (feature < FEATURE_COUNT && !is_same(feature_addresses[feature], address, KEY)) feature++;
            expect(reader, feature < FEATURE_COUNT);
            input->features |= 1U << feature;
            before = address;
        }
    }
    int has_v0 = !has_feature(input, FEATURE_DISABLE_SBPF_V0_EXECUTION) ||
                 has_feature(input, FEATURE_REENABLE_SBPF_V0_EXECUTION);
    expect(reader, has_v0 || has_feature(input, FEATURE_ENABLE_SBPF_V3_DEPLOYMENT_AND_EXECUTION));
}

static void take_parameters(struct reader *reader, struct input *input) {
    u64 limit = take64(reader);
    input->heap_size = take32(reader);
    input->loader = take32(reader);
    expect(reader, limit <= MAXIMUM_COMPUTE_UNITS && input->loader <= LOADER_V3);
    expect(reader, input->heap_size % 1024 == 0 && input->heap_size >= 32 * 1024 && input->heap_size <= 256 * 1024);
    // The first 32 KiB of heap are free. Each further 32 KiB costs 8, even if only part of it is used.
    u64 cost = ((input->heap_size + 32 * 1024 - 1) / (32 * 1024) - 1) * 8;
    expect(reader, limit >= cost);
    input->compute_unit_limit = limit - cost;
    take_sysvars(reader, input);
    take_stakes(reader, input);
    take_features(reader, input);
}

static void take_program_format(struct reader *reader, struct input *input) {
    u32 variant = take32(reader);
    expect(reader, variant <= 1);
    if (variant == 0) return;
    input->is_raw = 1;
    input->raw_version = *take(reader, 1);
    expect(reader, input->raw_version <= 4);
    input->raw_entry = take64(reader);
}

void read_input(struct input *input, const u8 *content, u64 size) {
    struct reader reader = {content, size, 0};
    input->program = take_vector(&reader, MAXIMUM_PROGRAM);
    input->program_id = take(&reader, KEY);
    take_accounts(&reader, input);
    input->instruction_data = take_vector(&reader, MAXIMUM_INSTRUCTION_DATA);
    take_parameters(&reader, input);
    take_program_format(&reader, input);
    expect(&reader, reader.at == size);
}
