import { ENGINE_VERSION } from "../engine-version.ts";
import { normalApproximationSize } from "../power/means/normal-approximation-size.ts";
import {
  type ArmSizes,
  type PlannedAnalysis,
  plannedDegreesOfFreedom,
  plannedPower,
} from "../power/means/planned-power.ts";
import { assertSizingSpec, distanceToShow } from "./check-sizing-spec.ts";
import { type PlannedSize, plannedControlSize, plannedSize } from "./planned-size.ts";
import { sizingDiagnostics } from "./sizing-diagnostics.ts";
import type { RunInOption, RunInSizes, SizingAnalysis, SizingResult, SizingSpec } from "./sizing-document.ts";
import { sizingProtocolText } from "./sizing-protocol-text.ts";

const ANALYSES: readonly SizingAnalysis[] = ["unadjusted", "ancova", "ancova-with-score"];
const FORMULA_LABELS = ["(S1)", "(S2)", "(S3)", "(S4)", "(S5)", "(S6)", "(S7)"];
const GRID_STEP = 0.025;
/** The curve always reaches this R², and this far beyond the estimate. */
const GRID_MINIMUM_END = 0.5;
const GRID_BEYOND_ESTIMATE = 0.1;
const LARGEST_GRID_R_SQUARED = 0.95;

/**
 * Size a two-arm trial with a continuous endpoint under three analyses of the same patients: unadjusted, ANCOVA on
 * baseline and strata, and the same ANCOVA with the twin's prognostic score.
 *
 * @param spec - Inputs, each with its source; effects and SD on the analysis scale.
 * @returns Sizes per arm, exact power, fallback power at R² = 0, control-only sizes, curve over R², range over the limits
 *   of R², protocol text and diagnostics. The control SD carries the inflation γ in all three analyses.
 * @throws DomainError INVALID_INPUT for inputs that no size can answer; NOT_ESTIMABLE beyond ten million patients.
 *
 * @remarks METHODS.md eq. (S1)–(S7). Source: Schuler et al. (2022), Int J Biostat 18(2):329–356; EMA qualification
 * opinion on prognostic covariate adjustment (2022). Reference values: tests/reference/power_means.json.
 */
export function sizeControlArm(spec: SizingSpec): SizingResult {
  assertSizingSpec(spec);
  const sizes = new Map(ANALYSES.map((analysis) => [analysis, sizeOf(spec, planned(spec, analysis))]));
  const rows = ANALYSES.map((analysis) => sizingRow(spec, analysis, sizes));
  const controlOnly = ANALYSES.map((analysis) => controlOnlyRow(spec, analysis, sizes.get("ancova")!));
  const partial = {
    format: "understudy-sizing-result/1" as const,
    engineVersion: ENGINE_VERSION,
    spec,
    twoSidedAlphaEquivalent: 2 * spec.oneSidedAlpha.value,
    rows,
    controlOnly,
    grid: sizingGrid(spec, sizes.get("ancova-with-score")!),
    range: sizingRange(spec),
    ...(spec.runInOptions === undefined ? {} : { runIn: spec.runInOptions.map((option) => runInSizes(spec, option)) }),
    formulaLabels: [...FORMULA_LABELS],
    diagnostics: sizingDiagnostics(spec, rows),
  };
  return { ...partial, protocolText: sizingProtocolText(partial) };
}

function rSquaredOf(spec: SizingSpec, analysis: SizingAnalysis): number {
  switch (analysis) {
    case "unadjusted":
      return 0;
    case "ancova":
      return spec.rSquaredAncova.value;
    case "ancova-with-score":
      return spec.rSquaredWithScore.value;
  }
}

function covariatesOf(spec: SizingSpec, analysis: SizingAnalysis): number {
  switch (analysis) {
    case "unadjusted":
      return 0;
    case "ancova":
      return spec.covariatesInAncova.value;
    case "ancova-with-score":
      return spec.covariatesInAncova.value + 1;
  }
}

/** The analysis as planned; `rSquared` replaces the planned R² where another one is asked about. */
function planned(spec: SizingSpec, analysis: SizingAnalysis, rSquared = rSquaredOf(spec, analysis)): PlannedAnalysis {
  return {
    distance: distanceToShow(spec),
    standardDeviation: spec.standardDeviation.value,
    discountedRSquared: spec.correlationDeflation.value ** 2 * rSquared,
    controlSdInflation: spec.controlSdInflation.value,
    covariates: covariatesOf(spec, analysis),
    oneSidedAlpha: spec.oneSidedAlpha.value,
  };
}

function sizeOf(spec: SizingSpec, analysis: PlannedAnalysis): PlannedSize {
  return plannedSize(analysis, spec.power.value, spec.randomizationRatio.value);
}

function sizingRow(spec: SizingSpec, analysis: SizingAnalysis, sizes: Map<SizingAnalysis, PlannedSize>) {
  const size = sizes.get(analysis)!;
  const plan = planned(spec, analysis);
  const total = size.experimental + size.control;
  const totalOf = (other: PlannedSize) => other.experimental + other.control;
  return {
    analysis,
    rSquared: rSquaredOf(spec, analysis),
    discountedRSquared: plan.discountedRSquared,
    experimental: size.experimental,
    control: size.control,
    total,
    unroundedTotal: size.unroundedTotal,
    degreesOfFreedom: plannedDegreesOfFreedom(plan, size),
    normalApproximationTotal: normalApproximationSize(plan, spec.power.value, spec.randomizationRatio.value),
    enrolled: enrolledFor(size, spec.dropout.value),
    power: plannedPower(plan, size),
    powerAtZeroRSquared: plannedPower(planned(spec, analysis, 0), size),
    savedVersusUnadjusted: totalOf(sizes.get("unadjusted")!) - total,
    savedVersusAncova: totalOf(sizes.get("ancova")!) - total,
  };
}

/** Patients to randomise so that the planned number is expected to have the endpoint; each arm rounded up. */
function enrolledFor(size: ArmSizes, dropout: number) {
  const inflate = (patients: number) => Math.ceil((patients / (1 - dropout)) * (1 - 1e-12));
  const experimental = inflate(size.experimental);
  const control = inflate(size.control);
  return { experimental, control, total: experimental + control };
}

function controlOnlyRow(spec: SizingSpec, analysis: SizingAnalysis, ancova: PlannedSize) {
  const plan = planned(spec, analysis);
  const control = plannedControlSize(plan, spec.power.value, ancova.experimental);
  return {
    analysis,
    experimentalFixed: ancova.experimental,
    control,
    savedVersusAncova: control === null ? null : ancova.control - control,
    power: control === null ? null : plannedPower(plan, { experimental: ancova.experimental, control }),
  };
}

/** SD and R² of the option, everything else of the plan: what a run-in saves against what it costs. */
function runInSizes(spec: SizingSpec, option: RunInOption): RunInSizes {
  const { visits, lastVisit, treatedDays, ...inputs } = option;
  const plan = { ...spec, ...inputs };
  const rows = ANALYSES.map((analysis) => {
    const size = sizeOf(plan, planned(plan, analysis));
    const { experimental, control } = size;
    return {
      analysis,
      rSquared: rSquaredOf(plan, analysis),
      experimental,
      control,
      total: experimental + control,
      enrolled: enrolledFor(size, plan.dropout.value),
    };
  });
  return { visits, lastVisit, treatedDays, scoreGainShown: option.scoreGainShown, rows };
}

/** N over R² in even steps, with the planned R² and their limits among the points. */
function sizingGrid(spec: SizingSpec, plannedWithScore: PlannedSize) {
  const limits = spec.rSquaredWithScoreLimits;
  const marked = [spec.rSquaredAncova.value, spec.rSquaredWithScore.value];
  if (limits !== null) marked.push(Math.max(0, limits.lower), Math.max(0, limits.upper));
  const inside = marked.filter((value) => value <= LARGEST_GRID_R_SQUARED);
  const end = Math.min(LARGEST_GRID_R_SQUARED, Math.max(GRID_MINIMUM_END, Math.max(...inside) + GRID_BEYOND_ESTIMATE));
  const steps = Math.ceil(end / GRID_STEP - 1e-9);
  const even = Array.from({ length: steps + 1 }, (_, step) => Math.round(step * GRID_STEP * 1000) / 1000);
  const points = [...new Set([...even, ...inside])].sort((a, b) => a - b);
  return points.map((rSquared) => {
    const plan = planned(spec, "ancova-with-score", rSquared);
    const size = sizeOf(spec, plan);
    return {
      rSquared,
      total: size.experimental + size.control,
      control: size.control,
      powerAtPlannedSize: plannedPower(plan, plannedWithScore),
    };
  });
}

function sizingRange(spec: SizingSpec) {
  const limits = spec.rSquaredWithScoreLimits;
  if (limits === null) return null;
  const totalAt = (rSquared: number) => {
    const size = sizeOf(spec, planned(spec, "ancova-with-score", Math.max(0, rSquared)));
    return size.experimental + size.control;
  };
  return { totalAtLower: totalAt(limits.lower), totalAtUpper: totalAt(limits.upper) };
}
