#include "accounts.h"

#include "bytes.h"

// The fields of a record that are read back. Records of loader v1 also have a length and an owner, but they are not
// read.
struct fields {
    u32 owner, lamports, length, data;
};

static const struct fields aligned_fields = ALIGNED_FIELDS;
static const struct fields unaligned_fields = UNALIGNED_FIELDS;

static int is_aligned(const struct input *input) { return input->loader != LOADER_V1; }

static const struct fields *fields_of(const struct input *input) {
    return is_aligned(input) ? &aligned_fields : &unaligned_fields;
}

static u64 record_size(const struct input *input, u64 position) {
    const struct account *account = &input->accounts[position];
    u64 size = account->data.size;
    if (account->first != position) return is_aligned(input) ? 8 : 1;
    return is_aligned(input) ? aligned_fields.data + size + MAXIMUM_DATA_INCREASE + (-size & 7) + 8
                             : unaligned_fields.data + size + KEY_LENGTH + 1 + 8;
}

static void write_record(u8 *record, const struct account *account, int aligned) {
    u64 size = account->data.size;
    u8 *key = record + (aligned ? 8 : 3);
    record[0] = NOT_A_DUPLICATE;
    record[1] = account->is_signer;
    record[2] = account->is_writable;
    memcpy(key, account->key, KEY_LENGTH);
    if (aligned) {
        record[3] = account->is_executable;
        memcpy(record + aligned_fields.owner, account->owner, KEY_LENGTH);
        write64(record + aligned_fields.lamports, account->lamports);
        write64(record + aligned_fields.length, size);
        memcpy(record + aligned_fields.data, account->data.bytes, size);
        write64(record + aligned_fields.data + size + MAXIMUM_DATA_INCREASE + (-size & 7), ~0UL);
        return;
    }
    u8 *after = record + unaligned_fields.data + size;
    write64(record + unaligned_fields.lamports, account->lamports);
    write64(record + unaligned_fields.length, size);
    memcpy(record + unaligned_fields.data, account->data.bytes, size);
    memcpy(after, account->owner, KEY_LENGTH);
    after[KEY_LENGTH] = account->is_executable;
    write64(after + KEY_LENGTH + 1, ~0UL);
}

void serialize(struct machine *machine, struct input *input) {
    u64 size = 8 + 8 + input->instruction_data.size + KEY_LENGTH, at = 8;
    for (u64 i = 0; i < input->account_count; i++) size += record_size(input, i);
    u8 *region = allocate(size + 8);
    machine->region = region, machine->region_size = size;
    write64(region, input->account_count);
    for (u64 i = 0; i < input->account_count; i++) {
        struct account *account = &input->accounts[i];
        account->record = at;
        if (account->first != i) region[at] = account->first;
        else write_record(region + at, account, is_aligned(input));
        at += record_size(input, i);
    }
    write64(region + at, input->instruction_data.size);
    memcpy(region + at + 8, input->instruction_data.bytes, input->instruction_data.size);
    memcpy(region + at + 8 + input->instruction_data.size, input->program_id, KEY_LENGTH);
    machine->registers[2] = INPUT_START + at + 8;
}

// THE RULES

// The record of an account after the run.
struct after {
    u64 lamports;
    struct content data;
    const u8 *owner;
};

static struct after read_back(const struct machine *machine, const struct input *input, const struct account *account) {
    const struct fields *fields = fields_of(input);
    const u8 *record = machine->region + account->record;
    struct after after = {
        read64(record + fields->lamports), {record + fields->data, account->data.size}, account->owner};
    if (is_aligned(input)) {
        after.data.size = read64(record + fields->length);
        after.owner = record + fields->owner;
    }
    return after;
}

static int is_same_data(struct content first, struct content second) {
    return first.size == second.size && is_same(first.bytes, second.bytes, first.size);
}

// The first rule that the changes to an account break, in the runtime's order. Sets `changed` if there are changes.
static enum ending check_changes(const struct input *input, const struct account *account, const struct after *after,
                                 int *changed) {
    int is_owned = is_same(account->owner, input->program_id, KEY_LENGTH);
    u64 size = account->data.size;
    *changed = 0;
    if (after->lamports != account->lamports) {
        *changed = 1;
        if (!is_owned && after->lamports < account->lamports) return EXTERNAL_ACCOUNT_LAMPORT_SPEND;
        if (!account->is_writable) return READONLY_LAMPORT_CHANGE;
    }
    if (after->data.size > MAXIMUM_DATA_LENGTH || after->data.size > size + MAXIMUM_DATA_INCREASE)
        return INVALID_REALLOC;
    if (!is_same_data(account->data, after->data)) {
        *changed = 1;
        if (after->data.size != size && !is_owned) return ACCOUNT_DATA_SIZE_CHANGED;
        if (!account->is_writable) return READONLY_DATA_MODIFIED;
        if (!is_owned) return EXTERNAL_ACCOUNT_DATA_MODIFIED;
    }
    if (!is_same(account->owner, after->owner, KEY_LENGTH)) {
        *changed = 1;
        // The new owner must not find data that it did not write.
        if (!is_owned || !account->is_writable || !is_zero(after->data.bytes, after->data.size))
            return MODIFIED_PROGRAM_ID;
    }
    return RETURNED;
}

enum ending settle(const struct machine *machine, const struct input *input, u32 *modified) {
    u128 before = 0, total = 0;
    u32 count = 0;
    int changed;
    for (u64 i = 0; i < input->account_count; i++) {
        const struct account *account = &input->accounts[i];
        if (account->first != i) continue;
        struct after after = read_back(machine, input, account);
        enum ending ending = check_changes(input, account, &after, &changed);
        if (ending != RETURNED) return ending;
        before += account->lamports, total += after.lamports;
        count += (u32)changed;
    }
    if (before != total) return UNBALANCED_INSTRUCTION;
    *modified = count;
    return RETURNED;
}

// THE RESULT

void digest_result(const struct machine *machine, const struct input *input, const u32 *outputs, int is_applied,
                   u8 digest[32]) {
    struct sha256_state state;
    u64 number;
    sha256_begin(&state);
    sha256_add(&state, outputs, 4 * OUTPUT_FORMAT);
    sha256_add(&state, input->program_id, KEY_LENGTH);
    sha256_add(&state, &machine->return_data_size, 8);
    sha256_add(&state, machine->return_data, machine->return_data_size);
    for (u64 i = 0; i < input->account_count; i++) {
        const struct account *account = &input->accounts[i];
        if (account->first != i) continue;
        struct after after = {account->lamports, account->data, account->owner};
        if (is_applied) after = read_back(machine, input, account);
        number = account->is_executable;
        sha256_add(&state, account->key, KEY_LENGTH);
        sha256_add(&state, after.owner, KEY_LENGTH);
        sha256_add(&state, &after.lamports, 8);
        sha256_add(&state, &number, 8);
        sha256_add(&state, &after.data.size, 8);
        sha256_add(&state, after.data.bytes, after.data.size);
    }
    sha256_end(&state, digest);
}
