import { expect, it } from "vitest";
import { boundsProgramOf } from "../../../lib/design/bounds-program.ts";
import {
  boundsOfDesign,
  designGroupSequential,
  type GroupSequentialSpec,
} from "../../../lib/design/group-sequential-design.ts";
import { wrapProgram } from "../../../lib/program-code/wrap-program.ts";
import { hasR } from "../../support/run-r-program.ts";
import { runPrintedR } from "./run-printed-r.ts";

const plan = (more: Partial<GroupSequentialSpec>): GroupSequentialSpec => ({
  oneSidedAlpha: 0.025,
  power: 0.85,
  informationFractions: [0.3, 0.7, 1],
  efficacy: { family: "lan-demets-obrien-fleming" },
  futility: { kind: "none" },
  ...more,
});
const plans: readonly (readonly [string, GroupSequentialSpec])[] = [
  ["Pocock", plan({ efficacy: { family: "pocock" } })],
  [
    "Wang–Tsiatis, binding z",
    plan({
      efficacy: { family: "wang-tsiatis", shape: 0.25 },
      futility: { kind: "z-scale", values: [0, 0.7], binding: true },
    }),
  ],
  [
    "Haybittle–Peto",
    plan({ efficacy: { family: "haybittle-peto", interimBound: 3 }, informationFractions: [0.25, 0.5, 0.75, 1] }),
  ],
  [
    "final only",
    plan({ efficacy: { family: "final-only" }, futility: { kind: "z-scale", values: [null, 0.4], binding: false } }),
  ],
  [
    "spending on both sides",
    plan({ futility: { kind: "beta-spending", spending: { family: "kim-demets", rho: 2 }, binding: true } }),
  ],
  [
    "by hand",
    plan({
      efficacy: {
        family: "user-defined",
        points: [
          { informationFraction: 0.5, share: 0.3 },
          { informationFraction: 1, share: 1 },
        ],
      },
      futility: { kind: "scale", scale: "conditional-power-trend", values: [0.1, 0.2], binding: false },
    }),
  ],
];

it.skipIf(!hasR([]))("one R program, wrapped for print, gives the bounds of plans of every kind", () => {
  const named = plans.map(([name, spec]) => {
    const bounds = boundsOfDesign(designGroupSequential(spec));
    return { name, spec, bounds, efficacy: bounds.upper.map((bound) => (bound === Infinity ? null : bound)) };
  });
  const tables = runPrintedR(wrapProgram(boundsProgramOf(named), "R", 84))
    .split("analysis")
    .slice(1);
  expect(tables).toHaveLength(named.length);
  named.forEach(({ bounds }, i) => {
    const rows = [...tables[i]!.matchAll(/^\d+ +\d+ +(.*)$/gm)].map((row) =>
      row[1]!
        .trim()
        .split(/\s+/)
        .map((word) => (word === "Inf" ? Infinity : Number(word))),
    );
    expect(rows).toHaveLength(bounds.upper.length);
    rows.forEach(([, efficacy, futility], k) => {
      expect(efficacy).toBeCloseTo(bounds.upper[k]!, 6);
      const lower = k < rows.length - 1 ? bounds.lower[k]! : -Infinity;
      if (lower === -Infinity) expect(futility).toBeNaN();
      else expect(futility).toBeCloseTo(lower, 6);
    });
  });
});
