import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { expectedGain } from "./check-sizing-spec.ts";
import { partialRSquared } from "./saving-identities.ts";
import type { SizingResult, SizingSpec } from "./sizing-document.ts";

/** Published partial correlations of prognostic scores lie between 0.30 and 0.46. */
const UNUSUAL_PARTIAL_CORRELATION = 0.5;
const IMPLAUSIBLE_PARTIAL_CORRELATION = 0.6;
const SMALL_ARM = 15;

/**
 * Caveats that travel with a sizing.
 *
 * @param spec - Inputs.
 * @param rows - The three analyses in their order.
 * @returns Diagnostics, the most severe first.
 */
export function sizingDiagnostics(spec: SizingSpec, rows: SizingResult["rows"]): Diagnostic[] {
  const found = [
    ...effectDiagnostics(spec),
    ...defaultEffectDiagnostics(spec),
    ...outcomeDiagnostics(spec),
    ...runInDiagnostics(spec),
    ...scoreDiagnostics(spec),
    ...sizeDiagnostics(spec, rows),
  ];
  const rank = { critical: 0, warning: 1, information: 2 };
  return found.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** Superiority in the wrong direction: the sizes are those of the same effect as a benefit, and the trial would fail. */
function effectDiagnostics(spec: SizingSpec): Diagnostic[] {
  if (spec.hypothesis === "non-inferiority" || expectedGain(spec) > 0) return [];
  return [
    diagnostic(
      "critical",
      "effect-against-benefit",
      `The effect of ${spec.effect.value} is a harm where ${spec.benefit === "higher-is-better" ? "higher" : "lower"} values are better. The sizes are those for ${-spec.effect.value}; no trial shows a benefit of a treatment that has this effect. Change the sign, or the direction of benefit.`,
      "effect",
    ),
  ];
}

/** Sizes for an effect that nobody has claimed. */
function defaultEffectDiagnostics({ effect }: SizingSpec): Diagnostic[] {
  if (effect.source !== "default") return [];
  return [
    diagnostic(
      "warning",
      "effect-is-default",
      `The effect of ${effect.value} is the program's default, not one that anybody plans for: the sizes mean nothing until the target effect is stated, in the specification of the study or here.`,
      "effect",
    ),
  ];
}

/** A discrete endpoint is sized as the difference in means that ANCOVA of the coded value estimates. */
function outcomeDiagnostics({ outcome, effect }: SizingSpec): Diagnostic[] {
  if (outcome === undefined) return [];
  const { type, controlMean } = outcome;
  const planned = controlMean + effect.value;
  const sentence = {
    binary: `The endpoint is binary: the effect is the difference in proportions, from ${percent(controlMean)} in the controls of the history to ${percent(planned)}, estimated by ANCOVA of the value coded 0 and 1 with the probability of the event as score. The SD is that of the controls for both arms${Math.abs(planned - 0.5) < Math.abs(controlMean - 0.5) ? "; the experimental arm varies more, so that these sizes are too small" : ""}, and t tests of proportions are approximate. Compare with the calculation “Two proportions”, which takes both proportions and no score.`,
    ordinal:
      "The endpoint is ordinal: the effect is the difference in mean levels, the levels taken as equally far apart, estimated by ANCOVA of the coded value with the expected level as score. A proportional-odds analysis is not sized here.",
    count:
      "The endpoint is a count: the effect is the difference in mean counts, estimated by ANCOVA of the count with the expected count as score; the SD is that of the controls for both arms. Compare with the calculation “Two rates of counts”, which takes a ratio of rates and no score.",
  }[type];
  return [diagnostic("warning", "discrete-endpoint", sentence, "outcome")];
}

/** What a plan with a run-in leans on beyond its numbers. */
function runInDiagnostics({ runIn }: SizingSpec): Diagnostic[] {
  if (runIn === undefined || runIn.visits === 0) return [];
  return [
    diagnostic(
      "warning",
      "run-in-assumptions",
      `Randomised after a run-in to ${runIn.lastVisit}: the expected effect must arise in the ${runIn.treatedDays} days of treatment that are left, patients who leave during the run-in are not counted, and the simulations of this study randomise at baseline.`,
      "runIn",
    ),
  ];
}

function scoreDiagnostics(spec: SizingSpec): Diagnostic[] {
  const found: Diagnostic[] = [];
  const r1 = spec.rSquaredAncova.value;
  const r2 = spec.rSquaredWithScore.value;
  const gain = partialRSquared(r1, r2);
  const limits = spec.rSquaredWithScoreLimits;
  if (gain <= 0)
    found.push(
      diagnostic(
        "warning",
        "score-without-gain",
        spec.scoreGainShown === false && r2 === r1
          ? `The model shows no gain over ANCOVA, so no saving by the twin score is planned: R² with the score is taken as that of ANCOVA (${show(r1)}). Plan without the score.`
          : `R² with the twin score (${show(r2)}) does not exceed R² of ANCOVA (${show(r1)}): plan without the score.`,
        "rSquaredWithScore",
      ),
    );
  else if (spec.scoreGainShown === false || (limits !== null && limits.lower <= r1))
    found.push(
      diagnostic(
        "warning",
        "gain-not-shown",
        `The interval of the gain over ANCOVA reaches 0, so no saving by the twin score is shown; the sizes with the score are an assumption. Plan with ANCOVA (R² ${show(r1)}) or obtain more history.`,
        "rSquaredWithScore",
      ),
    );
  const correlation = Math.sqrt(Math.max(0, gain));
  if (correlation > IMPLAUSIBLE_PARTIAL_CORRELATION)
    found.push(
      diagnostic(
        "critical",
        "implausible-partial-correlation",
        `The score's partial correlation of ${show(correlation)} exceeds 0.6; published scores reach 0.30 to 0.46. Look for information from after randomisation in the score before planning with it.`,
        "rSquaredWithScore",
      ),
    );
  else if (correlation > UNUSUAL_PARTIAL_CORRELATION)
    found.push(
      diagnostic(
        "warning",
        "unusual-partial-correlation",
        `The score's partial correlation of ${show(correlation)} exceeds 0.5; check that the score uses nothing measured after randomisation.`,
        "rSquaredWithScore",
      ),
    );
  if (limits !== null && limits.lower < 0)
    found.push(
      diagnostic(
        "information",
        "negative-limit-set-to-zero",
        `The lower limit of R² with the score is ${show(limits.lower)}; sizes at the lower limit use 0.`,
        "rSquaredWithScoreLimits",
      ),
    );
  if (spec.correlationDeflation.value === 1 && spec.controlSdInflation.value === 1)
    found.push(
      diagnostic(
        "information",
        "no-discount",
        "No discount is applied (λ = 1, γ = 1): the plan trusts that the trial will be like the history.",
        "correlationDeflation",
      ),
    );
  return found;
}

function sizeDiagnostics(spec: SizingSpec, rows: SizingResult["rows"]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const withScore = rows.find((row) => row.analysis === "ancova-with-score");
  if (withScore !== undefined && withScore.powerAtZeroRSquared < spec.power.value - 0.1)
    found.push(
      diagnostic(
        "information",
        "power-without-prognosis",
        `If covariates and score explained nothing, the size planned with the score would have ${percent(withScore.powerAtZeroRSquared)} power instead of ${percent(spec.power.value)}.`,
        "powerAtZeroRSquared",
      ),
    );
  for (const row of rows)
    if (Math.min(row.experimental, row.control) < SMALL_ARM)
      found.push(
        diagnostic(
          "warning",
          "small-arms",
          `With ${row.experimental} and ${row.control} patients (${row.analysis}) the result leans on normally distributed residuals, and chance imbalance of covariates costs precision that the formula leaves out.`,
          row.analysis,
        ),
      );
  return found;
}

function show(value: number): string {
  return value.toFixed(3);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
