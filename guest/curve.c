// Whether an address is a point of the Edwards curve of ed25519, so that it can have a private key.
//
// Given y, x^2 = (y^2 - 1) / (d y^2 + 1) = u / v modulo p = 2^255 - 19. It has a root exactly when u v is zero or a
// square. By Euler's criterion, that is when (u v)^((p - 1) / 2) is not -1. v is never zero, because -1/d is not a
// square. As in curve25519-dalek's `decompress`, the sign bit of the encoding is ignored and y may be p or more.

#include "bytes.h"
#include "platform.h"

#define LIMBS 4

struct number {
    u64 limbs[LIMBS]; // below 2^256, any representative modulo p
};

static const struct number d = {{0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73}};

// 2^256 = 38 modulo p.
static void fold(struct number *number, u64 carry) {
    while (carry) {
        u128 sum = (u128)carry * 38;
        for (u32 i = 0; i < LIMBS; i++) {
            sum += number->limbs[i];
            number->limbs[i] = (u64)sum;
            sum >>= 64;
        }
        carry = (u64)sum;
    }
}

static struct number multiply(const struct number *first, const struct number *second) {
    u64 product[2 * LIMBS] = {0};
    for (u32 i = 0; i < LIMBS; i++) {
        u64 carry = 0;
        for (u32 j = 0; j < LIMBS; j++) {
            u128 sum = (u128)first->limbs[i] * second->limbs[j] + product[i + j] + carry;
            product[i + j] = (u64)sum;
            carry = (u64)(sum >> 64);
        }
        product[i + LIMBS] = carry;
    }
    struct number result;
    u64 carry = 0;
    for (u32 i = 0; i < LIMBS; i++) {
        u128 sum = (u128)product[i + LIMBS] * 38 + product[i] + carry;
        result.limbs[i] = (u64)sum;
        carry = (u64)(sum >> 64);
    }
    fold(&result, carry);
    return result;
}

static struct number add_small(const struct number *number, u64 addend) {
    struct number result = *number;
    u64 carry = addend;
    for (u32 i = 0; i < LIMBS; i++) {
        result.limbs[i] += carry;
        carry = result.limbs[i] < carry;
    }
    fold(&result, carry);
    return result;
}

// The number plus p - 1, which is one less modulo p.
static struct number less_one(const struct number *number) {
    static const u64 p_less_one[LIMBS] = {~0UL - 19, ~0UL, ~0UL, ~0UL >> 1};
    struct number result;
    u64 carry = 0;
    for (u32 i = 0; i < LIMBS; i++) {
        u128 sum = (u128)number->limbs[i] + p_less_one[i] + carry;
        result.limbs[i] = (u64)sum;
        carry = (u64)(sum >> 64);
    }
    fold(&result, carry);
    return result;
}

// Whether a number is 0 modulo p. Below 2^256, only 0, p and 2 p are.
static int is_zero_number(const struct number *number) {
    const u64 *limbs = number->limbs;
    u64 all = limbs[1] & limbs[2];
    if ((limbs[0] | limbs[1] | limbs[2] | limbs[3]) == 0) return 1;
    if (all != ~0UL) return 0;
    return (limbs[0] == ~0UL - 18 && limbs[3] == ~0UL >> 1) || (limbs[0] == ~0UL - 37 && limbs[3] == ~0UL);
}

int is_on_curve(const u8 encoded[32]) {
    struct number y;
    for (u32 i = 0; i < LIMBS; i++) y.limbs[i] = read64(encoded + 8 * i);
    y.limbs[3] &= ~0UL >> 1;
    struct number square = multiply(&y, &y);
    struct number u = less_one(&square), scaled = multiply(&d, &square), v = add_small(&scaled, 1);
    struct number product = multiply(&u, &v), power = product;
    // (p - 1) / 2 = 2^254 - 10: after the first bit, its bits are 250 ones, then 0110.
    for (u32 bit = 252; bit < 253; bit--) {
        power = multiply(&power, &power);
        if (bit > 3 || bit == 2 || bit == 1) power = multiply(&power, &product);
    }
    struct number plus_one = add_small(&power, 1);
    return !is_zero_number(&plus_one);
}
