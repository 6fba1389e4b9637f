/**
 * Number stored as an IBM hexadecimal floating-point value of up to eight bytes, as in SAS transport files.
 *
 * Byte 0 holds the sign and the exponent e (excess 64), bytes 1–7 the fraction f: (−1)^s · f · 16^(e−64), 0 ≤ f < 1.
 * The fraction has 56 bits, a double 53, so the last bits are rounded to nearest, ties to even; every value written
 * from a double comes back exactly. Shorter fields are the leading bytes of the eight.
 *
 * @param bytes - Field; 2 to 8 bytes.
 */
export function parseIbmFloat(bytes: Uint8Array): number {
  const first = bytes[0] ?? 0;
  const high = (byteAt(bytes, 1) << 16) | (byteAt(bytes, 2) << 8) | byteAt(bytes, 3);
  const low = ((byteAt(bytes, 4) << 24) | (byteAt(bytes, 5) << 16) | (byteAt(bytes, 6) << 8) | byteAt(bytes, 7)) >>> 0;
  // Both terms are exact, so this one addition is the only rounding; the power of two is exact as well.
  const fraction = high * 2 ** 32 + low;
  const magnitude = fraction * 2 ** (4 * ((first & 0x7f) - 64) - 56);
  return (first & 0x80) === 0 || magnitude === 0 ? magnitude : -magnitude;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

const PERIOD = 0x2e;
const UNDERSCORE = 0x5f;
const LETTER_A = 0x41;
const LETTER_Z = 0x5a;

/** SAS missing code of a numeric field: "." or "._" or ".A" to ".Z"; null when the field holds a number. */
export function sasMissingCode(bytes: Uint8Array): string | null {
  const first = bytes[0] ?? 0;
  const isMark = first === PERIOD || first === UNDERSCORE || (first >= LETTER_A && first <= LETTER_Z);
  if (!isMark || bytes.subarray(1).some((byte) => byte !== 0)) return null;
  return first === PERIOD ? "." : `.${String.fromCharCode(first)}`;
}
