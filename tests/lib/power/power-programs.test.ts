import { describe, expect, it } from "vitest";
import { computePower } from "../../../lib/power/compute-power.ts";
import { type PowerSpecInput, powerSpecSchema } from "../../../lib/power/power-spec.ts";
import { hasR } from "../../support/run-r-program.ts";
import { runR } from "./run-printed-program.ts";

/** Specifications of every method, convention and question; each printed R program is run and must give the report's answers. */
const specs: readonly PowerSpecInput[] = [
  ...(["noncentral-t", "noncentral-t-both-tails", "normal", "guenther-schouten"] as const).flatMap(
    (convention): PowerSpecInput[] => [
      {
        method: "two-means",
        effect: [1, -0.6],
        nullValue: 0.2,
        standardDeviation: 1.7,
        ratio: [1, 2.5],
        sides: 2,
        convention,
      },
      {
        method: "two-means",
        solveFor: "power",
        effect: 0.8,
        standardDeviation: 1.7,
        total: [40, 90],
        ratio: 2,
        sides: 2,
        alpha: 0.1,
        convention,
      },
      {
        method: "two-means",
        solveFor: "effect",
        direction: "less",
        standardDeviation: 1.7,
        experimental: 40,
        control: 31,
        convention,
      },
      {
        method: "two-means",
        solveFor: "alpha",
        effect: 0.8,
        standardDeviation: 1.7,
        experimental: 40,
        control: 31,
        power: 0.8,
        convention,
      },
      { method: "one-mean", effect: [0.5, 0.9], standardDeviation: 1.3, sides: 2, convention },
      {
        method: "one-mean",
        data: "paired",
        solveFor: "power",
        effect: 0.5,
        standardDeviation: 1.3,
        total: 23,
        convention,
      },
      {
        method: "ancova",
        effect: 0.3,
        standardDeviation: 1,
        rSquared: [0, 0.36],
        correlationDiscount: 0.9,
        controlSdInflation: 1.2,
        covariates: 3,
        ratio: 2,
        convention,
      },
    ],
  ),
  ...(["exact", "exact-both-tails", "satterthwaite", "normal"] as const).flatMap((convention): PowerSpecInput[] => [
    { method: "welch", effect: 5, experimentalSd: 8, controlSd: [5, 9], ratio: 2, sides: 2, power: 0.8, convention },
    {
      method: "welch",
      solveFor: "power",
      effect: 5,
      experimentalSd: 8,
      controlSd: 3,
      experimental: 14,
      control: 6,
      convention,
    },
  ]),
  ...(["owens-q", "noncentral-t", "normal"] as const).flatMap((convention): PowerSpecInput[] => [
    {
      method: "equivalence-means",
      design: "crossover",
      scale: "ratio",
      effect: 0.95,
      lower: 0.8,
      upper: 1.25,
      coefficientOfVariation: [0.2, 0.3],
      alpha: 0.05,
      power: 0.8,
      rounding: "whole-blocks",
      convention,
    },
    { method: "equivalence-means", effect: 0.1, lower: -1, upper: 1, standardDeviation: 1.4, ratio: 2, convention },
    {
      method: "equivalence-means",
      design: "paired",
      effect: 0.1,
      lower: -1,
      upper: 1,
      standardDeviation: 1.4,
      convention,
    },
    {
      method: "equivalence-means",
      solveFor: "effect",
      lower: -1,
      upper: 1.2,
      standardDeviation: 1.4,
      total: 120,
      convention,
    },
    {
      method: "equivalence-means",
      solveFor: "power",
      effect: 0.3,
      lower: -1,
      upper: 1,
      standardDeviation: 1.4,
      total: [12, 40],
      convention,
    },
  ]),
  { method: "wilcoxon", effect: [0.6, 0.35], ratio: 2 },
  { method: "wilcoxon", solveFor: "effect", direction: "less", total: 100 },
  ...(["risk-difference", "risk-ratio", "odds-ratio"] as const).flatMap((measure): PowerSpecInput[] => [
    ...(["pooled", "unpooled"] as const).flatMap((convention): PowerSpecInput[] => [
      {
        method: "two-rates",
        measure,
        experimentalRate: [0.4, 0.15],
        controlRate: 0.25,
        ratio: [1, 2],
        sides: 2,
        convention,
      },
      {
        method: "two-rates",
        measure,
        experimentalRate: 0.4,
        controlRate: 0.38,
        nullValue: measure === "risk-difference" ? -0.1 : 0.7,
        convention,
      },
      {
        method: "two-rates",
        measure,
        solveFor: "effect",
        controlRate: 0.38,
        total: 200,
        ratio: 0.5,
        direction: "less",
        convention,
      },
      {
        method: "two-rates",
        measure,
        solveFor: "alpha",
        experimentalRate: 0.5,
        controlRate: 0.38,
        total: 200,
        power: 0.7,
        convention,
      },
    ]),
    ...(["farrington-manning", "unpooled"] as const).map(
      (convention): PowerSpecInput => ({
        method: "equivalence-rates",
        measure,
        experimentalRate: 0.52,
        controlRate: 0.5,
        lower: measure === "risk-difference" ? -0.15 : 0.7,
        upper: measure === "risk-difference" ? 0.15 : 1.4,
        convention,
      }),
    ),
  ]),
  ...(["continuity-corrected", "arcsine"] as const).map(
    (convention): PowerSpecInput => ({
      method: "two-rates",
      experimentalRate: [0.4, 0.15],
      controlRate: 0.25,
      ratio: [1, 2],
      convention,
    }),
  ),
  ...(["null-variance", "true-variance", "arcsine", "exact-binomial"] as const).flatMap(
    (convention): PowerSpecInput[] => [
      { method: "one-rate", rate: [0.35, 0.1], nullValue: 0.2, power: 0.8, convention },
      { method: "one-rate", solveFor: "power", rate: 0.35, nullValue: 0.2, total: [30, 60], sides: 2, convention },
    ],
  ),
  { method: "one-rate", rate: 0.35, nullValue: 0.2, power: 0.8, convention: "exact-binomial", exactSize: "first" },
  ...(["fisher", "z-pooled", "z-unpooled", "boschloo", "z-pooled-exact"] as const).flatMap(
    (convention): PowerSpecInput[] => [
      {
        method: "exact-rates",
        solveFor: "power",
        experimentalRate: 0.6,
        controlRate: 0.2,
        experimental: 12,
        control: [9, 14],
        convention,
      },
      {
        method: "exact-rates",
        solveFor: "power",
        experimentalRate: 0.15,
        controlRate: 0.6,
        experimental: 13,
        control: 9,
        sides: 2,
        convention,
      },
    ],
  ),
  { method: "exact-rates", experimentalRate: 0.75, controlRate: 0.2, power: 0.8, ratio: 2, convention: "fisher" },
  {
    method: "exact-rates",
    experimentalRate: 0.75,
    controlRate: 0.2,
    power: 0.8,
    exactSize: "first",
    convention: "z-pooled",
  },
  ...(["true-rates", "control-rate", "restricted"] as const).flatMap((convention): PowerSpecInput[] => [
    {
      method: "two-counts",
      rateRatio: [0.7, 1.4],
      controlRate: 0.8,
      dispersion: [0, 0.7],
      exposure: 1.5,
      ratio: 2,
      convention,
    },
    { method: "two-counts", rateRatio: 0.95, controlRate: 0.8, dispersion: 0.7, nullValue: 1.25, convention },
    { method: "two-counts", solveFor: "effect", controlRate: 0.8, dispersion: 0.7, total: 300, convention },
  ]),
  ...(["normal", "noncentral-t"] as const).flatMap((convention): PowerSpecInput[] => [
    {
      method: "repeated-measures",
      structure: "ar1",
      rho: [0.3, 0.7],
      times: [1, 2, 4],
      retention: [1, 0.9, 0.7],
      standardDeviation: 2,
      effect: 1,
      ratio: 2,
      rSquared: 0.2,
      convention,
    },
    {
      method: "repeated-measures",
      solveFor: "power",
      structure: "matrix",
      correlation: [
        [1, 0.5, 0.3],
        [0.5, 1, 0.6],
        [0.3, 0.6, 1],
      ],
      retention: [1, 0.9, 0.7],
      controlRetention: [0.95, 0.9, 0.8],
      standardDeviation: 2,
      controlSd: 3,
      effect: 1,
      total: 120,
      sides: 2,
      convention,
    },
  ]),
  ...(["completers-information", "full-likelihood", "common-baseline", "average"] as const).flatMap(
    (convention): PowerSpecInput[] => [
      {
        method: "slopes",
        times: [0, 0.5, 1, 2],
        lastVisit: [0.1, 0.1, 0.1, 0.7],
        slopeVariance: 0.4,
        interceptVariance: 1,
        interceptSlopeCovariance: [0, 0.1],
        residualVariance: 1.5,
        effect: 0.4,
        ratio: 2,
        convention,
      },
      { method: "slopes", times: [0, 1, 2], covariance: "ar1", variance: 2, rho: 0.6, effect: 0.3, convention },
    ],
  ),
];

describe.skipIf(!hasR([]))("the printed R program gives the answers of the report", () => {
  const parsed = specs.map((spec) => powerSpecSchema.parse(spec));
  const reports = parsed.map((spec) => computePower(spec));
  const printed = runR(reports.map(({ code }) => code.r));
  it.each(parsed.map((spec, i) => [`${spec.method} ${spec.solveFor} ${spec.convention}`, i] as const))(
    "%s (%i)",
    (_, i) => {
      const report = reports[i]!;
      const table = printed[i]!;
      expect(table.rows.length).toBe(report.results.rows.length);
      for (const [column, key] of table.columns.entries()) {
        const at = report.resultKeys.indexOf(key);
        expect(at, key).toBeGreaterThanOrEqual(0);
        for (const [row, cells] of table.rows.entries()) {
          const [ours, theirs] = [report.results.rows[row]![at], cells[column]];
          if (theirs === null) expect(ours).toBeNull();
          else
            expect(Math.abs((ours as number) - theirs!), `${key}: ${ours} against ${theirs}`).toBeLessThan(
              Math.max(2e-7 * Math.abs(theirs!), 1e-9),
            );
        }
      }
    },
  );
});
