#include "input.h"

#include "bytes.h"
#include "costs.h"

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
    return is_same(first->owner, second->owner, KEY_LENGTH) && first->lamports == second->lamports &&
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
        account->key = take(reader, KEY_LENGTH);
        account->owner = take(reader, KEY_LENGTH);
        account->lamports = take64(reader);
        account->data = take_vector(reader, MAXIMUM_DATA_LENGTH);
        account->is_executable = take_boolean(reader);
        account->is_signer = take_boolean(reader);
        account->is_writable = take_boolean(reader);
        u64 first = 0;
        while (first < position && !is_same(accounts[first].key, account->key, KEY_LENGTH)) first++;
        account->first = (u8)first;
        // All mentions of an account must agree in everything.
        expect(reader, first == position || is_same_account(&accounts[first], account));
    }
}

// PARAMETERS

static const u8 default_clock[DEFAULT_CLOCK_SIZE] = DEFAULT_CLOCK;
static const u8 default_rent[DEFAULT_RENT_SIZE] = DEFAULT_RENT;
static const u8 default_epoch_schedule[DEFAULT_EPOCH_SCHEDULE_SIZE] = DEFAULT_EPOCH_SCHEDULE;
static const u8 default_slot_hash[] = DEFAULT_SLOT_HASHES;
static const u16 sysvar_sizes[SYSVARS] = SYSVAR_SIZES;

static void take_sysvars(struct reader *reader, struct input *input) {
    struct content *sysvars = input->sysvars;
    if (take_boolean(reader)) {
        for (u32 i = 0; i < SYSVARS; i++) {
            sysvars[i] = take_vector(reader, sysvar_sizes[SLOT_HASHES]);
            expect(reader, HAS_EXACT_SIZE(i) ? sysvars[i].size == sysvar_sizes[i] : sysvars[i].size <= sysvar_sizes[i]);
        }
#define BOOLEAN(sysvar, offset) && sysvars[sysvar].bytes[offset] <= 1
        expect(reader, 1 SYSVAR_BOOLEANS);
#undef BOOLEAN
        return;
    }
    // The values of LiteSVM 0.15.
    u8 *zeros = allocate(128), *slot_hashes = allocate(DEFAULT_SLOT_HASHES_SIZE);
    memcpy(slot_hashes, default_slot_hash, sizeof default_slot_hash);
    sysvars[CLOCK] = (struct content){default_clock, sizeof default_clock};
    sysvars[RENT] = (struct content){default_rent, sizeof default_rent};
    sysvars[EPOCH_SCHEDULE] = (struct content){default_epoch_schedule, sizeof default_epoch_schedule};
    sysvars[EPOCH_REWARDS] = (struct content){zeros, DEFAULT_EPOCH_REWARDS_ZEROS};
    sysvars[LAST_RESTART_SLOT] = (struct content){zeros, DEFAULT_LAST_RESTART_SLOT_ZEROS};
    sysvars[SLOT_HASHES] = (struct content){slot_hashes, DEFAULT_SLOT_HASHES_SIZE};
    sysvars[STAKE_HISTORY] = (struct content){zeros, DEFAULT_STAKE_HISTORY_ZEROS};
    sysvars[FEES] = (struct content){zeros, DEFAULT_FEES_ZEROS};
}

static void take_stakes(struct reader *reader, struct input *input) {
    if (!take_boolean(reader)) return;
    input->total_stake = take64(reader);
    input->stake_count = take_length(reader, MAXIMUM_VOTE_ACCOUNTS);
    input->stakes = take(reader, 40 * input->stake_count);
    u64 left = input->total_stake;
    for (u64 i = 0; i < input->stake_count; i++) {
        const u8 *entry = input->stakes + 40 * i;
        u64 stake = read64(entry + KEY_LENGTH);
        expect(reader, stake > 0 && stake <= left);
        expect(reader, i == 0 || memcmp(entry - 40, entry, KEY_LENGTH) < 0);
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
            const u8 *address = take(reader, KEY_LENGTH);
            expect(reader, before == 0 || memcmp(before, address, KEY_LENGTH) < 0);
            u32 feature = 0;
            while (feature < FEATURE_COUNT && !is_same(feature_addresses[feature], address, KEY_LENGTH)) feature++;
            expect(reader, feature < FEATURE_COUNT);
            input->features |= 1ULL << feature;
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
    expect(reader, limit <= MAXIMUM_COMPUTE_UNIT_LIMIT && input->loader <= LOADER_V3);
    expect(reader, input->heap_size % HEAP_SIZE_STEP == 0 && input->heap_size >= MINIMUM_HEAP_SIZE &&
                       input->heap_size <= MAXIMUM_HEAP_SIZE);
    // The first page of heap is free. Each further page has its price, even if only part of it is used.
    u64 cost = ((input->heap_size + HEAP_PAGE_SIZE - 1) / HEAP_PAGE_SIZE - 1) * HEAP_PAGE_COST;
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
    expect(reader, input->raw_version <= NEWEST_VERSION);
    input->raw_entry = take64(reader);
}

void read_input(struct input *input, const u8 *content, u64 size) {
    struct reader reader = {content, size, 0};
    input->program = take_vector(&reader, MAXIMUM_PROGRAM_LENGTH);
    input->program_id = take(&reader, KEY_LENGTH);
    take_accounts(&reader, input);
    input->instruction_data = take_vector(&reader, MAXIMUM_INSTRUCTION_DATA_LENGTH);
    take_parameters(&reader, input);
    take_program_format(&reader, input);
    expect(&reader, reader.at == size);
}
