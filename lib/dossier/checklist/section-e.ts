import { formatCount, formatFixed, formatInput, formatPercent } from "../../reporting/format-number.ts";
import {
  allOf,
  type ChecklistPoint,
  fail,
  holds,
  human,
  machine,
  matchedIn,
  notApplicable,
  printedIn,
} from "./checklist-point.ts";

/** Prognostic adjustment (route A). */
export const SECTION_E: readonly ChecklistPoint[] = [
  machine("E1!", "States randomised and continuous endpoint, else labelled outside the EMA qualification", (e) =>
    matchedIn(e, "adjustment", [/randomi[sz]ed/i, /continuous/i, /qualification/i], "Scope of the EMA qualification"),
  ),
  machine("E2!", "Score computed from pre-randomisation covariates only; check listed", (e) =>
    allOf(
      matchedIn(e, "adjustment", [/baselineonly|pre-randomi[sz]ation/i], "Baseline-only statement"),
      printedIn(
        e,
        "adjustment",
        e.record.model.covariates
          .filter((one) => e.record.model.training.covariateIds.includes(one.id))
          .map((one) => one.label),
        "Covariates of the score",
      ),
    ),
  ),
  machine("E3!", "Training data independent of the trial", (e) =>
    Math.max(...e.record.datasets.map((data) => data.sharedPatients)) > 0
      ? fail("Patients are shared between history and trial.")
      : matchedIn(e, "adjustment", [/independent/i], "Independence (0 shared patients)"),
  ),
  machine("E4!", "Analysis model formula and score scaling pre-specified", (e) =>
    matchedIn(e, "adjustment", [/β/, /score/i, /centred|centered|scal/i], "Analysis model"),
  ),
  machine("E5", "Partial correlation with interval beyond standard covariates", (e) =>
    printedIn(
      e,
      "credibility",
      e.record.model.evaluation.gain.map((cell) => formatFixed(cell.partialCorrelation.value, 2)),
      "Partial correlations",
    ),
  ),
  machine("E6!", "Discounts λ and γ stated with reason, equal to results.json", (e) => {
    const { correlationDeflation: lambda, controlSdInflation: gamma } = e.record.sizing.spec;
    return allOf(
      printedIn(
        e,
        "sampleSize",
        [
          `λ = ${formatInput(lambda.value)} multiplies every correlation, because`,
          `γ = ${formatInput(gamma.value)} multiplies the SD of the control arm, because`,
        ],
        "λ and γ, each with its reason",
      ),
      holds(lambda.note !== "" || gamma.note !== "", "Reasons are recorded.", "No reason is recorded."),
    );
  }),
  machine("E7!", "Three-way comparison at equal γ: unadjusted, ANCOVA, ANCOVA + score", (e) =>
    allOf(
      printedIn(
        e,
        "sampleSize",
        [
          `the three analyses at γ = ${formatInput(e.record.sizing.spec.controlSdInflation.value)}`,
          ...(["total", "control", "experimental"] as const).map((size) =>
            e.record.sizing.rows.map((row) => `${formatCount(row[size])}(${formatCount(row.enrolled[size])})`).join(""),
          ),
        ],
        "Rows of total, control and experimental sizes of the three analyses, side by side",
      ),
      matchedIn(e, "sampleSize", [/unadjusted/i, /ANCOVA/, /score/i, /γ/], "Three-way comparison"),
    ),
  ),
  machine("E8", "Sample-size formula printed with inputs, rounding and allocation", (e) =>
    allOf(
      matchedIn(e, "sampleSize", [/noncentral/i, /round/i, /ratio|allocation/i], "Formula"),
      printedIn(e, "sampleSize", [formatFixed(Math.abs(e.record.sizing.spec.effect.value), 2)], "Effect"),
    ),
  ),
  machine("E9", "Sensitivity of N to R² from 0, with fallback power at R² = 0", (e) =>
    printedIn(
      e,
      "sampleSize",
      [
        ...e.record.sizing.grid.filter((_, index) => index % 4 === 0).map((point) => String(point.total)),
        ...e.record.sizing.rows.map((row) => formatPercent(row.powerAtZeroRSquared).replace("%", "")),
      ],
      "Grid and fallback power",
    ),
  ),
  machine("E10", "Robust variance type named; small-sample correction", (e) =>
    matchedIn(e, "adjustment", [/HC[0-3]/], "Robust variance"),
  ),
  machine("E11", "Type I error simulated with a misspecified and a null-information score", (e) =>
    e.record.simulation.spec.scenarios.some((scenario) => scenario.effect === 0 && scenario.drift.scoreInformation < 1)
      ? matchedIn(e, "simulation", [/typeIerror/i], "Null scenarios with a weakened score")
      : fail("No null scenario weakens the score."),
  ),
  machine("E12", "Unequal randomisation and stratification factors handled", (e) =>
    matchedIn(e, "adjustment", [/strat/i, /randomi[sz]ation/i], "Stratification and allocation"),
  ),
  machine("E13", "Collinearity diagnostics of score and covariates (VIF)", (e) =>
    matchedIn(e, "adjustment", [/collinear|varianceinflation|VIF/i], "Collinearity"),
  ),
  human("E14", "sponsor", "Other objectives (safety exposure, subgroups) at the reduced size"),
  machine("E15", "Handling of missing baseline inputs for the score", (e) =>
    matchedIn(e, "adjustment", [/missing/i, /baseline/i], "Missing baseline inputs"),
  ),
  machine("E16", "Monte Carlo error of the score, or analytic mean", (e) =>
    matchedIn(e, "adjustment", [/exact(conditional)?mean|analytic|numericalerrorof/i], "Exact mean or numerical error"),
  ),
  machine("E17", "Sensitivity to first-stage uncertainty if the history is small", (e) => {
    const range = e.record.sizing.range;
    return range === null
      ? fail("The size at the limits of R² was not computed.")
      : printedIn(
          e,
          "sampleSize",
          [String(range.totalAtLower), String(range.totalAtUpper)],
          "Size at the limits of R²",
        );
  }),
  machine("E18", "Binary and time-to-event endpoints flagged exploratory", () =>
    notApplicable("The endpoint is continuous."),
  ),
  machine("E19", "Statement that the twin does not replace randomised controls", (e) =>
    matchedIn(e, "adjustment", [/notreplacerandomi[sz]edcontrols/i], "Statement"),
  ),
];
