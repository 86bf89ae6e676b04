#include "bytes.h"

typedef u64 __attribute__((may_alias)) word;

// Reads words at `from`, which is `shift` bits past a multiple of 8, by combining aligned words.
static u64 copy_shifted(word *to, const u8 *from, u64 words) {
    u64 shift = ((u64)from & 7) * 8;
    const word *source = (const word *)((u64)from & ~7UL);
    u64 low = source[0];
    for (u64 i = 0; i < words; i++) {
        u64 high = source[i + 1];
        to[i] = low >> shift | high << (64 - shift);
        low = high;
    }
    return words * 8;
}

static u64 copy_aligned(word *to, const word *from, u64 words) {
    u64 i = 0;
    for (; i + 8 <= words; i += 8) {
        u64 a = from[i], b = from[i + 1], c = from[i + 2], d = from[i + 3];
        u64 e = from[i + 4], f = from[i + 5], g = from[i + 6], h = from[i + 7];
        to[i] = a, to[i + 1] = b, to[i + 2] = c, to[i + 3] = d;
        to[i + 4] = e, to[i + 5] = f, to[i + 6] = g, to[i + 7] = h;
    }
    for (; i < words; i++) to[i] = from[i];
    return words * 8;
}

// Copies upwards, which is correct for overlapping ranges if `to` is the lower address.
void *memcpy(void *target, const void *source, u64 size) {
    u8 *to = target;
    const u8 *from = source;
    u64 done = 0;
    if (size >= 16) {
        for (; ((u64)to + done) & 7; done++) to[done] = from[done];
        u64 words = (size - done) / 8;
        // The last step of a shifted copy reads one word ahead, but never outside the words that hold the source.
        if ((((u64)from + done) & 7) == 0)
            done += copy_aligned((word *)(to + done), (const word *)(from + done), words);
        else done += copy_shifted((word *)(to + done), from + done, words);
    }
    for (; done < size; done++) to[done] = from[done];
    return target;
}

void *memmove(void *target, const void *source, u64 size) {
    u8 *to = target;
    const u8 *from = source;
    if (to == from) return target;
    // A shifted copy reads less than 16 bytes ahead of the bytes that it writes.
    if (to < from || to >= from + size) {
        if (to < from && from - to < 16) {
            for (u64 i = 0; i < size; i++) to[i] = from[i];
            return target;
        }
        return memcpy(target, source, size);
    }
    for (u64 i = size; i-- > 0;) to[i] = from[i];
    return target;
}

void *memset(void *target, int value, u64 size) {
    u8 *to = target;
    u64 done = 0;
    if (size >= 16) {
        for (; ((u64)to + done) & 7; done++) to[done] = (u8)value;
        u64 pattern = (u64)(u8)value * 0x0101010101010101UL;
        for (; done + 8 <= size; done += 8) *(word *)(to + done) = pattern;
    }
    for (; done < size; done++) to[done] = (u8)value;
    return target;
}

int memcmp(const void *first, const void *second, u64 size) {
    const u8 *a = first, *b = second;
    u64 done = 0;
    if (((u64)a & 7) && ((u64)b & 7) == 0 && size >= 16) {
        // Equal parts are skipped word by word, and each word is combined from aligned words.
        u64 shift = ((u64)a & 7) * 8;
        const word *words = (const word *)((u64)a & ~7UL);
        u64 low = words[0], high;
        for (; done + 8 <= size; done += 8, low = high) {
            high = words[done / 8 + 1];
            if ((low >> shift | high << (64 - shift)) != *(const word *)(b + done)) break;
        }
    }
    if (size >= 8 && (((u64)a | (u64)b) & 7) == 0)
        while (done + 8 <= size && *(const word *)(a + done) == *(const word *)(b + done)) done += 8;
    for (; done < size; done++)
        if (a[done] != b[done]) return a[done] - b[done];
    return 0;
}

int is_zero(const u8 *content, u64 size) {
    u64 done = 0;
    for (; done < size && (((u64)content + done) & 7); done++)
        if (content[done]) return 0;
    for (; done + 8 <= size; done += 8)
        if (*(const word *)(content + done)) return 0;
    for (; done < size; done++)
        if (content[done]) return 0;
    return 1;
}
