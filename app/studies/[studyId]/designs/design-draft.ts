import type { BoundScale } from "../../../../lib/design/futility-scale.ts";
import type { SpendingFunction } from "../../../../lib/design/spending-function.ts";
import { type TrialDesign, trialDesignSchema } from "../../../../lib/simulation/simulation-document.ts";

type Typed = number | string;

/** A spending function as it stands in the form: every family's parameter is remembered, only one is used. */
export interface SpendingDraft {
  readonly family: SpendingFunction["family"];
  readonly gamma: Typed;
  readonly rho: Typed;
  readonly nu: Typed;
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
  readonly futility: TrialDesign["futility"]["kind"];
  readonly futilitySpending: SpendingDraft;
  readonly futilityPower: Typed;
  readonly futilityScale: BoundScale;
  /** One value per interim look on the scale chosen (z by default), "none" where there is no bound. */
  readonly futilityBounds: string;
  readonly binding: boolean;
}

const spendingDefaults: SpendingDraft = { family: "lan-demets-obrien-fleming", gamma: -4, rho: 3, nu: 0.8 };

const boundaryDefaults: BoundaryDraft = {
  family: "obrien-fleming",
  shape: 0.25,
  interimBound: 3,
  points: "0.5: 0.2, 1: 1",
};

const startingDesign: TrialDesign = {
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
    futility: futility.kind,
    futilitySpending: futility.kind === "beta-spending" ? spendingDraft(futility.spending) : spendingDefaults,
    futilityPower: futility.kind === "beta-spending" || futility.kind === "scale" ? futility.power : 0.9,
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
      const points = boundary.points.map((point) => `${point.informationFraction}: ${point.share}`).join(", ");
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

function spendingDraft(spending: SpendingFunction): SpendingDraft {
  return { ...spendingDefaults, ...spending };
}

export type DraftReading =
  | { readonly ok: true; readonly design: TrialDesign }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** The design that a draft stands for, or what is wrong with it, field by field. */
export function readDraft(draft: DesignDraft, saved?: TrialDesign): DraftReading {
  const candidate = {
    id: draft.id,
    name: draft.name.trim(),
    experimental: draft.experimental,
    control: draft.control,
    oneSidedAlpha: draft.oneSidedAlpha,
    analysis: draft.analysis,
    lookFractions: looksOf(draft, saved),
    efficacy: efficacyOf(draft),
    futility: futilityOf(draft),
  };
  const parsed = trialDesignSchema.safeParse(candidate);
  if (parsed.success) return { ok: true, design: parsed.data };
  const errors: Record<string, string> = {};
  for (const issue of parsed.error.issues) errors[fieldOf(issue.path.map(String))] ??= sentence(issue);
  return { ok: false, errors };
}

/** Untouched text keeps the saved fractions to their last digit: 1/3 is printed as 0.333333. */
function looksOf(draft: DesignDraft, saved: TrialDesign | undefined): number[] {
  if (saved !== undefined && draftOf(saved).looks === draft.looks) return saved.lookFractions;
  return parts(draft.looks).map(fractionOf);
}

function fractionOf(text: string): number {
  const [over, under, ...rest] = text.split("/");
  if (under === undefined || rest.length > 0) return Number(text);
  return Number(over) / Number(under);
}

/** A change of the futility rule; z values begin at 0 for every interim look. */
export function withFutility(draft: DesignDraft, futility: DesignDraft["futility"]): Partial<DesignDraft> {
  if (futility !== "z-scale" && futility !== "scale") return { futility };
  const interims = Math.max(0, parts(draft.looks).length - 1);
  const fits = parts(draft.futilityBounds).length === interims && draft.futility === futility;
  const first = futility === "scale" ? "0.2" : "0";
  return { futility, ...(fits ? {} : { futilityBounds: Array.from({ length: interims }, () => first).join(", ") }) };
}

function parts(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}

function spendingOf(draft: SpendingDraft): unknown {
  switch (draft.family) {
    case "lan-demets-obrien-fleming":
    case "lan-demets-pocock":
      return { family: draft.family };
    case "hwang-shih-decani":
      return { family: draft.family, gamma: draft.gamma };
    case "kim-demets":
      return { family: draft.family, rho: draft.rho };
    case "exponential":
      return { family: draft.family, nu: draft.nu };
  }
}

function efficacyOf(draft: DesignDraft): unknown {
  switch (draft.efficacy) {
    case "fixed":
      return { kind: "fixed" };
    case "spending":
      return { kind: "spending", spending: spendingOf(draft.efficacySpending) };
    case "boundary":
      return { kind: "boundary", boundary: boundaryOf(draft.efficacyBoundary) };
  }
}

function boundaryOf({ family, shape, interimBound, points }: BoundaryDraft): unknown {
  switch (family) {
    case "obrien-fleming":
    case "pocock":
      return { family };
    case "wang-tsiatis":
      return { family, shape };
    case "haybittle-peto":
      return { family, interimBound };
    case "user-defined":
      return { family, points: pointsOf(points) };
  }
}

/** "0.5: 0.2, 1: 1" */
function pointsOf(text: string): unknown[] {
  return text
    .split(/[,;]/)
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [fraction = "", share = ""] = part.split(":");
      return { informationFraction: fractionOf(fraction.trim()), share: Number(share.trim() || "NaN") };
    });
}

/** Values of the interim looks; null for "none". */
function boundsOf(text: string): (number | null)[] {
  return parts(text.replaceAll("−", "-")).map((part) => (/^(none|–|—|-)$/i.test(part) ? null : Number(part)));
}

function futilityOf(draft: DesignDraft): unknown {
  switch (draft.futility) {
    case "scale":
      return {
        kind: "scale",
        scale: draft.futilityScale,
        bounds: boundsOf(draft.futilityBounds),
        power: draft.futilityPower,
        binding: draft.binding,
      };
    case "none":
      return { kind: "none" };
    case "beta-spending":
      return {
        kind: "beta-spending",
        spending: spendingOf(draft.futilitySpending),
        power: draft.futilityPower,
        binding: draft.binding,
      };
    case "z-scale":
      return {
        kind: "z-scale",
        bounds: boundsOf(draft.futilityBounds),
        binding: draft.binding,
      };
  }
}

/** The form's field that a path of the document, or of the engine's refusal, belongs to. */
export function fieldOf(path: readonly string[]): string {
  const text = path.join(".");
  if (/lookFractions/.test(text)) return "looks";
  if (/^futility.*bounds/.test(text) || /futility\.(bounds|values)/.test(text)) return "futilityBounds";
  if (/futility\.power/.test(text) || text === "power") return "futilityPower";
  if (/efficacy\.boundary\.points|^spending\.points/.test(text)) return "efficacyBoundary.points";
  if (/efficacy\.boundary|^boundary\./.test(text)) return `efficacyBoundary.${path.at(-1) ?? ""}`;
  if (/efficacy\.spending/.test(text)) return `efficacySpending.${path.at(-1) ?? ""}`;
  if (/futility\.spending/.test(text)) return `futilitySpending.${path.at(-1) ?? ""}`;
  return path.find((part) => part in startingDesign) ?? "";
}

function sentence(issue: {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): string {
  const field = String(issue.path[0] ?? "");
  if (field === "name") return "Give the design a name of at most 80 characters";
  if (field === "experimental" || field === "control") return "A whole number of at least 2";
  if (field === "oneSidedAlpha") return "Greater than 0 and less than 0.5";
  if (field === "lookFractions") return "Up to 10 fractions that increase to 1, such as 0.5, 1";
  if (issue.path.includes("bounds")) return 'One value per interim look, or "none"';
  if (issue.path.includes("points"))
    return 'Pairs such as "0.5: 0.2, 1: 1": information fraction and share of the error';
  if (issue.path.includes("power")) return "Between 0 and 1";
  return issue.code === "invalid_type" ? "A number" : issue.message;
}
