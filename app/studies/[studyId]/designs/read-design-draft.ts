import { type TrialDesign, trialDesignSchema } from "../../../../lib/simulation/simulation-document.ts";
import {
  type BoundaryDraft,
  type DesignDraft,
  draftOf,
  parts,
  type SpendingDraft,
  startingDesign,
} from "./design-draft.ts";

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
    ...(draft.efficacy === "fixed" || draft.efficacyAt.trim() === ""
      ? {}
      : { efficacyLooks: chosenLooks(draft.efficacyAt, looksOf(draft, saved).length) }),
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
    case "user-defined":
      return { family: draft.family, points: pointsOf(draft.points) };
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
        ...(draft.futilityAt.trim() === ""
          ? {}
          : { looks: chosenLooks(draft.futilityAt, Math.max(0, parts(draft.looks).length - 1)) }),
      };
    case "pampallona-tsiatis":
      return {
        kind: "pampallona-tsiatis",
        shape: draft.futilityShape,
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
  if (/efficacyLooks|^tested/.test(text)) return "efficacyAt";
  if (/futility\.looks/.test(text)) return "futilityAt";
  if (/futility\.shape/.test(text)) return "futilityShape";
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

/** A choice for each of some looks from their numbers; a number that is none of them makes the list one too long. */
function chosenLooks(text: string, looks: number): boolean[] | undefined {
  const numbers = parts(text).map(Number);
  if (numbers.length === 0) return undefined;
  const chosen = Array.from({ length: looks }, (_, k) => numbers.includes(k + 1));
  return numbers.every((look) => Number.isInteger(look) && look >= 1 && look <= looks) ? chosen : [...chosen, false];
}
