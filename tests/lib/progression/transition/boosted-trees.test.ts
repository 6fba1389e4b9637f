import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import type { Rng } from "../../../../lib/numerics/rng.ts";
import { boostTrees } from "../../../../lib/progression/transition/boosted-trees/boost-trees.ts";
import { binFeatures, MISSING_BIN } from "../../../../lib/progression/transition/boosted-trees/feature-bins.ts";
import { addTree, growTree } from "../../../../lib/progression/transition/boosted-trees/grow-tree.ts";
import { openEnsemble } from "../../../../lib/progression/transition/boosted-trees/open-ensemble.ts";
import { type TreeEnsemble, treeEnsembleSchema } from "../../../../lib/progression/transition/transition-parameters.ts";

const NONE = Number.NaN;
const plainTree = { depth: 3, shrinkage: 1, leafPrior: 0, minimumWeight: 1 };

function columns(...features: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(features.flat());
}

function rowsOf(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, r) => r);
}

describe("bins", () => {
  test("keep order, put equal values together and set missing ones apart", () => {
    const values = [3, 1, 2, 2, NONE, 7];
    const { bins, cuts } = binFeatures(columns(values), 1, 6);
    expect(Array.from(cuts[0]!)).toEqual([1.5, 2.5, 5]);
    expect(Array.from(bins)).toEqual([2, 0, 1, 1, MISSING_BIN, 3]);
  });

  test("are at most 32, of about equal size; a constant feature has one", () => {
    const rng = createRng(1);
    const values = Array.from({ length: 3200 }, () => rng.normal());
    const { bins, cuts } = binFeatures(columns(values, new Array(3200).fill(4)), 2, 3200);
    expect(cuts[0]!.length).toBe(31);
    expect(cuts[1]!.length).toBe(0);
    const sizes = new Array(32).fill(0);
    for (const bin of bins.subarray(0, 3200)) sizes[bin]++;
    for (const size of sizes) expect(size).toBe(100);
  });
});

describe("a tree", () => {
  test("finds a step, and gives rows with a missing value a branch of their own", () => {
    const x = [1, 2, 3, 4, 5, 6, NONE, NONE];
    const y = Float64Array.from([0, 0, 0, 10, 10, 10, -4, -4]);
    const data = binFeatures(columns(x), 1, 8);
    const tree = growTree(data, y, new Float64Array(8).fill(1), rowsOf(8), plainTree);
    const fitted = new Float64Array(8);
    addTree(tree, data, fitted);
    expect(Array.from(fitted)).toEqual(Array.from(y));
    expect(data.cuts[0]![tree.bin[0]!]).toBe(3.5);
  });

  test("finds an interaction that no single split shows the size of, within depth 3", () => {
    const rng = createRng(5);
    const [a, b] = [0, 0].map(() => Array.from({ length: 400 }, () => (rng.uniform() < 0.6 ? 1 : 0)));
    const y = Float64Array.from(a!, (value, r) => (value === 1 && b![r] === 1 ? 5 : 1));
    const data = binFeatures(columns(a!, b!), 2, 400);
    const fitted = new Float64Array(400);
    addTree(growTree(data, y, new Float64Array(400).fill(1), rowsOf(400), plainTree), data, fitted);
    fitted.forEach((value, r) => {
      expect(value).toBeCloseTo(y[r]!, 12);
    });
  });

  test("chooses the split with the least squared error, as trying all of them does", () => {
    const rng = createRng(9);
    const n = 60;
    const features = Array.from({ length: 3 }, () => Array.from({ length: n }, () => Math.round(4 * rng.normal())));
    const y = Float64Array.from({ length: n }, () => rng.normal());
    const data = binFeatures(columns(...features), 3, n);
    const tree = growTree(data, y, new Float64Array(n).fill(1), rowsOf(n), {
      ...plainTree,
      depth: 1,
      minimumWeight: 5,
    });
    const fitted = new Float64Array(n);
    addTree(tree, data, fitted);
    const error = (of: (r: number) => number) => y.reduce((sum, value, r) => sum + (value - of(r)) ** 2, 0);
    let best = Number.POSITIVE_INFINITY;
    features.forEach((x) => {
      for (const cut of new Set(x)) {
        const side = (r: number) => x[r]! <= cut;
        const rows = Array.from(y, (_, r) => r);
        const groups = [rows.filter(side), rows.filter((r) => !side(r))];
        if (groups.some((group) => group.length < 5)) continue;
        const means = groups.map((group) => group.reduce((sum, r) => sum + y[r]!, 0) / group.length);
        best = Math.min(
          best,
          error((r) => means[side(r) ? 0 : 1]!),
        );
      }
    });
    expect(error((r) => fitted[r]!)).toBeCloseTo(best, 10);
  });

  test("weights count like repeated rows", () => {
    const rng = createRng(3);
    const x = Array.from({ length: 40 }, () => rng.normal());
    const y = Float64Array.from(x, (value) => Math.sin(2 * value) + 0.1 * rng.normal());
    const weights = Float64Array.from(x, (_, r) => 1 + (r % 3));
    const repeated = x.flatMap((_, r) => new Array(weights[r]!).fill(r) as number[]);
    const data = binFeatures(columns(x), 1, 40);
    const settings = { ...plainTree, leafPrior: 2, minimumWeight: 4 };
    const weighted = growTree(data, y, weights, rowsOf(40), settings);
    const copied = growTree(data, y, new Float64Array(40).fill(1), Int32Array.from(repeated), settings);
    expect(copied.feature).toEqual(weighted.feature);
    copied.value.forEach((value, node) => {
      expect(value).toBeCloseTo(weighted.value[node]!, 12);
    });
  });
});

describe("boosting", () => {
  const patients = 200;
  const visits = 4;
  const rows = patients * visits;
  const patient = Int32Array.from({ length: rows }, (_, r) => Math.floor(r / visits));
  const fold = Int32Array.from({ length: patients }, (_, i) => i % 5);
  const rng = createRng(12);
  const x = Array.from({ length: rows }, () => (rng.uniform() < 0.1 ? NONE : rng.normal()));
  const z = Array.from({ length: rows }, () => rng.normal());
  const noise = Float64Array.from({ length: rows }, () => rng.normal());
  const data = binFeatures(columns(x, z), 2, rows);
  const boosted = (residuals: Float64Array) =>
    boostTrees(
      {
        data,
        residuals,
        foldResiduals: Array.from({ length: 5 }, () => residuals),
        weights: new Float64Array(rows).fill(1),
        patient,
        patients,
        fold,
      },
      createRng(4),
    );

  test("learns a curve, and the opened trees reproduce the residuals that were left", () => {
    const truth = Float64Array.from(x, (value) => (Number.isNaN(value) ? 3 : 2 * Math.cos(2 * value)));
    const y = truth.map((value, r) => value + noise[r]!);
    const { ensemble, withoutFold, foldResiduals } = boosted(y);
    expect(ensemble.roots.length).toBeGreaterThan(10);
    const error = foldResiduals[0]!.reduce((sum, _, r) => sum + foldResiduals[fold[patient[r]!]!]![r]! ** 2, 0) / rows;
    expect(error).toBeLessThan(1.4);
    const opened = openEnsemble(treeEnsembleSchema.parse(JSON.parse(JSON.stringify(withoutFold[2]))), 2);
    const predicted = new Float64Array(rows);
    opened.add(
      [x, z].map((each) => Float64Array.from(each)),
      new Uint8Array(2),
      rows,
      predicted,
    );
    predicted.forEach((value, r) => {
      expect(y[r]! - value).toBeCloseTo(foldResiduals[2]![r]!, 10);
    });
    expect(boosted(y)).toEqual({ ensemble, withoutFold, foldResiduals });
  });

  test("what all histories share is asked once, with the same answer", () => {
    const y = Float64Array.from(x, (value, r) => (value > 0 && z[r]! > 0 ? 3 : 0) + 0.5 * noise[r]!);
    const opened = openEnsemble(boosted(y).ensemble, 2);
    for (const own of [-1, 0.7, NONE]) {
      const grid = [new Float64Array(50).fill(own), Float64Array.from(z.slice(0, 50))];
      const [once, each] = [new Float64Array(50), new Float64Array(50)];
      opened.add(grid, Uint8Array.from([1, 0]), 50, once);
      opened.add(grid, new Uint8Array(2), 50, each);
      once.forEach((value, m) => {
        expect(value).toBeCloseTo(each[m]!, 12);
      });
    }
  });

  test("in pure noise there are no trees in at least 9 of 10 samples", () => {
    let none = 0;
    for (let s = 0; s < 10; s++) {
      const draw = createRng(100 + s);
      if (boosted(noise.map(() => draw.normal())).ensemble.roots.length === 0) none++;
    }
    expect(none).toBeGreaterThanOrEqual(9);
  });

  test("trees that point backwards or ask for unknown features are refused", () => {
    const leaf = { roots: [0], feature: [0], threshold: [0], left: [0], right: [0], missing: [0], value: [1] };
    expect(() => openEnsemble(leaf, 1)).toThrow(/must be trees/);
    expect(() => openEnsemble({ ...leaf, feature: [-1], roots: [3] }, 1)).toThrow(/must be trees/);
  });
});

describe("tables of trees", () => {
  const FEATURES = 6;
  /** A tree of random questions, some of which only set the missing apart. */
  function randomTrees(rng: Rng, trees: number, depth: number, cuts: number): TreeEnsemble {
    const ensemble: TreeEnsemble = {
      roots: [],
      feature: [],
      threshold: [],
      left: [],
      right: [],
      missing: [],
      value: [],
    };
    const grow = (level: number): number => {
      const node = ensemble.feature.length;
      const leaf = level === 0 || rng.uniform() < 0.15;
      ensemble.feature.push(leaf ? -1 : rng.integer(FEATURES));
      ensemble.threshold.push(rng.uniform() < 0.1 ? Number.MAX_VALUE : -2 + (4 * rng.integer(cuts)) / cuts);
      for (const list of [ensemble.left, ensemble.right, ensemble.missing]) list.push(0);
      ensemble.value.push(rng.normal());
      if (leaf) return node;
      ensemble.left[node] = grow(level - 1);
      ensemble.right[node] = grow(level - 1);
      ensemble.missing[node] = grow(level - 1);
      return node;
    };
    for (let t = 0; t < trees; t++) ensemble.roots.push(grow(depth));
    return ensemble;
  }

  test("give the bits that walking the trees gives, whatever the questions, the missing values and the number of histories", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(3, 9, 31, 60),
        (seed, trees, depth, cuts) => {
          const rng = createRng(seed);
          const opened = openEnsemble(randomTrees(rng, trees, depth, cuts), FEATURES);
          const count = 300;
          const shared = Uint8Array.from({ length: FEATURES }, () => (rng.uniform() < 0.3 ? 1 : 0));
          const holes = rng.uniform() < 0.2;
          const features = Array.from(shared, (one) => {
            const first = rng.uniform() < 0.1 ? NONE : rng.normal();
            return Float64Array.from({ length: count }, () =>
              one === 1 ? first : holes && rng.uniform() < 0.05 ? NONE : Math.round(8 * rng.normal()) / 8,
            );
          });
          const together = new Float64Array(count).fill(0.1);
          opened.add(features, shared, count, together);
          for (let m = 0; m < count; m++) {
            const own = Float64Array.of(0.1);
            opened.add(
              features.map((column) => column.slice(m, m + 1)),
              shared,
              1,
              own,
            );
            expect(together[m]).toBe(own[0]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
