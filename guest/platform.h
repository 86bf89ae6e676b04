// The interface between ZisK and a guest: addresses, precompiles, outputs. It is all memory, so no library is needed.
//
// The words of the public output are documented in docs/zisk.md. Their numbers come from src/solproof/zisk/outputs.py,
// and the addresses come from src/solproof/zisk/abi.py.
#pragma once

#include "endings.h"
#include "outputs.h"
#include "zisk.h"

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef unsigned __int128 u128;
typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long i64;
typedef __int128 i128;

_Static_assert(sizeof(u64) == 8 && sizeof(void *) == 8, "RV64 with lp64 is needed");

// RAM_START to RAM_END is the memory that a guest may use in every version of ZisK, and the C stack is above. It reads
// zero until it is written, so nothing is cleared. Nothing large is in the ELF file, because since 0.12 every 8 bytes
// of its data cost a row and a step.
#define ALLOCATION_END (RAM_END - 16) // the last two words hold the place of a segment's state

struct platform {
    u32 *outputs;
    int is_old; // up to 0.15, with OLD_INPUT and OLD_OUTPUT: outputs have a count before them, and the SHA-256
                // precompile packs two words high half first
    u64 next_free; // of RAM
};

void platform_start(u64 input, u64 output);
void set_output(u32 index, u32 value);
_Noreturn void finish(void);

// Ends the guest without a claim about the program.
_Noreturn void refuse(enum ending ending, u32 detail);

// Returns `size` bytes of zeros at a multiple of 8. Ends the run if there is not enough memory left.
void *allocate(u64 size);

void sha256(const u8 *content, u64 size, u8 digest[32]);

struct sha256_state {
    u64 words[4];
    u64 block[8];
    u64 length;
};

void sha256_begin(struct sha256_state *state);
void sha256_add(struct sha256_state *state, const void *content, u64 size);
void sha256_end(struct sha256_state *state, u8 digest[32]);

struct keccak_state {
    u64 lanes[25];
    u64 length;
};

void keccak_begin(struct keccak_state *state);
void keccak_add(struct keccak_state *state, const u8 *content, u64 size);
void keccak_end(struct keccak_state *state, u8 digest[32]);

// Whether 32 bytes are the encoding of a point of the Edwards curve 25519.
int is_on_curve(const u8 encoded[32]);
