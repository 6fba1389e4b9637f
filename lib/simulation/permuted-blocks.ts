/** Blocks as long as the ratio allows, between these sizes. */
const SHORTEST_BLOCK = 4;
const LONGEST_EXACT_BLOCK = 10;
/** Block size where the ratio of the arms has no short form. */
const GENERAL_BLOCK = 6;

/**
 * Block size of the permuted-block randomisation, METHODS.md eq. (M5).
 *
 * @param experimental - Patients in the experimental arm.
 * @param control - Patients in the control arm.
 * @returns Smallest multiple of the reduced ratio's sum that is at least 4, or 6 when that would exceed 10.
 */
export function blockSize(experimental: number, control: number): number {
  const unit = (experimental + control) / greatestCommonDivisor(experimental, control);
  const size = unit * Math.ceil(SHORTEST_BLOCK / unit);
  return size <= LONGEST_EXACT_BLOCK ? size : GENERAL_BLOCK;
}

/**
 * Assigns patients to arms in permuted blocks, from one uniform key per patient: the patients with the smallest keys of a
 * block are experimental.
 *
 * @param keys - Independent uniforms, shape [N] (longer arrays are read up to N).
 * @param experimental - Patients wanted in the experimental arm.
 * @param control - Patients wanted in the control arm; N is the sum.
 * @param into - Receives 1 for experimental and 0 for control, shape [N]. Both arms come out exactly as wanted.
 *
 * @remarks Block j (of B patients) holds round(min((j + 1)B, N) · n₁/N) − round(jB · n₁/N) experimental patients, so the
 * ratio is kept after every block even where it has no short form. Every order within a block is equally likely.
 * Designs that share keys share assignments as far as their ratios allow.
 */
export function assignArms(keys: Float64Array, experimental: number, control: number, into: Uint8Array): void {
  const total = experimental + control;
  const size = blockSize(experimental, control);
  let assigned = 0;
  for (let start = 0; start < total; start += size) {
    const end = Math.min(start + size, total);
    const due = end === total ? experimental : Math.round((end * experimental) / total);
    for (let i = start; i < end; i++) {
      const key = keys[i]!;
      let rank = 0;
      for (let j = start; j < end; j++) if (keys[j]! < key) rank++;
      into[i] = rank < due - assigned ? 1 : 0;
    }
    assigned = due;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}
