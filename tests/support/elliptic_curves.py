"""Elliptic curves in plain Python, from their equations.

The tests compare the primitives' answers with them, and take points and signatures from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a prime field, or of its extension by i with i² = -1: one number or two."""

    prime: int
    numbers: tuple[int, ...]

    def __add__(self, other: Element) -> Element:
        return self._with(*(a + b for a, b in zip(self.numbers, other.numbers, strict=True)))

    def __sub__(self, other: Element) -> Element:
        return self._with(*(a - b for a, b in zip(self.numbers, other.numbers, strict=True)))

    def __mul__(self, other: Element) -> Element:
        if len(self.numbers) == 1:
            return self._with(self.numbers[0] * other.numbers[0])
        (a, b), (c, d) = self.numbers, other.numbers
        return self._with(a * c - b * d, a * d + b * c)

    def inverse(self) -> Element:
        """The multiplicative inverse."""
        if len(self.numbers) == 1:
            return self._with(pow(self.numbers[0], -1, self.prime))
        a, b = self.numbers
        scale = pow(a * a + b * b, -1, self.prime)
        return self._with(a * scale, -b * scale)

    def _with(self, *numbers: int) -> Element:
        return Element(self.prime, tuple(number % self.prime for number in numbers))


Point: TypeAlias = tuple[Element, Element] | None
"""The coordinates of a point, or None at infinity."""


def add(left: Point, right: Point, linear: int = 0) -> Point:
    """The sum on a curve y² = x³ + linear · x + b."""
    if left is None or right is None:
        return left or right
    (x1, y1), (x2, y2) = left, right
    if x1 == x2:
        if y1 != y2 or not any(y1.numbers):
            return None
        square = x1 * x1
        numerator = square + square + square
        if linear:
            numerator += Element(x1.prime, (linear,))
        slope = numerator * (y1 + y1).inverse()
    else:
        slope = (y2 - y1) * (x2 - x1).inverse()
    x3 = slope * slope - x1 - x2
    return x3, slope * (x1 - x3) - y1


def negate(point: Point) -> Point:
    """The point with the opposite second coordinate."""
    return point and (point[0], point[1] - point[1] - point[1])


def multiply(scalar: int, point: Point, linear: int = 0) -> Point:
    """The point added to itself `scalar` times."""
    result: Point = None
    while scalar:
        if scalar & 1:
            result = add(result, point, linear)
        point = add(point, point, linear)
        scalar >>= 1
    return result


def point(prime: int, x: int | tuple[int, int], y: int | tuple[int, int]) -> Point:
    """A point by its coordinates, each one number or two."""
    first, second = ((n,) if isinstance(n, int) else n for n in (x, y))
    return Element(prime, first), Element(prime, second)


def bytes_of(point: Point, length: int, extension: int, *, big_endian: bool) -> bytes:
    """The coordinates as bytes, with `length` bytes for each of the `extension` numbers of a coordinate.

    The point at infinity has zeros. The big-endian form also swaps the two numbers of an extension.
    """
    if point is None:
        return bytes(2 * length * extension)
    content = b""
    for coordinate in point:
        numbers = reversed(coordinate.numbers) if big_endian else coordinate.numbers
        content += b"".join(n.to_bytes(length, "big" if big_endian else "little") for n in numbers)
    return content


# ECDSA


@dataclass(frozen=True, slots=True)
class Group:
    """The points of y² = x³ + linear · x + constant over a prime field. Their number, `order`, is a prime."""

    prime: int
    order: int
    linear: int
    constant: int
    generator: Point

    def multiply(self, scalar: int, point: Point) -> Point:
        """The point added to itself `scalar` times."""
        return multiply(scalar % self.order, point, self.linear)

    def add(self, left: Point, right: Point) -> Point:
        """The sum of two points."""
        return add(left, right, self.linear)

    def public_key(self, key: int) -> Point:
        """The point of a secret key."""
        return self.multiply(key, self.generator)

    def lift(self, x: int) -> Point:
        """The point with this x and an even y, or None if there is none. The prime must be 3 modulo 4."""
        square = (pow(x, 3, self.prime) + self.linear * x + self.constant) % self.prime
        y = pow(square, (self.prime + 1) // 4, self.prime)
        if y * y % self.prime != square:
            return None
        return point(self.prime, x, y if y % 2 == 0 else self.prime - y)

    def first_point_above_the_order(self) -> Point:
        """The point with the smallest x above `order`. Only few points have such an x."""
        return next(filter(None, map(self.lift, range(self.order + 1, self.prime))))

    def signer(self, digest: bytes, ephemeral: Point, s: int) -> tuple[bytes, Point]:
        """A signature (r, s) with a chosen ephemeral point, and the public key that it is valid for."""
        assert ephemeral is not None
        (x,) = ephemeral[0].numbers
        r = x % self.order
        inverse = pow(r, -1, self.order)
        number = int.from_bytes(digest, "big")
        key = self.add(
            self.multiply(s * inverse, ephemeral), self.multiply(-number * inverse, self.generator)
        )
        return r.to_bytes(32, "big") + s.to_bytes(32, "big"), key


SECP256K1_PRIME = 2**256 - 2**32 - 977
SECP256K1_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
SECP256K1_GENERATOR = point(
    SECP256K1_PRIME,
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
SECP256K1_GROUP = Group(SECP256K1_PRIME, SECP256K1_ORDER, 0, 7, SECP256K1_GENERATOR)
"""The curve of Bitcoin and Ethereum (SEC 2, section 2.4.1)."""

_P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_GROUP = Group(
    _P256_PRIME,
    0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551,
    -3,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    point(
        _P256_PRIME,
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
)
"""The curve P-256, also called secp256r1 (SEC 2, section 2.4.2)."""


def sign(key: int, digest: bytes, nonce: int, group: Group = SECP256K1_GROUP) -> tuple[bytes, int]:
    """An ECDSA signature (r, s), and its recovery id."""
    ephemeral = group.multiply(nonce, group.generator)
    assert ephemeral is not None
    (x,), (y,) = ephemeral[0].numbers, ephemeral[1].numbers
    r = x % group.order
    s = pow(nonce, -1, group.order) * (int.from_bytes(digest, "big") + r * key) % group.order
    return r.to_bytes(32, "big") + s.to_bytes(32, "big"), (y & 1) | (x >= group.order) << 1


# BN254

BN254_PRIME = 21888242871839275222246405745257275088696311157297823662689037894645226208583
BN254_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617
BN254_G1 = point(BN254_PRIME, 1, 2)
BN254_G2 = point(
    BN254_PRIME,
    (
        0x1800DEEF121F1E76426A00665E5C4479674322D4F75EDADD46DEBD5CD992F6ED,
        0x198E9393920D483A7260BFB731FB5D25F1AA493335A9E71297E485B7AEF312C2,
    ),
    (
        0x12C85EA5DB8C6DEB4AAB71808DCB408FE3D1E7690C43D37B4CE6CC0166FA7DAA,
        0x090689D0585FF075EC9E99AD690C3395BC4B313370B38EF355ACDADCD122975B,
    ),
)


# BLS12-381

BLS12_381_PRIME = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16
)
BLS12_381_ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
BLS12_381_G1 = point(
    BLS12_381_PRIME,
    int(
        "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb", 16
    ),
    int(
        "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1", 16
    ),
)
BLS12_381_G2 = point(
    BLS12_381_PRIME,
    (
        int(
            "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d177"
            "0bac0326a805bbefd48056c8c121bdb8",
            16,
        ),
        int(
            "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
            "334cf11213945d57e5ac7d055d042b7e",
            16,
        ),
    ),
    (
        int(
            "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c"
            "923ac9cc3baca289e193548608b82801",
            16,
        ),
        int(
            "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab"
            "3f370d275cec1da1aaa9075ff05f79be",
            16,
        ),
    ),
)


# CURVE25519

CURVE25519_PRIME = 2**255 - 19
CURVE25519_ORDER = 2**252 + 27742317777372353535851937790883648493
EDWARDS_D = -121665 * pow(121666, -1, CURVE25519_PRIME) % CURVE25519_PRIME
EDWARDS_GENERATOR = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
RISTRETTO_MULTIPLES = tuple(
    bytes.fromhex(encoding)
    for encoding in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
        "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
        "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
        "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
        "e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e",
    )
)
"""The generator of the Ristretto group, 0 to 5 times (RFC 9496, appendix A.1)."""


def edwards(scalar: int, start: tuple[int, int] = (0, 1)) -> bytes:
    """The encoding of the generator of Edwards' curve, times a scalar, plus another point (RFC 8032)."""
    result, addend = start, EDWARDS_GENERATOR
    while scalar:
        if scalar & 1:
            result = _add_edwards(result, addend)
        addend = _add_edwards(addend, addend)
        scalar >>= 1
    x, y = result
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _add_edwards(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    (x1, y1), (x2, y2) = left, right
    twist = EDWARDS_D * x1 * x2 * y1 * y2
    x3 = (x1 * y2 + x2 * y1) * pow(1 + twist, -1, CURVE25519_PRIME)
    y3 = (y1 * y2 + x1 * x2) * pow(1 - twist, -1, CURVE25519_PRIME)
    return x3 % CURVE25519_PRIME, y3 % CURVE25519_PRIME
