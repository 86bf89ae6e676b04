// The interface between ZisK and a guest: addresses, precompiles, outputs. It is all memory, so no library is needed.
//
// The words of the public output are documented in docs/zisk.md, and named in src/solproof/zisk/outputs.py.
#pragma once

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

// Memory that a guest may use in every version of ZisK. It reads zero until it is written, so nothing is cleared.
// Nothing large is in the ELF file, because since 0.12 every 8 bytes of its data cost a row and a step.
#define RAM_START 0xA0430000UL
#define RAM_END 0xBFF00000UL // the C stack is above
#define ALLOCATION_END (RAM_END - 16) // the last two words hold the place of a segment's state
#define C_STACK_TOP 0xBFFC0000UL

#define INPUT_SIZE (128UL * 1024 * 1024) // of the memory for the input

// Up to 0.15 the outputs have a count before them, and the SHA-256 precompile packs two words high half first.
#define OLD_INPUT 0x90000000UL
#define OLD_OUTPUT 0xA0010000UL

#define OUTPUT_WORDS 64

enum {
    OUTPUT_FLAG,      // 0 success, 1 failure
    OUTPUT_EXIT_CODE, // low half of r0, or all ones if a fault stopped the program
    OUTPUT_COMPUTE_UNITS,
    OUTPUT_INSTRUCTIONS,
    OUTPUT_MODIFIED,
    OUTPUT_ENDING, // see endings.h
    OUTPUT_DETAIL, // detail of the ending: the hash of a syscall, the number of a refusal
    OUTPUT_EXIT_CODE_HIGH,
    OUTPUT_PC,
    OUTPUT_FORMAT,       // of these outputs
    OUTPUT_PROGRAM = 16, // SHA-256 digests, 8 words each, every word little-endian
    OUTPUT_INPUT = 24,
    OUTPUT_RESULT = 32,
    OUTPUT_STATE_BEFORE = 40,
    OUTPUT_STATE_AFTER = 48,
};

#define OUTPUT_FORMAT_VERSION 1

struct platform {
    u32 *outputs;
    int is_old;
    u64 next_free; // of RAM
};

void platform_start(u64 input, u64 output);
void set_output(u32 index, u32 value);
_Noreturn void finish(void);

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
