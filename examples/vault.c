/* A vault: it takes lamports from a depositor, and counts all deposits.
 *
 *     solproof cc examples/vault.c -o vault.so
 *     solproof run vault.so --input examples/vault.json
 *
 * Instruction data: the amount in lamports, 8 bytes, little-endian.
 * Accounts: 0 the depositor (signer, writable), 1 the vault (writable, owned by this program, its data are the
 * total in lamports and the number of deposits, 8 bytes each), 2 the system program.
 */
#include <solproof.h>

#define ERROR_NOTHING_TO_DEPOSIT 1

typedef struct {
    uint64_t total;
    uint64_t deposits;
} Vault;

static const SolAddress SYSTEM_PROGRAM = {{0}};

/* Call the system program: instruction 2, Transfer. */
static void transfer(const SolInput *input, const SolAccount *from, const SolAccount *to, uint64_t lamports) {
    const SolAccountMeta accounts[] = {
        {from->address, true, true},
        {to->address, true, false},
    };
    const struct __attribute__((packed)) {
        uint32_t number;
        uint64_t lamports;
    } data = {2, lamports};
    const SolInstruction instruction = {
        &SYSTEM_PROGRAM, accounts, SOL_COUNT(accounts), (const uint8_t *)&data, sizeof(data),
    };
    sol_invoke(&instruction, input);
}

uint64_t entrypoint(uint8_t *serialized) {
    SolAccount accounts[3];
    SolInput input;
    if (!sol_read_input(serialized, &input, accounts, SOL_COUNT(accounts)) || input.account_count != 3) {
        return ERROR_NOT_ENOUGH_ACCOUNT_KEYS;
    }
    const SolAccount *depositor = &accounts[0], *vault = &accounts[1];
    if (input.data_length != sizeof(uint64_t)) {
        return ERROR_INVALID_INSTRUCTION_DATA;
    }
    if (!depositor->is_signer) {
        return ERROR_MISSING_REQUIRED_SIGNATURE;
    }
    if (!sol_same_address(vault->owner, input.program) || vault->data_length != sizeof(Vault)) {
        return ERROR_INVALID_ACCOUNT_DATA;
    }
    uint64_t amount = *(const uint64_t *)(const void *)input.data;
    if (amount == 0) {
        sol_log("there is nothing to deposit");
        return ERROR_NOTHING_TO_DEPOSIT;
    }
    transfer(&input, depositor, vault, amount);

    Vault *state = (Vault *)(void *)vault->data;
    if (__builtin_add_overflow(state->total, amount, &state->total)) {
        return ERROR_ARITHMETIC_OVERFLOW;
    }
    state->deposits += 1;
    sol_log_64_(amount, state->total, state->deposits, *vault->lamports, 0);
    return SUCCESS;
}
