import { describe, expect, it } from "vitest";
import { boundsOfDesign, designGroupSequential } from "../../../lib/design/group-sequential-design.ts";
import { powerOfDesign } from "../../../lib/design/power-of-design.ts";
import { describeDesign } from "../../../lib/simulation/describe-design.ts";
import { prepareCell } from "../../../lib/simulation/prepared-cell.ts";
import { simulateChunk } from "../../../lib/simulation/simulate-chunk.ts";
import { type TrialDesign, trialDesignSchema } from "../../../lib/simulation/simulation-document.ts";
import { planOfTrialDesign, stoppingBounds } from "../../../lib/simulation/stopping-rule.ts";
import { summarizeSimulation } from "../../../lib/simulation/summarize-simulation.ts";
import { FIXTURE_COVARIANCE, frozenModel, scenario, simulationSpec, trialDesign } from "./simulation-fixtures.ts";

const handmade = {
  family: "user-defined",
  points: [
    { informationFraction: 0.5, share: 0.3 },
    { informationFraction: 1, share: 1 },
  ],
} as const;
const looks = { experimental: 100, control: 100, lookFractions: [0.4, 0.7, 1] };
const spending = { kind: "spending", spending: { family: "lan-demets-obrien-fleming" } } as const;

/** Every rule that a simulated design can have beyond the usual ones. */
const designs: readonly [string, Partial<TrialDesign>][] = [
  ["spending by hand", { efficacy: { kind: "boundary", boundary: { ...handmade, points: [...handmade.points] } } }],
  ["Wang-Tsiatis", { efficacy: { kind: "boundary", boundary: { family: "wang-tsiatis", shape: 0.3 } } }],
  ["skipped efficacy look", { efficacy: spending, efficacyLooks: [false, true, true] }],
  [
    "skipped futility look",
    {
      efficacy: spending,
      futility: {
        kind: "beta-spending",
        spending: { family: "lan-demets-pocock" },
        power: 0.9,
        binding: false,
        looks: [false, true],
      },
    },
  ],
  [
    "futility by beta spending alone",
    { futility: { kind: "beta-spending", spending: { family: "kim-demets", rho: 2 }, power: 0.85, binding: true } },
  ],
  [
    "type II error by hand",
    {
      efficacy: spending,
      futility: {
        kind: "beta-spending",
        spending: { ...handmade, points: [...handmade.points] },
        power: 0.9,
        binding: true,
      },
    },
  ],
  [
    "Pampallona-Tsiatis, binding",
    {
      efficacy: { kind: "boundary", boundary: { family: "wang-tsiatis", shape: 0.1 } },
      futility: { kind: "pampallona-tsiatis", shape: 0.2, power: 0.9, binding: true },
    },
  ],
  [
    "Pampallona-Tsiatis beside alpha spending",
    { efficacy: spending, futility: { kind: "pampallona-tsiatis", shape: 0, power: 0.8, binding: false } },
  ],
  ...(
    [
      "z",
      "p-value",
      "effect-share",
      "conditional-power-design-effect",
      "conditional-power-trend",
      "predictive-power",
    ] as const
  ).map((scale): [string, Partial<TrialDesign>] => [
    `futility on the scale ${scale}`,
    {
      efficacy: spending,
      futility: {
        kind: "scale",
        scale,
        bounds: scale === "p-value" ? [0.6, 0.3] : [0.1, 0.3],
        power: 0.9,
        binding: false,
      },
    },
  ]),
];

describe("every boundary of a simulated design", () => {
  it.each(designs)("%s: the bounds and probabilities of the calculation", (_, change) => {
    const design = trialDesignSchema.parse(trialDesign({ ...looks, ...change }));
    const bounds = stoppingBounds(design);
    const plan = designGroupSequential(planOfTrialDesign(design, bounds.informationFractions));
    const calculated = boundsOfDesign(plan);
    calculated.upper.forEach((bound, k) => {
      expect(bounds.upper[k]).toBeCloseTo(bound, 9);
      expect(bounds.lower[k]).toBeCloseTo(calculated.lower[k]!, 9);
    });
    const powered = design.futility.kind !== "none" && design.futility.kind !== "z-scale";
    if (powered) expect(powerOfDesign(bounds, plan.drift).power).toBeCloseTo(plan.spec.power, 9);
    const description = describeDesign(design);
    expect(description.looks.at(-1)!.alphaSpent).toBeLessThan(0.025 + 1e-9);
    expect(JSON.stringify(description)).not.toMatch(/null,"efficacyUnderNull"|NaN/);
  });

  it("a trial simulated with them stops as the theory says, within Monte Carlo error", () => {
    const replicates = 1500;
    const chosen = designs.filter(([name]) => /Pampallona|skipped|alone/.test(name));
    const spec = {
      ...simulationSpec(
        chosen.map(([name, change], k) => trialDesign({ ...looks, ...change, id: `d${k}`, name })),
        [scenario({ id: "effect", effect: -0.7 })],
      ),
      replicates,
    };
    const model = frozenModel(FIXTURE_COVARIANCE);
    const tallies = chosen.map((_, cell) => simulateChunk(spec, model, cell, 0, replicates));
    const { cells } = summarizeSimulation(spec, model, tallies);
    cells.forEach((cell, k) => {
      const { analytic } = cell;
      expect(analytic, chosen[k]![0]).not.toBeNull();
      const within = (found: number, expected: number, what: string) =>
        expect(Math.abs(found - expected), `${chosen[k]![0]}: ${what} ${found} against ${expected}`).toBeLessThan(
          4 * Math.sqrt(Math.max(expected * (1 - expected), 1e-3) / replicates),
        );
      within(cell.rejection.value, analytic!.rejection, "rejection");
      cell.looks.forEach((look, j) => {
        within(look.stopEfficacy.value, analytic!.stopEfficacy[j]!, `efficacy at look ${j + 1}`);
        if (j < 2) within(look.stopFutility.value, analytic!.stopFutility[j]!, `futility at look ${j + 1}`);
      });
      expect(prepareCell(spec, model, k).bounds.upper).toHaveLength(3);
    });
  });

  it("a two-sided test is refused with what to do instead", () => {
    const parsed = trialDesignSchema.safeParse({ ...trialDesign(looks), sides: "symmetric-two-sided" });
    expect(parsed.error?.issues[0]?.path).toEqual(["sides"]);
    expect(parsed.error?.issues[0]?.message).toMatch(/half the two-sided error as oneSidedAlpha/);
  });
});
