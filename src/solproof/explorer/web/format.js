// Numbers and addresses as text.

const grouped = new Intl.NumberFormat("en-US");

function count(number) {
  return grouped.format(number);
}

function hex(value, digits = 1) {
  return "0x" + value.toString(16).padStart(digits, "0");
}

function bareHex(value, digits) {
  return value.toString(16).padStart(digits, "0");
}

// A 64-bit value, as a signed number if that is shorter to read.
function decimal(value) {
  const negative = BigInt.asIntN(64, value);
  return negative < 0n && negative > -(2n ** 32n) ? `${negative}` : `${value}`;
}

// The same, if there is room for it.
function shortDecimal(value) {
  const text = decimal(value);
  return text.length <= 13 ? text : "";
}

// Accepts 0x.., decimal and negative numbers. Returns null for anything else.
function parseNumber(text) {
  const clean = text.trim().replaceAll(/[,_ ]/g, "");
  if (!/^(0x[0-9a-f]+|-?\d+)$/i.test(clean)) return null;
  return BigInt.asUintN(64, BigInt(clean));
}

function plural(number, word, ending = "s") {
  return `${count(number)} ${word}${number === 1 ? "" : ending}`;
}
