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

/** Sizes below 16⁻⁶⁵ become 0, sizes of 16⁶³ and above are refused: the format has neither infinity nor smaller numbers. */
const SMALLEST_EXPONENT = -64;
const LARGEST_EXPONENT = 63;

/**
 * Writes a double as an IBM hexadecimal floating-point value of eight bytes; the inverse of {@link parseIbmFloat}, exact
 * within the range of the format (5.4e-79 to 7.2e75). NaN is written as the SAS missing code ".".
 *
 * @param value - Finite or NaN.
 * @param bytes - Written at `offset` … `offset + 7`.
 */
export function writeIbmFloat(value: number, bytes: Uint8Array, offset: number): void {
  bytes.fill(0, offset, offset + 8);
  if (Number.isNaN(value)) {
    bytes[offset] = PERIOD;
    return;
  }
  const magnitude = Math.abs(value);
  if (magnitude < 16 ** SMALLEST_EXPONENT / 16) return;
  if (magnitude >= 16 ** LARGEST_EXPONENT) throw new RangeError(`${value} is beyond the numbers of a transport file`);
  let exponent = Math.ceil((Math.log2(magnitude) + 1e-9) / 4);
  let fraction = magnitude * 2 ** (-4 * exponent);
  // The logarithm may be off by one step; the fraction decides.
  while (fraction >= 1) {
    fraction /= 16;
    exponent++;
  }
  while (fraction < 1 / 16) {
    fraction *= 16;
    exponent--;
  }
  bytes[offset] = (value < 0 ? 0x80 : 0) | (exponent + 64);
  for (let byte = 1; byte < 8; byte++) {
    fraction *= 256;
    const digit = Math.floor(fraction);
    bytes[offset + byte] = digit;
    fraction -= digit;
  }
}
