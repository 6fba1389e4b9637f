import { ANALYSIS_NAMES, sizingFigure } from "../../reporting/figures/sizing-figure.ts";
import {
  decimalsForScale,
  formatCount,
  formatFixed,
  formatInput,
  formatPercent,
  MISSING,
} from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { RunIn, SizingAnalysis } from "../../sizing/sizing-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { saving } from "../headline.ts";
import { columns, heading, paragraph, plainParagraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** Sizes under the three analyses of the same patients. */
export function sampleSizeSection(context: DossierContext): ReportBlock[] {
  return [
    heading(1, "sampleSize", SECTION_TITLES.sampleSize),
    ...inputBlocks(context),
    ...comparisonBlocks(context),
    ...sensitivityBlocks(context),
    ...runInBlocks(context),
    ...protocolBlocks(context),
  ];
}

function inputBlocks({ record, primaryLabel, primaryUnit }: DossierContext): ReportBlock[] {
  const { spec } = record.sizing;
  const decimals = decimalsForScale(spec.standardDeviation.value);
  const row = (name: string, input: { value: number; source: string; note: string }, text: string) => [
    name,
    text,
    input.source,
    input.note === "" ? "as usual for a confirmatory trial" : input.note,
  ];
  return [
    heading(2, "sampleSize-inputs", "Inputs"),
    paragraph`The inputs stand in ${see("table-inputs-sizing")}, each with its source. Discounts: λ = ${formatInput(spec.correlationDeflation.value)} multiplies every correlation, because ${reason(spec.correlationDeflation.note)}; γ = ${formatInput(spec.controlSdInflation.value)} multiplies the SD of the control arm, because ${reason(spec.controlSdInflation.note)}. Both act on all three analyses alike, so that no discount makes the score look better or worse against ordinary adjustment than it is.`,
    table({
      id: "table-inputs-sizing",
      title: `Inputs of the sample size, ${primaryLabel}`,
      population: "",
      columns: columns("Input", ">Value", "Source", "Note"),
      rows: [
        row(
          `Effect, experimental minus control (${primaryUnit})`,
          spec.effect,
          formatFixed(spec.effect.value, Math.max(2, decimals)),
        ),
        row(
          spec.hypothesis === "non-inferiority" ? "Margin, non-inferiority" : "Margin, superiority",
          spec.margin,
          formatInput(spec.margin.value),
        ),
        row(
          `SD under control (${primaryUnit})`,
          spec.standardDeviation,
          formatFixed(spec.standardDeviation.value, decimals + 1),
        ),
        row("α, one-sided", spec.oneSidedAlpha, formatInput(spec.oneSidedAlpha.value)),
        row("Power", spec.power, formatPercent(spec.power.value)),
        row(
          "Randomisation ratio, experimental : control",
          spec.randomizationRatio,
          formatInput(spec.randomizationRatio.value),
        ),
        row("R² of ANCOVA", spec.rSquaredAncova, formatFixed(spec.rSquaredAncova.value, 3)),
        row("R² of ANCOVA + twin score", spec.rSquaredWithScore, formatFixed(spec.rSquaredWithScore.value, 3)),
        row("λ, deflation of correlations", spec.correlationDeflation, formatInput(spec.correlationDeflation.value)),
        row("γ, inflation of the control SD", spec.controlSdInflation, formatInput(spec.controlSdInflation.value)),
        row("Dropout before the visit", spec.dropout, formatPercent(spec.dropout.value)),
        row("Covariate columns of ANCOVA", spec.covariatesInAncova, formatInput(spec.covariatesInAncova.value)),
        ...(spec.runIn === undefined || spec.runIn.visits === 0
          ? []
          : [
              [
                "Run-in before randomisation",
                runInName(spec.runIn),
                "user",
                "SD and R² are those with its visits known",
              ],
            ]),
      ],
      notes: ["Source: user = typed in; derived = computed from data or the model; default = of the program."],
    }),
  ];
}

function reason(note: string): string {
  return note === "" ? "the user set it so" : note;
}

function comparisonBlocks({ record }: DossierContext): ReportBlock[] {
  const { rows, spec } = record.sizing;
  const gamma = formatInput(spec.controlSdInflation.value);
  return [
    heading(2, "sampleSize-comparison", "Three analyses at the same γ"),
    paragraph`${see("table-three-way")} compares the three analyses of the same patients at γ = ${gamma}: unadjusted, ANCOVA on baseline value and strata, and the same ANCOVA with the twin score. The saving that counts is the one against ANCOVA. ${see("table-control-only")} holds the experimental arm at its ANCOVA size and lets only the control arm shrink.`,
    table({
      id: "table-three-way",
      title: `Sample size of the three analyses at γ = ${gamma}`,
      population: "Patients with endpoint (randomised in parentheses)",
      columns: columns("", ...rows.map((row) => `>${ANALYSIS_NAMES[row.analysis]}`)),
      rows: [
        ["R²", ...rows.map((row) => formatFixed(row.rSquared, 3))],
        ["λ²R², planned", ...rows.map((row) => formatFixed(row.discountedRSquared, 3))],
        [
          "Experimental",
          ...rows.map((row) => `${formatCount(row.experimental)} (${formatCount(row.enrolled.experimental)})`),
        ],
        ["Control", ...rows.map((row) => `${formatCount(row.control)} (${formatCount(row.enrolled.control)})`)],
        ["Total", ...rows.map((row) => `${formatCount(row.total)} (${formatCount(row.enrolled.total)})`)],
        ["Exact power", ...rows.map((row) => formatPercent(row.power))],
        ["Power if R² were 0", ...rows.map((row) => formatPercent(row.powerAtZeroRSquared))],
        [
          "Saved against unadjusted",
          ...rows.map((row) => (row.analysis === "unadjusted" ? MISSING : saving(row.savedVersusUnadjusted))),
        ],
        [
          "Saved against ANCOVA",
          ...rows.map((row) => (row.analysis === "ancova-with-score" ? saving(row.savedVersusAncova) : MISSING)),
        ],
        ["Residual degrees of freedom", ...rows.map((row) => formatCount(row.degreesOfFreedom))],
        ["Normal approximation, total", ...rows.map((row) => formatFixed(row.normalApproximationTotal, 1))],
      ],
      notes: [
        `${MISSING}: not a saving by definition. Sizes: exact noncentral t (S4, S5). Normal approximation: shown for comparison, not used (S7).`,
      ],
    }),
    table({
      id: "table-control-only",
      title: "Control arm with the experimental arm held at its ANCOVA size",
      population: "Patients with endpoint",
      columns: columns("Analysis", ">Experimental (fixed)", ">Control", ">Saved against ANCOVA", ">Exact power"),
      rows: record.sizing.controlOnly.map((row) => [
        ANALYSIS_NAMES[row.analysis],
        formatCount(row.experimentalFixed),
        row.control === null ? "none reaches the power" : formatCount(row.control),
        row.savedVersusAncova === null ? MISSING : saving(row.savedVersusAncova),
        row.power === null ? MISSING : formatPercent(row.power),
      ]),
      notes: [`${MISSING}: no control arm of any size reaches the power with the experimental arm fixed.`],
    }),
  ];
}

function sensitivityBlocks({ record }: DossierContext): ReportBlock[] {
  const { range, spec, grid } = record.sizing;
  const withScore = record.sizing.rows.find((row) => row.analysis === ("ancova-with-score" satisfies SizingAnalysis));
  const limits = spec.rSquaredWithScoreLimits;
  const rangeText =
    range === null || limits === null
      ? "The interval of R² with score is not known, so no range is given."
      : `At the 95 % limits of the score's partial correlation (R² with score ${formatFixed(limits.lower, 3)} and ${formatFixed(limits.upper, 3)}, R² of ANCOVA held) the total is ${formatCount(range.totalAtLower)} and ${formatCount(range.totalAtUpper)}.`;
  return [
    heading(2, "sampleSize-sensitivity", "Sensitivity to R²"),
    paragraph`${see("figure-sizing")} and ${see("table-grid")} show the size over R², down to R² = 0. ${rangeText} If covariates and score explained nothing, the ${withScore === undefined ? "planned" : formatCount(withScore.total)} patients planned with the score would have ${withScore === undefined ? MISSING : formatPercent(withScore.powerAtZeroRSquared)} power.`,
    {
      kind: "figure",
      id: "figure-sizing",
      title: "Patients needed over R², with the three analyses and the interval of R² with score",
      population: "Patients with endpoint, both arms",
      chart: sizingFigure(record.sizing),
      notes: [
        "R² before discount by λ². Shaded: R² with score over the 95 % interval of its partial correlation, R² of ANCOVA held. N of each analysis stands in the legend.",
      ],
    },
    table({
      id: "table-grid",
      title: "Size and power over R²",
      population: "Patients with endpoint",
      columns: [...GRID_COLUMNS, ...GRID_COLUMNS],
      rows: sideBySide(
        grid.map((row) => [
          formatFixed(row.rSquared, 3),
          formatCount(row.total),
          formatCount(row.control),
          formatPercent(row.powerAtPlannedSize),
        ]),
      ),
      notes: [`Power: of the size planned with the score. ${MISSING}: end of the list.`],
    }),
  ];
}

/** A run-in weighed against patients; nothing where the model has no figures for one. */
function runInBlocks({ record }: DossierContext): ReportBlock[] {
  const options = record.sizing.runIn ?? [];
  if (options.length < 2) return [];
  const { runIn } = record.sizing.spec;
  const own = runIn === undefined || runIn.visits === 0 ? "without a run-in" : `with ${runInName(runIn)}`;
  return [
    heading(2, "sampleSize-runIn", "A run-in weighed against patients"),
    paragraph`${see("table-run-in-sizes")} gives the sizes of trials that randomise at baseline or after one or two visits; this trial is planned ${own}. SD and R² of each line are those that the model reached out of fold with the visits of the run-in known; effect, power, ratio, discounts and dropout are those of ${see("table-inputs-sizing")}. The same effect is expected in fewer days of treatment, and patients who leave during a run-in are not counted; the simulations randomise at baseline.`,
    table({
      id: "table-run-in-sizes",
      title: "Sizes with and without a run-in",
      population: "Patients with endpoint (randomised in parentheses)",
      columns: columns(
        "Randomised",
        ">Treated, days",
        ">R² of ANCOVA",
        ">R² with score",
        ">Total, ANCOVA",
        ">Total, ANCOVA + score",
        ">of which control",
        "Gain of score shown",
      ),
      rows: options.map((option) => {
        const of = (analysis: SizingAnalysis) => option.rows.find((row) => row.analysis === analysis)!;
        const [ancova, score] = [of("ancova"), of("ancova-with-score")];
        return [
          option.visits === 0 ? "at baseline" : `after ${runInName(option)}`,
          formatCount(option.treatedDays),
          formatFixed(ancova.rSquared, 3),
          formatFixed(score.rSquared, 3),
          `${formatCount(ancova.total)} (${formatCount(ancova.enrolled.total)})`,
          `${formatCount(score.total)} (${formatCount(score.enrolled.total)})`,
          `${formatCount(score.control)} (${formatCount(score.enrolled.control)})`,
          option.scoreGainShown ? "yes" : "no",
        ];
      }),
    }),
  ];
}

function runInName({ visits, lastVisit }: RunIn): string {
  return `a run-in of ${visits} ${visits === 1 ? "visit" : "visits"}, to ${lastVisit}`;
}

const GRID_COLUMNS = columns(">R²", ">Total needed", ">Control needed", ">Power");

/** First half of the rows beside the second half. */
function sideBySide(rows: readonly (readonly string[])[]): string[][] {
  const half = Math.ceil(rows.length / 2);
  return rows.slice(0, half).map((row, index) => [...row, ...(rows[half + index] ?? row.map(() => ""))]);
}

/** The paragraph for the protocol, written by the sizing itself; its reference list is the report's own. */
function protocolBlocks({ record }: DossierContext): ReportBlock[] {
  const paragraphs = record.sizing.protocolText
    .split("\n\n")
    .filter((text) => text !== "" && !text.startsWith("References:"));
  const caveats = record.sizing.diagnostics.map((entry) => entry.message);
  return [
    heading(2, "sampleSize-protocol", "Text for the protocol"),
    paragraph`The following paragraphs can be put into the protocol as they stand; numbers in square brackets are those of the same works in ${see("references")}.`,
    ...paragraphs.map(plainParagraph),
    ...(caveats.length === 0
      ? []
      : [
          {
            kind: "callout" as const,
            tone: "warning" as const,
            content: [{ kind: "text" as const, text: `Caveats of the sizing: ${caveats.join(" ")}` }],
          },
        ]),
  ];
}
