import { invalidInput } from "../errors/domain-error.ts";
import { normalQuantile } from "./normal.ts";
import type { Rng } from "./rng.ts";
import { INSIDE, layerOf, normalFromWedge, placeOf, SCALE, signOf } from "./ziggurat.ts";

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const TWO_27 = 0x8000000;
const TWO_32 = 0x100000000;
const TWO_MINUS_53 = 1 / 0x20000000000000;
const TWO_53 = 0x20000000000000;

/** Counter word 3 keeps the stream of a generator and the keys of its forks apart. */
const STREAM = 0;
const FORK_BY_NUMBER = 1;
const FORK_BY_TEXT = 2;
const WEDGE = 3;

/**
 * One Philox4x32-10 block: a keyed bijection of 128-bit counters.
 *
 * @param c0 - Counter words 0 … 3 (c0, c1, c2, c3), 32 bits each.
 * @param k0 - Key words 0 and 1 (k0, k1), 32 bits each.
 * @param out - Receives the four output words.
 *
 * Source: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC11. Test vectors of
 * Random123 (kat_vectors) in tests/lib/numerics/philox.test.ts.
 */
export function philoxBlock(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
): void {
  let x0 = c0 | 0;
  let x1 = c1 | 0;
  let x2 = c2 | 0;
  let x3 = c3 | 0;
  let key0 = k0 | 0;
  let key1 = k1 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, x0);
    const high1 = multiplyHigh(MULTIPLIER_1, x2);
    const low0 = Math.imul(MULTIPLIER_0, x0);
    const low1 = Math.imul(MULTIPLIER_1, x2);
    x0 = high1 ^ x1 ^ key0;
    x1 = low1;
    x2 = high0 ^ x3 ^ key1;
    x3 = low0;
    key0 = (key0 + WEYL_0) | 0;
    key1 = (key1 + WEYL_1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

/** The blocks of two counters that differ in word 0; the processor works on both at once. Eight output words. */
function twoBlocks(c0: number, c1: number, d0: number, d1: number, k0: number, k1: number, out: Int32Array): void {
  let x0 = c0 | 0;
  let x1 = c1 | 0;
  let x2 = 0;
  let x3 = STREAM;
  let y0 = d0 | 0;
  let y1 = d1 | 0;
  let y2 = 0;
  let y3 = STREAM;
  let key0 = k0 | 0;
  let key1 = k1 | 0;
  for (let round = 0; round < 10; round++) {
    const xHigh0 = multiplyHigh(MULTIPLIER_0, x0);
    const yHigh0 = multiplyHigh(MULTIPLIER_0, y0);
    const xHigh1 = multiplyHigh(MULTIPLIER_1, x2);
    const yHigh1 = multiplyHigh(MULTIPLIER_1, y2);
    const xLow0 = Math.imul(MULTIPLIER_0, x0);
    const yLow0 = Math.imul(MULTIPLIER_0, y0);
    const xLow1 = Math.imul(MULTIPLIER_1, x2);
    const yLow1 = Math.imul(MULTIPLIER_1, y2);
    x0 = xHigh1 ^ x1 ^ key0;
    x1 = xLow1;
    x2 = xHigh0 ^ x3 ^ key1;
    x3 = xLow0;
    y0 = yHigh1 ^ y1 ^ key0;
    y1 = yLow1;
    y2 = yHigh0 ^ y3 ^ key1;
    y3 = yLow0;
    key0 = (key0 + WEYL_0) | 0;
    key1 = (key1 + WEYL_1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
  out[4] = y0;
  out[5] = y1;
  out[6] = y2;
  out[7] = y3;
}

/** Upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const cross = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/** Scratch of `fork`: filled and read within one call. */
const forkKey = new Uint32Array(4);
/** Scratch of `normals`. */
const eightWords = new Int32Array(8);
const wedgeWords = new Uint32Array(4);
const numberBits = new DataView(new ArrayBuffer(8));

class PhiloxRng implements Rng {
  private readonly key0: number;
  private readonly key1: number;
  private readonly words = new Uint32Array(4);
  private blockLow = 0;
  private blockHigh = 0;
  private position = 4;

  constructor(key0: number, key1: number) {
    this.key0 = key0;
    this.key1 = key1;
  }

  uniform(): number {
    if (this.position === 4) this.nextBlock();
    const high = this.words[this.position]! >>> 6;
    // The last bit is always 1: an odd multiple of 2⁻⁵³ is never 0 or 1, and 1 − u is as likely as u.
    const low = (this.words[this.position + 1]! >>> 5) | 1;
    this.position += 2;
    return (high * TWO_27 + low) * TWO_MINUS_53;
  }

  normal(): number {
    return normalQuantile(this.uniform());
  }

  exponential(): number {
    return -Math.log(this.uniform());
  }

  normals(into: Float64Array, from: number, to: number): void {
    // Whole blocks only, two normals each: what is left of a block begun is not used.
    this.position = 4;
    for (let at = from; at < to; at += 4) {
      const low = this.blockLow;
      const high = this.blockHigh;
      this.advance();
      twoBlocks(low, high, this.blockLow, this.blockHigh, this.key0, this.key1, eightWords);
      const end = Math.min(4, to - at);
      if (end > 2) this.advance();
      for (let k = 0; k < end; k++) {
        const first = eightWords[2 * k]!;
        const second = eightWords[2 * k + 1]!;
        const layer = layerOf(first);
        const place = placeOf(first, second);
        into[at + k] =
          place < INSIDE[layer]!
            ? place * SCALE[layer]! * signOf(first)
            : this.wedge(first, second, low + (k >> 1), high, k & 1);
      }
    }
  }

  integer(bound: number): number {
    if (!Number.isSafeInteger(bound) || bound < 1) {
      throw invalidInput("bound", bound, "must be a whole number of at least 1");
    }
    // Draws above the last whole multiple of the bound would favour small values.
    const limit = TWO_53 - (TWO_53 % bound);
    let draw = this.bits53();
    while (draw >= limit) draw = this.bits53();
    return draw % bound;
  }

  fork(label: string | number): Rng {
    if (typeof label === "number") {
      numberBits.setFloat64(0, label === 0 ? 0 : label);
      philoxBlock(numberBits.getUint32(0), numberBits.getUint32(4), 0, FORK_BY_NUMBER, this.key0, this.key1, forkKey);
    } else {
      philoxBlock(textHash(label, 0), textHash(label, 1), label.length, FORK_BY_TEXT, this.key0, this.key1, forkKey);
    }
    return new PhiloxRng(forkKey[0]!, forkKey[1]!);
  }

  /** Integer uniform on 0 … 2⁵³ − 1, from two output words. */
  private bits53(): number {
    if (this.position === 4) this.nextBlock();
    const high = this.words[this.position]! >>> 6;
    const low = this.words[this.position + 1]! >>> 5;
    this.position += 2;
    return high * TWO_27 + low;
  }

  private nextBlock(): void {
    philoxBlock(this.blockLow, this.blockHigh, 0, STREAM, this.key0, this.key1, this.words);
    this.advance();
    this.position = 0;
  }

  private advance(): void {
    this.blockLow = (this.blockLow + 1) | 0;
    if (this.blockLow === 0) this.blockHigh = (this.blockHigh + 1) | 0;
  }

  /** One normal in a hundred needs more words: blocks of its own, so that the others do not depend on it. */
  private wedge(first: number, second: number, low: number, high: number, half: number): number {
    let tries = half;
    return normalFromWedge(first, second, () => {
      philoxBlock(low, high, tries, WEDGE, this.key0, this.key1, wedgeWords);
      tries += 2;
      return wedgeWords;
    });
  }
}

/** 32-bit hash of a text (FNV-1a over UTF-16 units with a MurmurHash3 finalizer); the lane selects one of two. */
function textHash(text: string, lane: 0 | 1): number {
  let hash = lane === 0 ? 0x811c9dc5 : 0x9747b28c;
  for (let i = 0; i < text.length; i++)
    hash = Math.imul(hash ^ text.charCodeAt(i), lane === 0 ? 0x01000193 : 0x5bd1e995);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * Counter-based generator (Philox4x32-10) for a seed.
 *
 * The seed is the 64-bit key; `fork(label)` encrypts the label under the key of the parent and takes the result as a new
 * key, so a stream depends on the seed and the labels only. A fork costs one block and does not advance its parent.
 *
 * @param seed - Whole number in 0 … 2⁵³ − 1.
 * @returns Generator whose numbers are the same on every machine.
 * @throws DomainError INVALID_INPUT when the seed is not such a number.
 */
export function createRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw invalidInput("seed", seed, "must be a whole number from 0 to 9007199254740991");
  }
  return new PhiloxRng((seed % TWO_32) | 0, Math.floor(seed / TWO_32));
}
