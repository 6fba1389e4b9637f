import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adjustHypotheses } from "../../../lib/multiplicity/adjust-hypotheses.ts";
import { graphicalProcedure, type HypothesisGraph, withoutHypothesis } from "../../../lib/multiplicity/graph.ts";
import { type MultiplicityProcedure, multiplicitySpecSchema } from "../../../lib/multiplicity/multiplicity-spec.ts";
import { reportMultiplicity } from "../../../lib/multiplicity/report-multiplicity.ts";
import { hasR } from "../../support/run-r-program.ts";

const pLists = fc.array(fc.double({ min: 0.0001, max: 0.2, noNaN: true }), { minLength: 2, maxLength: 5 });

/** Any admissible graph of m hypotheses. */
const graphs = (m: number): fc.Arbitrary<HypothesisGraph> =>
  fc
    .tuple(
      fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: m, maxLength: m }),
      fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: m, maxLength: m }), {
        minLength: m,
        maxLength: m,
      }),
    )
    .map(([weights, rows]) => {
      const total = weights.reduce((a, b) => a + b, 0);
      return {
        weights: weights.map((weight) => weight / total),
        transitions: rows.map((row, i) => {
          const others = row.map((value, j) => (i === j ? 0 : value));
          const sum = others.reduce((a, b) => a + b, 0);
          return sum === 0 ? others : others.map((value) => value / (sum * 1.0000001));
        }),
      };
    });

describe("graphical procedures", () => {
  it("are the closed test of their weighted Bonferroni tests", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 4 })
          .chain((m) =>
            fc.tuple(
              graphs(m),
              fc.array(fc.double({ min: 0.001, max: 0.2, noNaN: true }), { minLength: m, maxLength: m }),
            ),
          ),
        ([graph, p]) => {
          const m = p.length;
          // Adjusted p-value: the largest over all intersections that contain the hypothesis.
          const closed = p.map(() => 0);
          for (let mask = 1; mask < 1 << m; mask++) {
            let reduced = graph;
            const gone = new Array<boolean>(m).fill(false);
            for (let i = 0; i < m; i++)
              if (((mask >> i) & 1) === 0) {
                reduced = withoutHypothesis(reduced, i, gone);
                gone[i] = true;
              }
            const value = Math.min(
              1,
              ...p.flatMap((pi, i) => ((mask >> i) & 1 && reduced.weights[i]! > 0 ? [pi / reduced.weights[i]!] : [])),
            );
            for (let i = 0; i < m; i++) if ((mask >> i) & 1) closed[i] = Math.max(closed[i]!, value);
          }
          graphicalProcedure(graph, p, 0.05).adjustedPValues.forEach((value, i) => {
            expect(value).toBeCloseTo(closed[i]!, 9);
          });
        },
      ),
      { seed: 31, numRuns: 60 },
    );
  });

  it("give the example of Bretz et al. (2009): two primary, two secondary hypotheses", () => {
    const graph = {
      weights: [0.5, 0.5, 0, 0],
      transitions: [
        [0, 0.5, 0.5, 0],
        [0.5, 0, 0, 0.5],
        [0, 1, 0, 0],
        [1, 0, 0, 0],
      ],
    };
    const { adjustedPValues, rejected, steps } = graphicalProcedure(graph, [0.01, 0.005, 0.01, 0.5], 0.025);
    expect(rejected).toEqual([true, true, true, false]);
    expect(steps.map((step) => step.rejected)).toEqual([1, 0, 2]);
    expect(adjustedPValues[1]).toBeCloseTo(0.01, 12);
    // After both primary hypotheses the weight has gone to the secondary ones.
    expect(steps[1]!.graph.weights[2]! + steps[1]!.graph.weights[3]!).toBeCloseTo(1, 12);
  });

  it("one rejected more never takes back another: smaller p-values give no larger adjusted ones", () => {
    fc.assert(
      fc.property(pLists, fc.nat(4), (p, which) => {
        const procedure: MultiplicityProcedure = { procedure: "holm" };
        const smaller = p.map((value, i) => (i === which % p.length ? value / 2 : value));
        const [one, other] = [p, smaller].map((list) => adjustHypotheses(procedure, list, 0.05).adjustedPValues);
        other!.forEach((value, i) => {
          expect(value).toBeLessThanOrEqual(one![i]! + 1e-12);
        });
      }),
      { seed: 32 },
    );
  });
});

describe("Hochberg and Hommel", () => {
  it("Hommel is the closed Simes test; Hommel ≤ Hochberg ≤ Holm ≤ Bonferroni", () => {
    fc.assert(
      fc.property(pLists, (p) => {
        const at = (procedure: MultiplicityProcedure["procedure"]) =>
          adjustHypotheses({ procedure } as MultiplicityProcedure, p, 0.05).adjustedPValues;
        const closed = p.map(() => 0);
        for (let mask = 1; mask < 1 << p.length; mask++) {
          const members = p.filter((_, i) => (mask >> i) & 1).sort((a, b) => a - b);
          const simes = Math.min(...members.map((value, j) => (members.length * value) / (j + 1)));
          p.forEach((_, i) => {
            if ((mask >> i) & 1) closed[i] = Math.max(closed[i]!, Math.min(1, simes));
          });
        }
        const chain = [at("hommel"), at("hochberg"), at("holm"), at("bonferroni")];
        closed.forEach((value, i) => {
          expect(chain[0]![i]).toBeCloseTo(value, 10);
          for (let k = 1; k < 4; k++) expect(chain[k]![i]!).toBeGreaterThanOrEqual(chain[k - 1]![i]! - 1e-12);
        });
      }),
      { seed: 33, numRuns: 60 },
    );
  });
});

describe("reports", () => {
  const hypotheses = [
    { name: "Primary", pValue: 0.01 },
    { name: 'Key "secondary"', pValue: 0.005 },
    { name: "Other", pValue: 0.1 },
  ];
  const procedures = [
    { procedure: "holm" },
    { procedure: "holm", weights: [0.5, 0.3, 0.2] },
    { procedure: "hochberg" },
    { procedure: "hommel" },
    { procedure: "fixed-sequence" },
    { procedure: "fallback", weights: [0.5, 0.3, 0.2] },
  ];
  it.skipIf(!hasR([]))("the printed R programs give the adjusted p-values", () => {
    for (const procedure of procedures) {
      const report = reportMultiplicity(
        multiplicitySpecSchema.parse({ method: "multiplicity", procedure, hypotheses }),
      );
      const program = `${report.code.r}\ncat("@@", format(adjusted, digits = 15), "\\n")`;
      const { stdout } = spawnSync("Rscript", ["--vanilla", "-e", program], { encoding: "utf8" });
      const printed = stdout.split("@@ ")[1]!.trim().split(/\s+/).map(Number);
      report.tables[0]!.rows.forEach((row, i) => {
        expect(Math.abs((row[2] as number) - printed[i]!)).toBeLessThan(1e-12);
      });
    }
  });

  it("shows the graph after each rejection", () => {
    const report = reportMultiplicity(
      multiplicitySpecSchema.parse({ method: "multiplicity", procedure: { procedure: "fixed-sequence" }, hypotheses }),
    );
    expect(report.tables.map(({ id }) => id)).toEqual(["adjusted-p-values", "graph-start", "graph-1", "graph-2"]);
  });

  it.each([
    [{ procedure: "fallback", weights: [0.5, 0.5] }, /procedure.weights.*3 hypotheses/],
    [{ procedure: "fallback", weights: [0.6, 0.5, 0.1] }, /sum to at most 1/],
    [{ procedure: "holm", weights: [0.6, 0.4, 0] }, /weights.2/],
    [
      {
        procedure: "graphical",
        weights: [1, 0, 0],
        transitions: [
          [0, 1],
          [1, 0],
        ],
      },
      /square/,
    ],
    [
      {
        procedure: "graphical",
        weights: [1, 0, 0],
        transitions: [
          [0, 0.7, 0.7],
          [0, 0, 1],
          [0, 0, 0],
        ],
      },
      /transitions.0.*sum to at most 1/,
    ],
  ])("refuses %j", (procedure, message) => {
    const spec = multiplicitySpecSchema.parse({ method: "multiplicity", procedure, hypotheses });
    expect(() => reportMultiplicity(spec)).toThrow(message);
  });
});
