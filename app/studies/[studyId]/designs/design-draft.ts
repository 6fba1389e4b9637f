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
  readonly efficacy: "fixed" | "spending";
  readonly efficacySpending: SpendingDraft;
  readonly futility: TrialDesign["futility"]["kind"];
  readonly futilitySpending: SpendingDraft;
  readonly futilityPower: Typed;
  /** One z per interim look, "none" where there is no bound. */
  readonly futilityBounds: string;
  readonly binding: boolean;
}

const spendingDefaults: SpendingDraft = { family: "lan-demets-obrien-fleming", gamma: -4, rho: 3, nu: 0.8 };

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
    efficacy: efficacy.kind,
    efficacySpending: efficacy.kind === "spending" ? spendingDraft(efficacy.spending) : spendingDefaults,
    futility: futility.kind,
    futilitySpending: futility.kind === "beta-spending" ? spendingDraft(futility.spending) : spendingDefaults,
    futilityPower: futility.kind === "beta-spending" ? futility.power : 0.9,
    futilityBounds:
      futility.kind === "z-scale"
        ? futility.bounds.map((bound) => (bound === null ? "none" : String(bound))).join(", ")
        : "0",
    binding: futility.kind === "none" ? false : futility.binding,
  };
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
    efficacy:
      draft.efficacy === "fixed"
        ? { kind: "fixed" }
        : { kind: "spending", spending: spendingOf(draft.efficacySpending) },
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
  if (futility !== "z-scale") return { futility };
  const interims = Math.max(0, parts(draft.looks).length - 1);
  const fits = parts(draft.futilityBounds).length === interims;
  return { futility, ...(fits ? {} : { futilityBounds: Array.from({ length: interims }, () => "0").join(", ") }) };
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

function futilityOf(draft: DesignDraft): unknown {
  switch (draft.futility) {
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
        bounds: parts(draft.futilityBounds.replaceAll("−", "-")).map((part) =>
          /^(none|–|—|-)$/i.test(part) ? null : Number(part),
        ),
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
  if (issue.path.includes("bounds")) return 'One z per interim look, or "none"';
  if (issue.path.includes("power")) return "Between 0 and 1";
  return issue.code === "invalid_type" ? "A number" : issue.message;
}
