// Bytes at any address. Unaligned RISC-V accesses led to invalid proofs up to ZisK 0.17, so all accesses are aligned.
#pragma once

#include "platform.h"

void *memcpy(void *to, const void *from, u64 size);
void *memmove(void *to, const void *from, u64 size);
void *memset(void *to, int value, u64 size);
int memcmp(const void *first, const void *second, u64 size);

static inline u32 read16(const u8 *at) { return (u32)at[0] | (u32)at[1] << 8; }
static inline u32 read32(const u8 *at) { return read16(at) | read16(at + 2) << 16; }

static inline u64 read64(const u8 *at) {
    if (((u64)at & 7) == 0) return *(const u64 *)at;
    return (u64)read32(at) | (u64)read32(at + 4) << 32;
}

static inline void write32(u8 *at, u32 value) {
    for (u32 i = 0; i < 4; i++) at[i] = (u8)(value >> 8 * i);
}

static inline void write64(u8 *at, u64 value) {
    if (((u64)at & 7) == 0) {
        *(u64 *)at = value;
        return;
    }
    write32(at, (u32)value);
    write32(at + 4, (u32)(value >> 32));
}

static inline int is_same(const u8 *first, const u8 *second, u64 size) { return memcmp(first, second, size) == 0; }

// Whether all bytes are zero.
int is_zero(const u8 *content, u64 size);

// The smaller of two values.
static inline u64 least(u64 first, u64 second) { return first < second ? first : second; }
