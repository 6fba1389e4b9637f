import type { BoundScale } from "../../../../lib/design/futility-scale.ts";
import type { ErrorSpending } from "../../../../lib/design/spending-function.ts";
import type { TrialDesign } from "../../../../lib/simulation/simulation-document.ts";

type Typed = number | string;

/** A spending function as it stands in the form: every family's parameter is remembered, only one is used. */
export interface SpendingDraft {
  readonly family: ErrorSpending["family"];
  readonly gamma: Typed;
  readonly rho: Typed;
  readonly nu: Typed;
  /** "0.5: 0.2, 1: 1": share of the error spent by each information fraction. */
  readonly points: string;
}

/** Boundaries of a classical shape or spent by hand, as the form offers them. */
export const boundaryFamilies = ["obrien-fleming", "pocock", "wang-tsiatis", "haybittle-peto", "user-defined"] as const;

/** A boundary as it stands in the form: every family's parameter is remembered, only one is used. */
export interface BoundaryDraft {
  readonly family: (typeof boundaryFamilies)[number];
  readonly shape: Typed;
  readonly interimBound: Typed;
  /** "0.5: 0.2, 1: 1": share of the error spent by each information fraction. */
  readonly points: string;
}

/** A design while it is being typed. */
export interface DesignDraft {
  readonly id: string;
  readonly name: string;
  readonly experimental: Typed;
  readonly control: Typed;
  readonly oneSidedAlpha: Typed;
  readonly analysis: TrialDesign["analysis"];
  /** "0.5, 1"; fractions such as 1/3 are understood. */
  readonly looks: string;
  readonly efficacy: TrialDesign["efficacy"]["kind"];
  readonly efficacySpending: SpendingDraft;
  readonly efficacyBoundary: BoundaryDraft;
  /** "1, 3": the looks that test for efficacy; blank for all. */
  readonly efficacyAt: string;
  readonly futility: TrialDesign["futility"]["kind"];
  readonly futilitySpending: SpendingDraft;
  /** "1, 2": the interim looks that spend type II error; blank for all. */
  readonly futilityAt: string;
  readonly futilityShape: Typed;
  readonly futilityPower: Typed;
  readonly futilityScale: BoundScale;
  /** One value per interim look on the scale chosen (z by default), "none" where there is no bound. */
  readonly futilityBounds: string;
  readonly binding: boolean;
}

const spendingDefaults: SpendingDraft = {
  family: "lan-demets-obrien-fleming",
  gamma: -4,
  rho: 3,
  nu: 0.8,
  points: "0.5: 0.2, 1: 1",
};

const boundaryDefaults: BoundaryDraft = {
  family: "obrien-fleming",
  shape: 0.25,
  interimBound: 3,
  points: "0.5: 0.2, 1: 1",
};

export const startingDesign: TrialDesign = {
  id: "new",
  name: "",
  experimental: 100,
  control: 100,
  oneSidedAlpha: 0.025,
  analysis: "ancova",
  lookFractions: [1],
  efficacy: { kind: "fixed" },
  futility: { kind: "none" },
};

export function draftOf(design: TrialDesign = startingDesign): DesignDraft {
  const { efficacy, futility } = design;
  return {
    id: design.id,
    name: design.name,
    experimental: design.experimental,
    control: design.control,
    oneSidedAlpha: design.oneSidedAlpha,
    analysis: design.analysis,
    looks: design.lookFractions.map((fraction) => String(Number(fraction.toPrecision(6)))).join(", "),
    ...efficacyDraft(efficacy),
    efficacyAt: looksText(design.efficacyLooks),
    futility: futility.kind,
    futilitySpending: futility.kind === "beta-spending" ? spendingDraft(futility.spending) : spendingDefaults,
    futilityAt: looksText(futility.kind === "beta-spending" ? futility.looks : undefined),
    futilityShape: futility.kind === "pampallona-tsiatis" ? futility.shape : 0,
    futilityPower: futility.kind === "none" || futility.kind === "z-scale" ? 0.9 : futility.power,
    futilityScale: futility.kind === "scale" ? futility.scale : "conditional-power-design-effect",
    futilityBounds:
      futility.kind === "z-scale" || futility.kind === "scale"
        ? futility.bounds.map((bound) => (bound === null ? "none" : String(bound))).join(", ")
        : "0",
    binding: futility.kind === "none" ? false : futility.binding,
  };
}

function efficacyDraft(
  efficacy: TrialDesign["efficacy"],
): Pick<DesignDraft, "efficacy" | "efficacySpending" | "efficacyBoundary"> {
  const start = { efficacySpending: spendingDefaults, efficacyBoundary: boundaryDefaults };
  if (efficacy.kind === "fixed") return { ...start, efficacy: "fixed" };
  if (efficacy.kind === "spending")
    return { ...start, efficacy: "spending", efficacySpending: spendingDraft(efficacy.spending) };
  const { boundary } = efficacy;
  switch (boundary.family) {
    case "final-only":
      return { ...start, efficacy: "fixed" };
    case "obrien-fleming":
    case "pocock":
    case "wang-tsiatis":
    case "haybittle-peto":
      return { ...start, efficacy: "boundary", efficacyBoundary: { ...boundaryDefaults, ...boundary } };
    case "user-defined": {
      const points = pointsText(boundary);
      return {
        ...start,
        efficacy: "boundary",
        efficacyBoundary: { ...boundaryDefaults, family: "user-defined", points },
      };
    }
    default:
      return { ...start, efficacy: "spending", efficacySpending: spendingDraft(boundary) };
  }
}

function spendingDraft(spending: ErrorSpending): SpendingDraft {
  return spending.family === "user-defined"
    ? { ...spendingDefaults, family: "user-defined", points: pointsText(spending) }
    : { ...spendingDefaults, ...spending };
}

function pointsText({ points }: Extract<ErrorSpending, { family: "user-defined" }>): string {
  return points.map((point) => `${point.informationFraction}: ${point.share}`).join(", ");
}

/** The looks for which a list of choices says yes; blank when there is no list. */
function looksText(looks: readonly boolean[] | undefined): string {
  return (looks ?? []).flatMap((chosen, k) => (chosen ? [k + 1] : [])).join(", ");
}

/** A change of the futility rule; z values begin at 0 for every interim look. */
export function withFutility(draft: DesignDraft, futility: DesignDraft["futility"]): Partial<DesignDraft> {
  if (futility !== "z-scale" && futility !== "scale") return { futility };
  const interims = Math.max(0, parts(draft.looks).length - 1);
  const fits = parts(draft.futilityBounds).length === interims && draft.futility === futility;
  const first = futility === "scale" ? "0.2" : "0";
  return { futility, ...(fits ? {} : { futilityBounds: Array.from({ length: interims }, () => first).join(", ") }) };
}

/** Words of a list typed with commas or blanks. */
export function parts(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}
