import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseIbmFloat, sasMissingCode } from "../../../lib/data/ibm-float.ts";

const MASK_52 = (1n << 52n) - 1n;

/**
 * Independent encoder on the bits of the double, in whole-number arithmetic: value = m · 2^e with m < 2^53, rewritten as
 * f · 16^(c − 64) · 2^−56 with 2^52 ≤ f < 2^56. Null when the exponent does not fit seven bits.
 */
function encodeIbm(value: number): Uint8Array | null {
  const bytes = new Uint8Array(8);
  if (value === 0) return bytes;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  let fraction = (bits & MASK_52) | (biased === 0 ? 0n : 1n << 52n);
  let binary = (biased === 0 ? 1 : biased) - 1075 + 56;
  while (fraction >= 1n << 56n || binary % 4 !== 0) {
    fraction <<= 1n;
    binary--;
  }
  while (fraction < 1n << 52n) {
    fraction <<= 4n;
    binary -= 4;
  }
  const characteristic = binary / 4 + 64;
  if (characteristic < 0 || characteristic > 127) return null;
  const word = (BigInt(value < 0 ? 1 : 0) << 63n) | (BigInt(characteristic) << 56n) | fraction;
  new DataView(bytes.buffer).setBigUint64(0, word);
  return bytes;
}

const finite = fc.oneof(
  fc.double({ min: -1e70, max: 1e70, noNaN: true }),
  fc.integer(),
  fc.double({ min: -1, max: 1, noNaN: true }),
);

describe("IBM hexadecimal floating point", () => {
  test("every double in range comes back as the same double", () => {
    fc.assert(
      fc.property(finite, (value) => {
        const encoded = encodeIbm(value);
        fc.pre(encoded !== null);
        expect(parseIbmFloat(encoded) + 0).toBe(value + 0);
      }),
      { seed: 20261122, numRuns: 5000 },
    );
  });

  test("a fraction of 56 bits is rounded to the nearest double, ties to even", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n << 52n, max: (1n << 56n) - 1n }), (fraction) => {
        const bytes = new Uint8Array(8);
        new DataView(bytes.buffer).setBigUint64(0, (78n << 56n) | fraction);
        // Exponent 78 − 64 = 14 makes the value the fraction itself; Number() rounds to nearest, ties to even.
        expect(parseIbmFloat(bytes)).toBe(Number(fraction));
      }),
      { seed: 20261122, numRuns: 2000 },
    );
  });

  test("a shorter field is the leading bytes of the long one", () => {
    expect(parseIbmFloat(Uint8Array.from([0x41, 0x10, 0x00]))).toBe(1);
    expect(parseIbmFloat(Uint8Array.from([0xc2, 0x76, 0xa0, 0x00]))).toBe(-118.625);
  });

  test("missing codes are told from numbers", () => {
    const field = (first: number, second = 0) => Uint8Array.from([first, second, 0, 0, 0, 0, 0, 0]);
    expect([0x2e, 0x5f, 0x41, 0x5a].map((byte) => sasMissingCode(field(byte)))).toEqual([".", "._", ".A", ".Z"]);
    expect(sasMissingCode(field(0x41, 0x10))).toBeNull();
    expect(sasMissingCode(field(0))).toBeNull();
  });
});
