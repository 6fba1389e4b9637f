import type { CalibrationCell, CalibrationResults, CalibrationRow, CalibrationSection } from "./calibration-results.ts";
import { type CalibrationSetting, SETTINGS } from "./calibration-setting.ts";
import { TWO_SIDED } from "./simulate-block.ts";

const SETTING_TITLES = SETTINGS.map(({ control, experimental }) => `${control} + ${experimental}`);

/** Notes on a family that its tables do not say. */
const NOTES: Readonly<Record<string, string>> = {
  "one-visit":
    "Baseline 50 + 7z + 3e′, outcome 50 + 6z + 2x + t + residual at month t = 3, age 60 + 8x, twin's mean with error of standard deviation 2. Intervals of a difference move with the outcome, so coverage without an effect is coverage with any. Wilcoxon's test is of equal distributions: where the arms vary differently that is not the law.",
  "repeated-measures":
    "Three monthly visits; the residual of a patient has a random intercept, a random slope and a part of its own at each visit. A patient leaves after a visit with probability 1/(1 + exp(2 − 0.1 (y − 50))), y the value just seen. MMRM: change at month 3, baseline and age as covariates; random slopes: baseline as covariate.",
  imputation:
    "The same trials as above with fewer replicates. JR: under no effect its reference mean is the truth in both arms, so a level below 5 % is a property of the strategy with Rubin's rules, not of the arithmetic.",
  binary:
    "With 10 % responses many small trials are refused (an arm without responses, separation), and the level is among the others. The effects of the standardised measures are those of the population (covariate integrated out). Ge's variance is for the covariates of the patients at hand, so its intervals are not made to cover that. No single common effect exists over the strata here, so Cochran–Mantel–Haenszel has coverage without an effect only.",
  count:
    "A rate ratio without and with standardisation is the same number here. The model-based Poisson variance is not meant for counts that vary more than Poisson's; the table shows what happens.",
  survival:
    "Milestone, log-log: its test is on that scale, its interval is of the difference. Censoring is uniform from day 360 to 720 in both arms; restricted mean and milestone are at day 360; with an effect the hazard ratio given the covariate is 0.6. Where the covariate acts, the hazard ratio of the arms as wholes is not constant, so analyses without covariates have coverage without an effect only.",
  "two-proportions":
    "Enumeration of all outcomes, so no Monte Carlo error. tests/calibration/two-proportions-level.test.ts repeats it for 60 patients and more proportions; lib/analysis/proportions/METHODS.md prints a part. Barnard's and Boschloo's rejection regions are found by halving over the statistic that orders the tables.",
  "two-proportions-intervals":
    "Enumeration. The exact interval of the difference is refused for 400 patients. Where a ratio has no estimate the analysis is refused; coverage is among the others.",
};

/** The committed document; the same results give the same text. */
export function calibrationDocument(results: CalibrationResults): string {
  return `${[
    "# Calibration: type I error and coverage",
    "",
    `Made by \`npm run calibration -- --replicates ${results.replicates}\` (seed ${results.seed}, Philox; the same on any number of threads); all figures also in calibration.json.`,
    "",
    "Every test of a treatment effect that an analysis of a trial can use, on trials simulated without an effect and, where coverage could depend on it, with one. Settings are control + experimental patients: 60 and 400 patients, arms 1:1 and 1:3. Cells are percentages ± Monte Carlo standard error:",
    "",
    "- **two-sided**: p ≤ 0.05 without an effect; **one-sided**: p ≤ 0.025 in the direction of benefit without an effect;",
    "- **coverage**: of the 95 % interval without an effect; **with effect**: with one, where the law has one true value.",
    "",
    "Refused trials (an analysis that says why it cannot be done) are left out of a cell and listed below its table. Families with slow methods have fewer trials; the standard errors say so. Exact tests must stay at or below their level; all others are reported as they are.",
    "",
    "The program warns beside an analysis whose two-sided level in the nearest setting is off by more than one percentage point and more than three standard errors (lib/trial-analysis/recommendation.ts reads the same levels).",
    "",
    "## Exact tests",
    "",
    ...exactLines(results),
    ...results.sections.flatMap(sectionLines),
  ]
    .join("\n")
    .trimEnd()}\n`;
}

function exactLines(results: CalibrationResults): string[] {
  const rows = results.sections.flatMap(({ laws, rows }) => rows.flatMap((row) => exactRow(laws, row)));
  return [
    "| test | largest two-sided level | where | at or below 5 % (simulated: within 3 standard errors) |",
    "| --- | --- | --- | --- |",
    ...rows.map(
      ({ title, cell, law, keeps }) =>
        `| ${title} | ${percent(cell.twoSided, cell.trials)} | ${cell.control} + ${cell.experimental}, ${law} | ${keeps ? "yes" : "**no**"} |`,
    ),
    "",
  ];
}

function exactRow(laws: CalibrationSection["laws"], row: CalibrationRow) {
  const cells = row.cells.filter(({ law, twoSided }) => row.exactUnder.includes(law) && twoSided !== null);
  if (cells.length === 0) return [];
  const cell = cells.reduce((worst, own) => (own.twoSided! > worst.twoSided! ? own : worst));
  const law = laws.find(({ id }) => id === cell.law)!.title;
  return [{ title: row.title, cell, law, keeps: cells.every(keepsLevel) }];
}

/** Enumerated levels strictly, simulated ones within three Monte Carlo standard errors. */
function keepsLevel({ twoSided, trials }: CalibrationCell): boolean {
  const slack = trials === null ? 1e-9 : 3 * Math.sqrt((TWO_SIDED * (1 - TWO_SIDED)) / trials);
  return twoSided! <= TWO_SIDED + slack;
}

/** Exact tests that exceed their level; empty when all keep it. */
export function exactFailures(results: CalibrationResults): string[] {
  return results.sections.flatMap(({ laws, rows }) =>
    rows
      .flatMap((row) => exactRow(laws, row))
      .filter(({ keeps }) => !keeps)
      .map(({ title, law }) => `${title} exceeds its level (${law})`),
  );
}

function sectionLines(section: CalibrationSection): string[] {
  const note = NOTES[section.id];
  return [
    `## ${section.title}`,
    "",
    ...(note === undefined ? [] : [note, ""]),
    ...section.laws.flatMap((law) => [
      `### ${section.title}: ${law.title}`,
      "",
      `Law: ${law.description}.`,
      "",
      ...lawTable(section, law.id),
      "",
    ]),
  ];
}

const FIGURES: readonly {
  readonly title: string;
  readonly share: (cell: CalibrationCell) => number | null;
  readonly trials: (cell: CalibrationCell) => number | null;
}[] = [
  { title: "two-sided", share: ({ twoSided }) => twoSided, trials: ({ trials }) => trials },
  { title: "one-sided", share: ({ oneSided }) => oneSided, trials: ({ trials }) => trials },
  { title: "coverage", share: ({ coverage }) => coverage, trials: ({ trials }) => trials },
  {
    title: "with effect",
    share: ({ coverageWithEffect }) => coverageWithEffect,
    trials: ({ trialsWithEffect }) => trialsWithEffect,
  },
];

function lawTable({ rows }: CalibrationSection, law: string): string[] {
  const cellOf = (row: CalibrationRow, setting: CalibrationSetting) =>
    row.cells.find(
      (cell) => cell.law === law && cell.control === setting.control && cell.experimental === setting.experimental,
    );
  const shown = FIGURES.filter(({ share }) =>
    rows.some(({ cells }) => cells.some((cell) => cell.law === law && share(cell) !== null)),
  );
  const columns = SETTINGS.flatMap((setting, s) =>
    shown.map((figure) => ({ setting, figure, title: `${SETTING_TITLES[s]} ${figure.title}` })),
  );
  const refusals = rows.flatMap((row) =>
    SETTINGS.flatMap((setting, s) => {
      const cell = cellOf(row, setting);
      const most = Math.max(cell?.refused ?? 0, cell?.refusedWithEffect ?? 0);
      return most >= 0.0005 ? [`${row.title} ${(100 * most).toFixed(1)} % (${SETTING_TITLES[s]})`] : [];
    }),
  );
  return [
    `| method | ${columns.map(({ title }) => title).join(" | ")} |`,
    `| --- | ${columns.map(() => "---").join(" | ")} |`,
    ...rows.map((row) => {
      const figures = columns.map(({ setting, figure }) => {
        const cell = cellOf(row, setting);
        return cell === undefined ? "–" : percent(figure.share(cell), figure.trials(cell));
      });
      return `| ${row.title} | ${figures.join(" | ")} |`;
    }),
    ...(refusals.length === 0 ? [] : ["", `Refused: ${refusals.join("; ")}.`]),
  ];
}

function percent(share: number | null, trials: number | null): string {
  if (share === null) return "–";
  if (trials === null) return (100 * share).toFixed(2);
  return `${(100 * share).toFixed(1)} ± ${(100 * Math.sqrt((share * (1 - share)) / trials)).toFixed(1)}`;
}
