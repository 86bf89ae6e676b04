/* The interface between a C program and the Solana runtime, for `solproof cc`. C11, little-endian BPF.
 *
 * A program defines one function:
 *
 *     uint64_t entrypoint(uint8_t *input) { ... return SUCCESS; }
 *
 * `input` is the serialized input of the loaders v2 and v3. `sol_read_input` takes it apart. The result is
 * SUCCESS, one of the ERROR_ numbers, or any number of your own from 1 to 0xFFFFFFFF.
 *
 * BPF has no writable global variables, no signed division, no floating point, at most five arguments a
 * function, and 4 KiB of stack a function. Large buffers need sol_memset_ and sol_memcpy_, because there is no
 * C library.
 */
#ifndef SOLPROOF_H
#define SOLPROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RESULTS */

#define SUCCESS 0
#define SOL_ERROR(number) ((uint64_t)(number) << 32)
#define ERROR_CUSTOM_ZERO SOL_ERROR(1)
#define ERROR_INVALID_ARGUMENT SOL_ERROR(2)
#define ERROR_INVALID_INSTRUCTION_DATA SOL_ERROR(3)
#define ERROR_INVALID_ACCOUNT_DATA SOL_ERROR(4)
#define ERROR_ACCOUNT_DATA_TOO_SMALL SOL_ERROR(5)
#define ERROR_INSUFFICIENT_FUNDS SOL_ERROR(6)
#define ERROR_INCORRECT_PROGRAM_ID SOL_ERROR(7)
#define ERROR_MISSING_REQUIRED_SIGNATURE SOL_ERROR(8)
#define ERROR_ACCOUNT_ALREADY_INITIALIZED SOL_ERROR(9)
#define ERROR_UNINITIALIZED_ACCOUNT SOL_ERROR(10)
#define ERROR_NOT_ENOUGH_ACCOUNT_KEYS SOL_ERROR(11)
#define ERROR_ACCOUNT_BORROW_FAILED SOL_ERROR(12)
#define ERROR_MAX_SEED_LENGTH_EXCEEDED SOL_ERROR(13)
#define ERROR_INVALID_SEEDS SOL_ERROR(14)
#define ERROR_BORSH_IO_ERROR SOL_ERROR(15)
#define ERROR_ACCOUNT_NOT_RENT_EXEMPT SOL_ERROR(16)
#define ERROR_UNSUPPORTED_SYSVAR SOL_ERROR(17)
#define ERROR_ILLEGAL_OWNER SOL_ERROR(18)
#define ERROR_MAX_ACCOUNTS_DATA_ALLOCATIONS_EXCEEDED SOL_ERROR(19)
#define ERROR_INVALID_REALLOC SOL_ERROR(20)
#define ERROR_MAX_INSTRUCTION_TRACE_LENGTH_EXCEEDED SOL_ERROR(21)
#define ERROR_BUILTIN_PROGRAMS_MUST_CONSUME_COMPUTE_UNITS SOL_ERROR(22)
#define ERROR_INVALID_ACCOUNT_OWNER SOL_ERROR(23)
#define ERROR_ARITHMETIC_OVERFLOW SOL_ERROR(24)
#define ERROR_IMMUTABLE SOL_ERROR(25)
#define ERROR_INCORRECT_AUTHORITY SOL_ERROR(26)

/* TYPES */

typedef struct {
    uint8_t bytes[32];
} SolAddress;

/* Some bytes in memory. The syscalls call it a slice or a seed. */
typedef struct {
    const void *start;
    uint64_t length;
} SolBytes;

/* An account of the instruction. The pointers lead into the input, so a store through them changes the
 * account. An array of SolAccount is also the list of account infos that sol_invoke_signed_c expects. */
typedef struct {
    SolAddress *address;
    uint64_t *lamports;
    uint64_t data_length;
    uint8_t *data;
    SolAddress *owner;
    uint64_t rent_epoch;
    bool is_signer;
    bool is_writable;
    bool is_executable;
} SolAccount;

typedef struct {
    SolAccount *accounts;
    uint64_t account_count;
    const uint8_t *data;
    uint64_t data_length;
    const SolAddress *program;
} SolInput;

/* An instruction for another program. */
typedef struct {
    const SolAddress *address;
    bool is_writable;
    bool is_signer;
} SolAccountMeta;

typedef struct {
    const SolAddress *program;
    const SolAccountMeta *accounts;
    uint64_t account_count;
    const uint8_t *data;
    uint64_t data_length;
} SolInstruction;

/* The seeds of a program address that signs an instruction for another program. */
typedef struct {
    const SolBytes *seeds;
    uint64_t seed_count;
} SolSigner;

typedef struct {
    uint64_t slot;
    int64_t epoch_start_timestamp;
    uint64_t epoch;
    uint64_t leader_schedule_epoch;
    int64_t unix_timestamp;
} SolClock;

typedef struct {
    uint64_t lamports_per_byte_year;
    double exemption_threshold;
    uint8_t burn_percent;
} SolRent;

/* SYSCALLS. docs/reference/syscalls.md has the rules, the cost and the results of each. */

extern void abort(void) __attribute__((noreturn));
extern void sol_panic_(const char *file, uint64_t length, uint64_t line, uint64_t column)
    __attribute__((noreturn));
extern void sol_log_(const char *text, uint64_t length);
extern void sol_log_64_(uint64_t first, uint64_t second, uint64_t third, uint64_t fourth, uint64_t fifth);
extern void sol_log_pubkey(const SolAddress *address);
extern void sol_log_compute_units_(void);
extern void sol_log_data(const SolBytes *slices, uint64_t count);
extern uint64_t sol_create_program_address(const SolBytes *seeds, uint64_t count, const SolAddress *program,
                                           SolAddress *result);
extern uint64_t sol_try_find_program_address(const SolBytes *seeds, uint64_t count, const SolAddress *program,
                                             SolAddress *result, uint8_t *bump_result);
extern uint64_t sol_sha256(const SolBytes *slices, uint64_t count, uint8_t *result);
extern uint64_t sol_keccak256(const SolBytes *slices, uint64_t count, uint8_t *result);
extern uint64_t sol_blake3(const SolBytes *slices, uint64_t count, uint8_t *result);
extern uint64_t sol_sha512(const SolBytes *slices, uint64_t count, uint8_t *result);
extern uint64_t sol_secp256k1_recover(const uint8_t *hash, uint64_t recovery_id, const uint8_t *signature,
                                      uint8_t *result);
extern uint64_t sol_curve_validate_point(uint64_t curve, const uint8_t *point);
extern uint64_t sol_curve_group_op(uint64_t curve, uint64_t operation, const uint8_t *left,
                                   const uint8_t *right, uint8_t *result);
extern uint64_t sol_curve_multiscalar_mul(uint64_t curve, const uint8_t *scalars, const uint8_t *points,
                                          uint64_t count, uint8_t *result);
extern uint64_t sol_curve_decompress(uint64_t curve, const uint8_t *point, uint8_t *result);
extern uint64_t sol_curve_pairing_map(uint64_t curve, uint64_t count, const uint8_t *first,
                                      const uint8_t *second, uint8_t *result);
extern uint64_t sol_get_clock_sysvar(SolClock *result);
extern uint64_t sol_get_epoch_schedule_sysvar(void *result);
extern uint64_t sol_get_fees_sysvar(void *result);
extern uint64_t sol_get_rent_sysvar(SolRent *result);
extern uint64_t sol_get_last_restart_slot(uint64_t *result);
extern uint64_t sol_get_epoch_rewards_sysvar(void *result);
extern uint64_t sol_get_sysvar(const SolAddress *sysvar, void *result, uint64_t offset, uint64_t length);
extern uint64_t sol_get_epoch_stake(const SolAddress *vote_account);
extern void sol_memcpy_(void *destination, const void *source, uint64_t length);
extern void sol_memmove_(void *destination, const void *source, uint64_t length);
extern void sol_memset_(void *destination, uint64_t value, uint64_t length);
extern void sol_memcmp_(const void *first, const void *second, uint64_t length, int32_t *result);
extern uint64_t sol_get_processed_sibling_instruction(uint64_t index, void *meta, SolAddress *program,
                                                      uint8_t *data, void *accounts);
extern uint64_t sol_get_stack_height(void);
extern void sol_set_return_data(const void *data, uint64_t length);
extern uint64_t sol_get_return_data(void *destination, uint64_t capacity, SolAddress *program);
extern uint64_t sol_invoke_signed_c(const SolInstruction *instruction, const SolAccount *accounts,
                                    uint64_t account_count, const SolSigner *signers, uint64_t signer_count);
extern uint64_t sol_invoke_signed_rust(const void *instruction, const void *infos, uint64_t count,
                                       const void *seeds, uint64_t signers);
extern void *sol_alloc_free_(uint64_t size, void *address);
extern uint64_t sol_alt_bn128_group_op(uint64_t operation, const uint8_t *input, uint64_t length,
                                       uint8_t *result);
extern uint64_t sol_alt_bn128_compression(uint64_t operation, const uint8_t *input, uint64_t length,
                                          uint8_t *result);
extern uint64_t sol_big_mod_exp(const void *parameters, uint8_t *result);
extern uint64_t sol_poseidon(uint64_t parameters, uint64_t endianness, const SolBytes *slices, uint64_t count,
                             uint8_t *result);
extern uint64_t sol_remaining_compute_units(void);

/* HELPERS */

/* Log a string literal. */
#define sol_log(literal) sol_log_("" literal, sizeof(literal) - 1)

/* Stop the program with a text and the line of this call. */
#define sol_panic() sol_panic_(__FILE__, sizeof(__FILE__) - 1, __LINE__, 0)

/* The number of elements of an array. */
#define SOL_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline bool sol_same_address(const SolAddress *first, const SolAddress *second) {
    const uint64_t *left = (const uint64_t *)(const void *)first;
    const uint64_t *right = (const uint64_t *)(const void *)second;
    return left[0] == right[0] && left[1] == right[1] && left[2] == right[2] && left[3] == right[3];
}

/* The bytes by which an account's data may grow, which follow the data in the input. */
#define SOL_ACCOUNT_GROWTH 10240

/* Read the input into `result`, with its accounts in `accounts`, which has room for `capacity` of them.
 * Returns false if the instruction has more accounts. An account that the instruction lists again is a copy of
 * the first one, with the same pointers. */
static inline bool sol_read_input(uint8_t *input, SolInput *result, SolAccount *accounts, uint64_t capacity) {
    uint64_t count = *(uint64_t *)(void *)input;
    uint8_t *at = input + sizeof(uint64_t);
    if (count > capacity) {
        return false;
    }
    for (uint64_t index = 0; index < count; index++) {
        if (at[0] != 0xFF) {
            accounts[index] = accounts[at[0]];
            at += 8;
            continue;
        }
        SolAccount *account = &accounts[index];
        account->is_signer = at[1] != 0;
        account->is_writable = at[2] != 0;
        account->is_executable = at[3] != 0;
        account->address = (SolAddress *)(at + 8);
        account->owner = (SolAddress *)(at + 40);
        account->lamports = (uint64_t *)(void *)(at + 72);
        account->data_length = *(uint64_t *)(void *)(at + 80);
        account->data = at + 88;
        /* The padding makes the address a multiple of 8. */
        at += 88 + ((account->data_length + 7) & ~(uint64_t)7) + SOL_ACCOUNT_GROWTH;
        account->rent_epoch = *(uint64_t *)(void *)at;
        at += 8;
    }
    result->accounts = accounts;
    result->account_count = count;
    result->data_length = *(uint64_t *)(void *)at;
    result->data = at + 8;
    result->program = (const SolAddress *)(at + 8 + result->data_length);
    return true;
}

/* Change the length of an account's data. The program has to own the account. The data may grow by
 * SOL_ACCOUNT_GROWTH bytes in one instruction. */
static inline void sol_set_data_length(SolAccount *account, uint64_t length) {
    *(uint64_t *)(void *)(account->data - 8) = length;
    account->data_length = length;
}

/* Run an instruction of another program with the accounts of this one. If it fails, this program fails too. */
static inline void sol_invoke(const SolInstruction *instruction, const SolInput *input) {
    sol_invoke_signed_c(instruction, input->accounts, input->account_count, NULL, 0);
}

/* The same, with the signature of one program address of this program. */
static inline void sol_invoke_signed(const SolInstruction *instruction, const SolInput *input,
                                     const SolBytes *seeds, uint64_t seed_count) {
    SolSigner signer = {seeds, seed_count};
    sol_invoke_signed_c(instruction, input->accounts, input->account_count, &signer, 1);
}

#endif
