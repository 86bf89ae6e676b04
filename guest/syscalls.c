// The syscalls of this guest, as in src/solproof/runtime/syscalls. Any other syscall ends the run with REFUSED_SYSCALL.

#include "bytes.h"
#include "costs.h"
#include "machine.h"
#include "syscall_names.h"

// A call: the state that it works on, and its arguments. A function sets the result and returns RETURNED, or it
// returns its fault.
struct call {
    struct machine *machine;
    u64 arguments[5];
    u64 result;
};

static int is_aligned_loader(const struct call *call) { return call->machine->input->loader != LOADER_V1; }

#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        u32 fault_ = (expression);                                                                                     \
        if (fault_) return fault_;                                                                                     \
    } while (0)

static u32 consume(struct call *call, u64 cost) {
    if (call->machine->meter < cost) {
        call->machine->meter = 0;
        return SYSCALL_COMPUTATIONAL_BUDGET_EXCEEDED;
    }
    call->machine->meter -= cost;
    return RETURNED;
}

// RANGES

// The place of a range. An empty range is not checked. Every loader except v1 requires alignment.
static u32 find_range(const struct call *call, u64 address, u64 size, int is_write, u64 alignment, u8 **host) {
    u32 ending = RETURNED;
    *host = 0;
    if (size == 0) return RETURNED;
    if (size > LONGEST_RANGE) return SYSCALL_INVALID_LENGTH;
    *host = translate(call->machine, address, size, is_write, &ending);
    if (!*host) return ending == STACK_ACCESS_VIOLATION ? SYSCALL_STACK_ACCESS_VIOLATION : SYSCALL_ACCESS_VIOLATION;
    return is_aligned_loader(call) && address % alignment ? SYSCALL_UNALIGNED_POINTER : RETURNED;
}

static u32 readable(const struct call *call, u64 address, u64 size, u8 **host) {
    return find_range(call, address, size, 0, 1, host);
}

static u32 writable(const struct call *call, u64 address, u64 size, u8 **host) {
    return find_range(call, address, size, 1, 1, host);
}

// An array of slices. A slice is an address and a length.
static u32 find_slices(const struct call *call, u64 address, u64 count, u8 **host) {
    return find_range(call, address, count > ~0UL / 16 ? ~0UL : 16 * count, 0, 8, host);
}

static u64 saturating_sum(u64 first, u64 second) { return first + second < first ? ~0UL : first + second; }

// The runtime's rule, which includes empty ranges.
static int overlaps(u64 first, u64 first_size, u64 second, u64 second_size) {
    return first > second ? first - second < second_size : second - first < first_size;
}

// Two results of one call, each larger than 0 bytes.
static u32 find_results(const struct call *call, u64 first, u64 first_size, u64 second, u64 second_size,
                        u8 **first_host, u8 **second_host) {
    TRY(writable(call, first, first_size, first_host));
    TRY(writable(call, second, second_size, second_host));
    return overlaps((u64)*first_host, first_size, (u64)*second_host, second_size) ? SYSCALL_COPY_OVERLAPPING : RETURNED;
}

// LOGS: the guest keeps no log, but checks and charges as if it did.

// Whether bytes are UTF-8 as RFC 3629 defines it.
static int is_text(const u8 *bytes, u64 size) {
    for (u64 at = 0; at < size;) {
        u8 first = bytes[at++];
        if (first < 0x80) continue;
        u32 more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || size - at < more) return 0;
        u8 lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        u8 highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        for (; more > 0; more--, lowest = 0x80, highest = 0xBF) {
            u8 next = bytes[at++];
            if (next < lowest || next > highest) return 0;
        }
    }
    return 1;
}

static u32 check_text(const struct call *call, u64 address, u64 size) {
    u8 *host;
    TRY(readable(call, address, size, &host));
    return is_text(host, size) ? RETURNED : SYSCALL_INVALID_STRING;
}

static u32 panic(struct call *call) {
    TRY(consume(call, call->arguments[1]));
    TRY(check_text(call, call->arguments[0], call->arguments[1]));
    return SYSCALL_PANIC;
}

static u32 log_text(struct call *call) {
    u64 size = call->arguments[1];
    TRY(consume(call, size > SYSCALL_BASE_COST ? size : SYSCALL_BASE_COST));
    return check_text(call, call->arguments[0], size);
}

static u32 log_pubkey(struct call *call) {
    u8 *host;
    TRY(consume(call, LOG_PUBKEY_COST));
    return readable(call, call->arguments[0], KEY_LENGTH, &host);
}

static u32 log_data(struct call *call) {
    u64 count = call->arguments[1], total = 0;
    u8 *slices, *host;
    TRY(consume(call, SYSCALL_BASE_COST));
    TRY(find_slices(call, call->arguments[0], count, &slices));
    TRY(consume(call, SYSCALL_BASE_COST * count));
    for (u64 i = 0; i < count; i++) total = saturating_sum(total, read64(slices + 16 * i + 8));
    TRY(consume(call, total));
    for (u64 i = 0; i < count; i++) TRY(readable(call, read64(slices + 16 * i), read64(slices + 16 * i + 8), &host));
    return RETURNED;
}

// MEMORY

static u64 memory_cost(u64 size) {
    return size / CROSS_PROGRAM_BYTES_PER_UNIT > MEMORY_OPERATION_BASE_COST ? size / CROSS_PROGRAM_BYTES_PER_UNIT
                                                                            : MEMORY_OPERATION_BASE_COST;
}

static u32 move(struct call *call, int may_overlap) {
    u64 to = call->arguments[0], from = call->arguments[1], size = call->arguments[2];
    u8 *target, *source;
    TRY(consume(call, memory_cost(size)));
    if (!may_overlap && overlaps(from, size, to, size)) return SYSCALL_COPY_OVERLAPPING;
    TRY(writable(call, to, size, &target));
    TRY(readable(call, from, size, &source));
    memmove(target, source, size);
    return RETURNED;
}

static u32 fill(struct call *call) {
    u64 size = call->arguments[2];
    u8 *target;
    TRY(consume(call, memory_cost(size)));
    TRY(writable(call, call->arguments[0], size, &target));
    memset(target, (int)(call->arguments[1] & 0xFF), size);
    return RETURNED;
}

static u32 compare(struct call *call) {
    u64 size = call->arguments[2];
    u8 *first, *second, *result;
    TRY(consume(call, memory_cost(size)));
    TRY(readable(call, call->arguments[0], size, &first));
    TRY(readable(call, call->arguments[1], size, &second));
    TRY(find_range(call, call->arguments[3], 4, 1, 4, &result));
    write32(result, (u32)memcmp(first, second, size));
    return RETURNED;
}

static u32 allocate_or_free(struct call *call) {
    struct machine *machine = call->machine;
    u64 size = call->arguments[0], alignment = is_aligned_loader(call) ? 8 : 1;
    u64 start = (machine->heap_used + alignment - 1) & -alignment;
    call->result = 0;
    if (call->arguments[1] != 0 || size > LONGEST_ALLOCATION || start + size > machine->heap_size) return RETURNED;
    machine->heap_used = start + size;
    call->result = HEAP_START + start;
    return RETURNED;
}

// SYSVARS

static const u8 sysvar_addresses[SERVED_SYSVARS][KEY_LENGTH] = SYSVAR_ADDRESSES;

static u32 refuse_destination(const struct call *call, u64 address) {
    if (!is_aligned_loader(call)) return SYSCALL_UNALIGNED_POINTER;
    int is_restricted = has_feature(call->machine->input, FEATURE_SYSCALL_PARAMETER_ADDRESS_RESTRICTIONS);
    return is_restricted && address >= INPUT_START ? SYSCALL_INVALID_POINTER : RETURNED;
}

// The struct in memory has `size` bytes: the account's content, with `padding` zeros inserted at one place.
static u32 get_typed_sysvar(struct call *call, enum sysvar sysvar, u64 size, u64 padding_at, u64 alignment) {
    struct content content = call->machine->input->sysvars[sysvar];
    u64 padding = size - content.size;
    u8 *target;
    TRY(consume(call, SYSVAR_BASE_COST + size));
    TRY(refuse_destination(call, call->arguments[0]));
    TRY(find_range(call, call->arguments[0], size, 1, alignment, &target));
    memcpy(target, content.bytes, padding_at);
    memset(target + padding_at, 0, padding);
    memcpy(target + padding_at + padding, content.bytes + padding_at, content.size - padding_at);
    return RETURNED;
}

static u32 get_sysvar(struct call *call) {
    u64 to = call->arguments[1], offset = call->arguments[2], size = call->arguments[3];
    u8 *target, *address;
    TRY(consume(call, SYSVAR_BASE_COST + KEY_LENGTH / CROSS_PROGRAM_BYTES_PER_UNIT + memory_cost(size)));
    TRY(refuse_destination(call, to));
    TRY(writable(call, to, size, &target));
    TRY(readable(call, call->arguments[0], KEY_LENGTH, &address));
    if (offset + size < offset || to + size < to) return SYSCALL_ARITHMETIC_OVERFLOW;
    u32 sysvar = 0;
    while (sysvar < SERVED_SYSVARS && !is_same(sysvar_addresses[sysvar], address, KEY_LENGTH)) sysvar++;
    if (sysvar == SERVED_SYSVARS) {
        call->result = SYSVAR_NOT_FOUND;
        return RETURNED;
    }
    struct content content = call->machine->input->sysvars[sysvar];
    if (offset + size > content.size) {
        call->result = OFFSET_AND_LENGTH_EXCEED_SYSVAR;
        return RETURNED;
    }
    memcpy(target, content.bytes + offset, size);
    return RETURNED;
}

static u32 get_epoch_stake(struct call *call) {
    const struct input *input = call->machine->input;
    u8 *address;
    if (call->arguments[0] == 0) {
        TRY(consume(call, SYSCALL_BASE_COST));
        call->result = input->total_stake;
        return RETURNED;
    }
    TRY(consume(call, SYSCALL_BASE_COST + KEY_LENGTH / CROSS_PROGRAM_BYTES_PER_UNIT + MEMORY_OPERATION_BASE_COST));
    TRY(readable(call, call->arguments[0], KEY_LENGTH, &address));
    for (u64 i = 0; i < input->stake_count; i++)
        if (is_same(input->stakes + 40 * i, address, KEY_LENGTH))
            call->result = read64(input->stakes + 40 * i + KEY_LENGTH);
    return RETURNED;
}

// ADDRESSES

struct seeds {
    struct content parts[MAXIMUM_SEEDS];
    u64 count;
    const u8 *program_id;
};

static u32 read_seeds(const struct call *call, struct seeds *seeds) {
    u8 *slices, *host;
    seeds->count = call->arguments[1];
    TRY(find_slices(call, call->arguments[0], seeds->count, &slices));
    if (seeds->count > MAXIMUM_SEEDS) return SYSCALL_BAD_SEEDS;
    for (u64 i = 0; i < seeds->count; i++) {
        u64 size = read64(slices + 16 * i + 8);
        if (size > MAXIMUM_SEED_LENGTH) return SYSCALL_BAD_SEEDS;
        TRY(readable(call, read64(slices + 16 * i), size, &host));
        seeds->parts[i] = (struct content){host, size};
    }
    TRY(readable(call, call->arguments[2], KEY_LENGTH, &host));
    seeds->program_id = host;
    return RETURNED;
}

// The address for the seeds, plus an optional last seed of one byte. Returns whether the address is off the curve.
static int derive(const struct seeds *seeds, const u8 *bump, u8 address[KEY_LENGTH]) {
    struct sha256_state state;
    if (seeds->count + (bump != 0) > MAXIMUM_SEEDS) return 0;
    sha256_begin(&state);
    for (u64 i = 0; i < seeds->count; i++) sha256_add(&state, seeds->parts[i].bytes, seeds->parts[i].size);
    if (bump) sha256_add(&state, bump, 1);
    sha256_add(&state, seeds->program_id, KEY_LENGTH);
    sha256_add(&state, ADDRESS_MARKER, sizeof ADDRESS_MARKER - 1);
    sha256_end(&state, address);
    return !is_on_curve(address);
}

static u32 create_program_address(struct call *call) {
    struct seeds seeds;
    u8 address[KEY_LENGTH], *result;
    TRY(consume(call, CREATE_PROGRAM_ADDRESS_COST));
    TRY(read_seeds(call, &seeds));
    call->result = NO_ADDRESS;
    if (!derive(&seeds, 0, address)) return RETURNED;
    TRY(writable(call, call->arguments[3], KEY_LENGTH, &result));
    memcpy(result, address, KEY_LENGTH);
    call->result = 0;
    return RETURNED;
}

static u32 try_find_program_address(struct call *call) {
    struct seeds seeds;
    u8 address[KEY_LENGTH], *result, *bump_result;
    TRY(consume(call, CREATE_PROGRAM_ADDRESS_COST));
    TRY(read_seeds(call, &seeds));
    for (u8 bump = LARGEST_BUMP; bump > 0; bump--) {
        if (derive(&seeds, &bump, address)) {
            TRY(find_results(call, call->arguments[4], 1, call->arguments[3], KEY_LENGTH, &bump_result, &result));
            *bump_result = bump;
            memcpy(result, address, KEY_LENGTH);
            return RETURNED;
        }
        TRY(consume(call, CREATE_PROGRAM_ADDRESS_COST));
    }
    call->result = NO_ADDRESS;
    return RETURNED;
}

// HASHES

static u32 hash(struct call *call, int is_keccak) {
    u64 count = call->arguments[1];
    struct sha256_state sha256_state;
    struct keccak_state keccak_state;
    u8 *result, *slices, *part, digest[32];
    if (count > MAXIMUM_SLICES) return SYSCALL_TOO_MANY_SLICES;
    TRY(consume(call, HASH_BASE_COST));
    TRY(writable(call, call->arguments[2], 32, &result));
    TRY(find_slices(call, call->arguments[0], count, &slices));
    if (is_keccak) keccak_begin(&keccak_state);
    else sha256_begin(&sha256_state);
    for (u64 i = 0; i < count; i++) {
        u64 size = read64(slices + 16 * i + 8);
        TRY(readable(call, read64(slices + 16 * i), size, &part));
        TRY(consume(call, size / HASH_BYTES_PER_UNIT > MEMORY_OPERATION_BASE_COST ? size / HASH_BYTES_PER_UNIT
                                                                                  : MEMORY_OPERATION_BASE_COST));
        if (is_keccak) keccak_add(&keccak_state, part, size);
        else sha256_add(&sha256_state, part, size);
    }
    if (is_keccak) keccak_end(&keccak_state, digest);
    else sha256_end(&sha256_state, digest);
    memcpy(result, digest, 32);
    return RETURNED;
}

// RETURN DATA

static u32 set_return_data(struct call *call) {
    u64 size = call->arguments[1];
    u8 *host;
    TRY(consume(call, saturating_sum(size / CROSS_PROGRAM_BYTES_PER_UNIT, SYSCALL_BASE_COST)));
    if (size > MAXIMUM_RETURN_DATA) return SYSCALL_RETURN_DATA_TOO_LARGE;
    TRY(readable(call, call->arguments[0], size, &host));
    memcpy(call->machine->return_data, host, size);
    call->machine->return_data_size = size;
    return RETURNED;
}

static u32 get_return_data(struct call *call) {
    struct machine *machine = call->machine;
    u64 size = least(call->arguments[1], machine->return_data_size);
    u8 *target, *program_id;
    TRY(consume(call, SYSCALL_BASE_COST));
    call->result = machine->return_data_size;
    if (size == 0) return RETURNED;
    TRY(consume(call, (size + KEY_LENGTH) / CROSS_PROGRAM_BYTES_PER_UNIT));
    TRY(find_results(call, call->arguments[0], size, call->arguments[2], KEY_LENGTH, &target, &program_id));
    memcpy(target, machine->return_data, size);
    memcpy(program_id, machine->input->program_id, KEY_LENGTH);
    return RETURNED;
}

// THE INSTRUCTION, which is the only instruction of its transaction, at the top level.

static u32 constant(struct call *call, u64 result) {
    TRY(consume(call, SYSCALL_BASE_COST));
    call->result = result;
    return RETURNED;
}

static u32 remaining_compute_units(struct call *call) {
    TRY(consume(call, SYSCALL_BASE_COST));
    call->result = call->machine->meter;
    return RETURNED;
}

// DISPATCH

int has_syscall(const struct input *input, u32 hash) {
    switch (hash) {
#define GATE(name, feature, is_inverted)                                                                               \
    case name##_HASH:                                                                                                  \
        return has_feature(input, FEATURE_##feature) != is_inverted;
        ALL_GATES
#undef GATE
    }
    return is_syscall_hash(hash);
}

static u32 execute(struct call *call, u32 key) {
    switch (key) {
    case ABORT_HASH:
        return SYSCALL_ABORT;
    case SOL_PANIC_HASH:
        return panic(call);
    case SOL_LOG_HASH:
        return log_text(call);
    case SOL_LOG_64_HASH:
        return consume(call, LOG_64_COST);
    case SOL_LOG_COMPUTE_UNITS_HASH:
        return consume(call, SYSCALL_BASE_COST);
    case SOL_LOG_PUBKEY_HASH:
        return log_pubkey(call);
    case SOL_LOG_DATA_HASH:
        return log_data(call);
    case SOL_MEMCPY_HASH:
        return move(call, 0);
    case SOL_MEMMOVE_HASH:
        return move(call, 1);
    case SOL_MEMSET_HASH:
        return fill(call);
    case SOL_MEMCMP_HASH:
        return compare(call);
    case SOL_ALLOC_FREE_HASH:
        return allocate_or_free(call);
#define TYPED(syscall, sysvar, size, padding_at, alignment)                                                            \
    case syscall##_HASH:                                                                                               \
        return get_typed_sysvar(call, sysvar, size, padding_at, alignment);
        TYPED_SYSVARS
#undef TYPED
    case SOL_GET_SYSVAR_HASH:
        return get_sysvar(call);
    case SOL_GET_EPOCH_STAKE_HASH:
        return get_epoch_stake(call);
    case SOL_CREATE_PROGRAM_ADDRESS_HASH:
        return create_program_address(call);
    case SOL_TRY_FIND_PROGRAM_ADDRESS_HASH:
        return try_find_program_address(call);
    case SOL_SHA256_HASH:
        return hash(call, 0);
    case SOL_KECCAK256_HASH:
        return hash(call, 1);
    case SOL_SET_RETURN_DATA_HASH:
        return set_return_data(call);
    case SOL_GET_RETURN_DATA_HASH:
        return get_return_data(call);
    case SOL_GET_STACK_HEIGHT_HASH:
        return constant(call, 1);
    case SOL_GET_PROCESSED_SIBLING_INSTRUCTION_HASH:
        return constant(call, 0);
    case SOL_REMAINING_COMPUTE_UNITS_HASH:
        return remaining_compute_units(call);
    }
    refuse(REFUSED_SYSCALL, key);
}

u32 execute_syscall(struct machine *machine, u32 key) {
    struct call call = {machine, {0}, 0};
    for (u32 i = 0; i < 5; i++) call.arguments[i] = machine->registers[1 + i];
    u32 fault = execute(&call, key);
    if (fault == RETURNED) machine->registers[0] = call.result;
    return fault;
}
