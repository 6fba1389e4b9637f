import type { CutGrid } from "./cut-grid.ts";
import { placesAmongFew, placesInGrid } from "./cut-grid.ts";

/** Trees that ask only for features that differ between histories; children come after their parent, −1 marks a leaf. */
export interface OpenQuestions {
  /** [nodes] position of the feature in `grids`, −1 for a leaf. */
  readonly feature: Int32Array;
  /** [nodes] position of the threshold among the cuts of the feature. */
  readonly cut: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly value: Float64Array;
  /** Roots of the trees, `trees` of them. */
  readonly roots: Int32Array;
  trees: number;
}

/** Bits of a set of cuts. */
export const MOST_CUTS = 31;
/** Bits of a set of features. */
export const MOST_FEATURES = 31;
/** Cuts in use up to which a value is compared with each. */
const FEW_CUTS = 12;
/** Entries of a table: more trees share one look-up, but filling it must stay cheap beside looking up. */
const ENTRIES_PER_HISTORY = 0.5;
const MOST_ENTRIES = 1024;

/**
 * Sums of trees as tables. Trees that ask for the same few features are added up once for every combination of places among
 * their cuts; a history then costs one look-up a table, whatever the number of trees. METHODS.md, equation (TM11).
 */
export interface TreeTables {
  /**
   * Writes the sum of trees for every history.
   *
   * @param open - Trees; their values must be sums without rounding in any order.
   * @param columns - [features][count] by position in `grids`.
   * @param into - [count]
   * @returns False when a value is missing or a tree asks for too much to be a table: nothing was written.
   */
  sum(open: OpenQuestions, columns: readonly Float64Array[], count: number, into: Float64Array): boolean;
}

/**
 * @param grids - [features] cuts of every feature that histories may differ in; at most 31 of at most 31 cuts.
 * @param trees - Largest number of trees.
 */
export function treeTables(grids: readonly CutGrid[], trees: number): TreeTables {
  const F = grids.length;
  const groupOf = new Int32Array(trees);
  const groupFeatures = new Int32Array(trees);
  const groupCuts = new Int32Array(trees * F);
  const treeCuts = new Int32Array(F);
  const places = grids.map(() => new Uint8Array(0));
  const sizes = new Int32Array(F);
  const strides = new Int32Array(F);
  const from = new Int32Array(F);
  const to = new Int32Array(F);
  /** [features] cuts that places are counted among: all of the grid's, or a few in use. */
  const counted = new Int32Array(F);
  const offsets = grids.map(() => new Uint16Array(MOST_CUTS + 1));
  const table = new Float64Array(MOST_ENTRIES);
  let entries = new Uint16Array(0);

  const collectCuts = (open: OpenQuestions, node: number): number => {
    const f = open.feature[node]!;
    if (f < 0) return 0;
    treeCuts[f]! |= 1 << open.cut[node]!;
    return (1 << f) | collectCuts(open, open.left[node]!) | collectCuts(open, open.right[node]!);
  };

  /** Gives every tree the group whose table grows least; a new one where all would become too large. −1: a tree is too large. */
  const group = (open: OpenQuestions, limit: number): number => {
    let groups = 0;
    for (let t = 0; t < open.trees; t++) {
      treeCuts.fill(0);
      const features = collectCuts(open, open.roots[t]!);
      let best = groups;
      let least = limit + 1;
      let alone = 1;
      for (let f = 0; f < F; f++) alone *= bitCount(treeCuts[f]!) + 1;
      if (alone > MOST_ENTRIES) return -1;
      for (let g = 0; g < groups; g++) {
        const own = groupFeatures[g]!;
        let before = 1;
        let after = 1;
        for (let rest = own | features; rest !== 0; rest &= rest - 1) {
          const f = 31 - Math.clz32(rest & -rest);
          before *= bitCount(groupCuts[g * F + f]!) + 1;
          after *= bitCount(groupCuts[g * F + f]! | treeCuts[f]!) + 1;
        }
        if (after <= limit && after - before < least) {
          best = g;
          least = after - before;
        }
      }
      if (best === groups) {
        groups++;
        groupFeatures[best] = 0;
        groupCuts.fill(0, best * F, (best + 1) * F);
      }
      groupOf[t] = best;
      groupFeatures[best]! |= features;
      for (let f = 0; f < F; f++) groupCuts[best * F + f]! |= treeCuts[f]!;
    }
    return groups;
  };

  /** Adds a leaf to the corners of its box: running sums over the table then give every entry its sum of leaves. */
  const addCorners = (features: number, at: number, value: number): void => {
    if (features === 0) {
      table[at]! += value;
      return;
    }
    const f = 31 - Math.clz32(features & -features);
    const rest = features & (features - 1);
    addCorners(rest, at + from[f]! * strides[f]!, value);
    if (to[f]! < sizes[f]!) addCorners(rest, at + to[f]! * strides[f]!, -value);
  };

  const addLeaves = (open: OpenQuestions, node: number, g: number): void => {
    const f = open.feature[node]!;
    if (f < 0) {
      addCorners(groupFeatures[g]!, 0, open.value[node]!);
      return;
    }
    // Values up to the cut have places 0 … cut among all cuts, and so many of the group's cuts below them.
    const middle = bitCount(groupCuts[g * F + f]! & (2 ** open.cut[node]! - 1)) + 1;
    const [start, end] = [from[f]!, to[f]!];
    if (middle > start) {
      to[f] = Math.min(end, middle);
      addLeaves(open, open.left[node]!, g);
      to[f] = end;
    }
    if (middle < end) {
      from[f] = Math.max(start, middle);
      addLeaves(open, open.right[node]!, g);
      from[f] = start;
    }
  };

  /** Fills `table` and `offsets` for a group. */
  const fill = (open: OpenQuestions, g: number): void => {
    let total = 1;
    for (let rest = groupFeatures[g]!; rest !== 0; rest &= rest - 1) {
      const f = 31 - Math.clz32(rest & -rest);
      const cuts = groupCuts[g * F + f]!;
      sizes[f] = bitCount(cuts) + 1;
      strides[f] = total;
      from[f] = 0;
      to[f] = sizes[f]!;
      const own = offsets[f]!;
      let place = 0;
      own[0] = 0;
      for (let among = counted[f]!; among !== 0; among &= among - 1) {
        own[place + 1] = own[place]! + ((cuts & among & -among) === 0 ? 0 : total);
        place++;
      }
      total *= sizes[f]!;
    }
    table.fill(0, 0, total);
    for (let t = 0; t < open.trees; t++) if (groupOf[t] === g) addLeaves(open, open.roots[t]!, g);
    for (let rest = groupFeatures[g]!; rest !== 0; rest &= rest - 1) {
      const f = 31 - Math.clz32(rest & -rest);
      const stride = strides[f]!;
      const block = stride * sizes[f]!;
      for (let start = 0; start < total; start += block) {
        for (let k = start + stride; k < start + block; k++) table[k]! += table[k - stride]!;
      }
    }
  };

  /** Finds the places of all histories among the cuts in use. */
  const place = (f: number, groups: number, column: Float64Array, count: number): boolean => {
    if (places[f]!.length < count) places[f] = new Uint8Array(count);
    let inUse = 0;
    for (let g = 0; g < groups; g++) inUse |= groupCuts[g * F + f]!;
    if (bitCount(inUse) > FEW_CUTS) {
      counted[f] = 2 ** (grids[f]!.cuts.length - 1) - 1;
      return placesInGrid(grids[f]!, column, count, places[f]!);
    }
    counted[f] = inUse;
    const cuts: number[] = [];
    for (let rest = inUse; rest !== 0; rest &= rest - 1) cuts.push(grids[f]!.cuts[31 - Math.clz32(rest & -rest)]!);
    return placesAmongFew(cuts, column, count, places[f]!);
  };

  return {
    sum(open, columns, count, into) {
      if (entries.length < count) entries = new Uint16Array(count);
      const limit = Math.min(MOST_ENTRIES, Math.max(128, ENTRIES_PER_HISTORY * count));
      const groups = group(open, limit);
      if (groups < 0) return false;
      let asked = 0;
      for (let g = 0; g < groups; g++) asked |= groupFeatures[g]!;
      for (let rest = asked; rest !== 0; rest &= rest - 1) {
        const f = 31 - Math.clz32(rest & -rest);
        if (!place(f, groups, columns[f]!, count)) return false;
      }
      into.fill(0, 0, count);
      for (let g = 0; g < groups; g++) {
        fill(open, g);
        lookUp(groupFeatures[g]!, offsets, places, table, entries, count, into);
      }
      return true;
    },
  };
}

/** Adds the entry of every history. One, two and three features need no pass for the position of the entry. */
function lookUp(
  features: number,
  offsets: readonly Uint16Array[],
  places: readonly Uint8Array[],
  table: Float64Array,
  entries: Uint16Array,
  count: number,
  into: Float64Array,
): void {
  const chosen: number[] = [];
  for (let rest = features; rest !== 0; rest &= rest - 1) chosen.push(31 - Math.clz32(rest & -rest));
  const [a, b, c] = chosen;
  const [offsetA, placeA] = [offsets[a!]!, places[a!]!];
  if (b === undefined) {
    for (let m = 0; m < count; m++) into[m]! += table[offsetA[placeA[m]!]!]!;
    return;
  }
  const [offsetB, placeB] = [offsets[b]!, places[b]!];
  if (c === undefined) {
    for (let m = 0; m < count; m++) into[m]! += table[offsetA[placeA[m]!]! + offsetB[placeB[m]!]!]!;
    return;
  }
  const [offsetC, placeC] = [offsets[c]!, places[c]!];
  if (chosen.length === 3) {
    for (let m = 0; m < count; m++) {
      into[m]! += table[offsetA[placeA[m]!]! + offsetB[placeB[m]!]! + offsetC[placeC[m]!]!]!;
    }
    return;
  }
  for (let m = 0; m < count; m++) {
    entries[m] = offsetA[placeA[m]!]! + offsetB[placeB[m]!]! + offsetC[placeC[m]!]!;
  }
  for (const f of chosen.slice(3)) {
    const [offset, place] = [offsets[f]!, places[f]!];
    for (let m = 0; m < count; m++) entries[m]! += offset[place[m]!]!;
  }
  for (let m = 0; m < count; m++) into[m]! += table[entries[m]!]!;
}

function bitCount(bits: number): number {
  let x = bits - ((bits >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
