/**
 * Source of randomness. Every function that draws takes one as an argument.
 *
 * A generator is counter-based (Philox4x32-10): its stream is a function of the seed and of the labels of the forks
 * that led to it, never of how many numbers anybody else has drawn. Replicate `r` uses `rng.fork(r)`, so results do not
 * depend on chunking or on the number of workers.
 */
export interface Rng {
  /** Uniform on the open interval (0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal by inversion of `uniform`. */
  normal(): number;
  /**
   * Many standard normals, by a ziggurat: about half the time of as many calls of `normal`, and other numbers than theirs.
   *
   * @param into - Elements `from` … `to` − 1 are filled.
   */
  normals(into: Float64Array, from: number, to: number): void;
  /** Exponential with rate 1. */
  exponential(): number;
  /** Integer uniform on 0 … bound − 1, unbiased. */
  integer(bound: number): number;
  /** Independent generator for a named part of the work; does not advance this one. */
  fork(label: string | number): Rng;
}
