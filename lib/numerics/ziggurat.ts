/** Layers of equal area under the half density. */
const LAYERS = 256;
const TWO_32 = 0x100000000;

/** [LAYERS + 1] right edges, edge 0 that of the base layer as if it were a box. METHODS.md, equation (N10). */
export const EDGE = new Float64Array(LAYERS + 1);
/** [LAYERS + 1] exp(−x²/2) at the edges. */
const HEIGHT = new Float64Array(LAYERS + 1);
/** [LAYERS] right edge × 2⁻⁵², so that 52 random bits give a place in the layer. */
export const SCALE = new Float64Array(LAYERS);
/** [LAYERS] places below this number of 52 bits lie under the density for certain. */
export const INSIDE = new Float64Array(LAYERS);

/** Where the tail begins for 256 layers. */
const TAIL = 3.6541528853610088;
const AREA = 0.00492867323399;

EDGE[0] = AREA / Math.exp(-0.5 * TAIL * TAIL);
EDGE[1] = TAIL;
for (let i = 2; i < LAYERS; i++) {
  const before = EDGE[i - 1]!;
  EDGE[i] = Math.sqrt(-2 * Math.log(AREA / before + Math.exp(-0.5 * before * before)));
}
EDGE[LAYERS] = 0;
for (let i = 0; i <= LAYERS; i++) HEIGHT[i] = Math.exp(-0.5 * EDGE[i]! * EDGE[i]!);
for (let i = 0; i < LAYERS; i++) {
  SCALE[i] = EDGE[i]! / 2 ** 52;
  INSIDE[i] = (EDGE[i + 1]! / EDGE[i]!) * 2 ** 52;
}

/** Layer of a candidate: the last eight bits of its first word. */
export function layerOf(first: number): number {
  return first & 0xff;
}

/** Sign of a candidate: the ninth bit; without a branch, since nothing foretells it. */
export function signOf(first: number): number {
  return 1 - ((first >>> 7) & 2);
}

/** Place of a candidate in its layer, 52 bits: the other 20 of the first word, and the second. */
export function placeOf(first: number, second: number): number {
  return (first >>> 12) * TWO_32 + (second >>> 0);
}

/**
 * Half-normal variable from a candidate that does not lie under the density for certain: in a wedge it is accepted with the
 * density's share, in the base layer it is replaced by one from the tail, and otherwise another candidate is tried.
 *
 * @param first - First word of the candidate, 32 bits.
 * @param second - Second word.
 * @param next - Gives four fresh words a call.
 * @returns Signed normal variable.
 *
 * Source: Marsaglia & Tsang (2000), J. Stat. Softw. 5(8); Doornik (2005), "An improved ziggurat method to generate normal random
 * samples": layer and place from different bits.
 */
export function normalFromWedge(first: number, second: number, next: () => Uint32Array): number {
  let [one, two] = [first, second];
  for (;;) {
    const layer = layerOf(one);
    const place = placeOf(one, two);
    const sign = signOf(one);
    const x = place * SCALE[layer]!;
    if (place < INSIDE[layer]!) return sign * x;
    if (layer === 0) return sign * fromTail(next);
    const words = next();
    const height = HEIGHT[layer]! + unit(words[0]!, words[1]!) * (HEIGHT[layer + 1]! - HEIGHT[layer]!);
    if (height < Math.exp(-0.5 * x * x)) return sign * x;
    one = words[2]!;
    two = words[3]!;
  }
}

/** Normal beyond the tail's beginning: Marsaglia (1964), Technometrics 6:101–102. */
function fromTail(next: () => Uint32Array): number {
  for (;;) {
    const words = next();
    const beyond = -Math.log(unit(words[0]!, words[1]!)) / TAIL;
    const exponential = -Math.log(unit(words[2]!, words[3]!));
    if (2 * exponential > beyond * beyond) return TAIL + beyond;
  }
}

/** Uniform on (0, 1), 52 bits and a half. */
function unit(first: number, second: number): number {
  return (placeOf(first, second) + 0.5) / 2 ** 52;
}
