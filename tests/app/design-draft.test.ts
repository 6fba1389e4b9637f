import { describe, expect, it } from "vitest";
import { draftOf } from "../../app/studies/[studyId]/designs/design-draft.ts";
import { readDraft } from "../../app/studies/[studyId]/designs/read-design-draft.ts";
import type { TrialDesign } from "../../lib/simulation/simulation-document.ts";

const base: TrialDesign = {
  id: "design",
  name: "Design",
  experimental: 60,
  control: 60,
  oneSidedAlpha: 0.025,
  analysis: "ancova",
  lookFractions: [0.4, 0.7, 1],
  efficacy: { kind: "spending", spending: { family: "lan-demets-obrien-fleming" } },
  futility: { kind: "none" },
};
const points = [
  { informationFraction: 0.5, share: 0.2 },
  { informationFraction: 1, share: 1 },
];

const designs: readonly [string, Partial<TrialDesign>][] = [
  ["skipped looks", { efficacyLooks: [false, true, true] }],
  ["Wang–Tsiatis", { efficacy: { kind: "boundary", boundary: { family: "wang-tsiatis", shape: 0.3 } } }],
  ["error by hand", { efficacy: { kind: "boundary", boundary: { family: "user-defined", points } } }],
  ["Pampallona–Tsiatis", { futility: { kind: "pampallona-tsiatis", shape: 0.1, power: 0.85, binding: true } }],
  [
    "type II error by hand at one look",
    {
      futility: {
        kind: "beta-spending",
        spending: { family: "user-defined", points },
        power: 0.8,
        binding: false,
        looks: [false, true],
      },
    },
  ],
  [
    "predictive power",
    { futility: { kind: "scale", scale: "predictive-power", bounds: [null, 0.2], power: 0.9, binding: false } },
  ],
];

describe("the form of a design", () => {
  it.each(designs)("%s: what is read back is what was there", (_, change) => {
    const design = { ...base, ...change };
    expect(readDraft(draftOf(design), design)).toEqual({ ok: true, design });
  });
});
