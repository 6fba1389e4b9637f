/**
 * One bit per replicate of a consecutive run, as hexadecimal text: bit i mod 4 of character ⌊i/4⌋ belongs to replicate i.
 * Text, because a tally travels as JSON.
 */
export type ReplicateFlags = string;

const DIGITS = "0123456789abcdef";

/**
 * Text of a run of flags.
 *
 * @param flags - One byte per replicate, 0 or 1.
 */
export function encodeFlags(flags: Uint8Array): ReplicateFlags {
  let text = "";
  for (let i = 0; i < flags.length; i += 4) {
    const nibble = flags[i]! | ((flags[i + 1] ?? 0) << 1) | ((flags[i + 2] ?? 0) << 2) | ((flags[i + 3] ?? 0) << 3);
    text += DIGITS[nibble]!;
  }
  return text;
}

/**
 * Reads flags back.
 *
 * @param text - From {@link encodeFlags}.
 * @param into - Receives one byte per replicate, from `offset`.
 * @param count - Replicates in the run.
 */
export function decodeFlags(text: ReplicateFlags, into: Uint8Array, offset: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const nibble = DIGITS.indexOf(text[i >> 2] ?? "0");
    into[offset + i] = (nibble >> (i & 3)) & 1;
  }
}
