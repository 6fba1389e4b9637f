import { EVIDENCE_SEED } from "../evidence-data-set.ts";
import type { EvidenceResults } from "../evidence-parts.ts";
import type { DataSetResults } from "../evidence-results.ts";
import type { EvidenceCharts } from "./charts.ts";
import { claims, dataSetSection } from "./data-set-section.ts";
import { markdownTable, withLimits } from "./interval-text.ts";
import { knownLawSection, noiseSection } from "./known-truth-sections.ts";
import { lateEntrantsSection, survivalSection } from "./late-entrants-section.ts";
import { endpointName, lossesOf, visitName } from "./losses.ts";

/** The committed report; the same figures give the same text. */
export function evidenceDocument(results: EvidenceResults, { image }: EvidenceCharts): string {
  const { dataSets, split, survival, law, noise } = results;
  const lines = [
    "# What the twins are worth",
    "",
    `Made by \`npm run evidence\` (seed ${EVIDENCE_SEED}; the same bytes on any number of threads, with the same versions of R packages); all figures, and more visits, are in [twins/](twins/). Real data are read in place and are not in the repository, but for the PBC trial; here are aggregates only.`,
    "",
    ...readingLines,
    "## In short",
    "",
    ...summaryTable(dataSets),
    "",
    ...dataSets.flatMap((set) => set.endpoints.map(({ id }) => sentence(set, id))),
    "",
    "Where nothing is claimed for the twins in use the program quotes no saved patients and says to plan without twins.",
    "",
    ...(split === null ? [] : lateEntrantsSection(split, image)),
    ...dataSets.flatMap((set) =>
      dataSetSection(set, {
        endpoint: (id) => image(`${set.id}-${id}`),
        runIn: image(`${set.id}-run-in`),
      }),
    ),
    ...(survival === null ? [] : survivalSection(survival, image("pbc-survival"))),
    ...(law === null ? [] : knownLawSection(law, image("known-law"))),
    ...(noise === null ? [] : noiseSection(noise)),
    "## Speed",
    "",
    "`npm run bench` measures training and drawing on the machine at hand; this report holds nothing that a machine's speed could change.",
    "",
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

const readingLines = [
  "How to read it (equations: [lib/progression/METHODS.md](../../lib/progression/METHODS.md)):",
  "",
  "- **gain**: 1 − SSE/SSE of ANCOVA on baseline value and strata, out of fold; negative is worse. Interval: patient bootstrap, the same resamples for every method.",
  "- **signed partial r**: of score and outcome given baseline value and strata, cross-fitted. **Bold**: gain claimed, that is both lower limits above 0.",
  "- **band**: share of held-out values inside the band, exact limits. Members alone and other software have normal bands; the Gaussian joint model and the stack conformal ones.",
  "- **CRPS**: of a normal law with the method's mean and SD, patient bootstrap; smaller is better.",
  "- **two-sample area**: whether a classifier tells observed courses from drawn ones; 0.5 is best, and below 0.5 is chance, too: pairs that a classifier is not fitted to tend to fall on its wrong side when there is nothing to find. Interval: placements by patient; the limit of the null is from permutations.",
  "- Methods without a law have no entry (—). Every member is trained, tuned, weighed and calibrated inside the training folds; software others wrote gets the same folds and features and is scored from its predictions in a file: lme4 with random intercept and slope, nlme with random intercept and continuous-time autoregression (visit, visit × baseline, covariates and covariates × time as fixed effects), mice with Bayesian linear regressions (30 draws of the parameters, five courses each: Monte Carlo adds about 1 % to its squared error).",
  "- Nothing is adjusted for the number of comparisons: with many methods, endpoints and visits some intervals exclude the truth by chance.",
  "",
];

function summaryTable(dataSets: readonly DataSetResults[]): string[] {
  const rows = dataSets.flatMap((set) =>
    set.endpoints.map(({ id }) => {
      const last = set.visits.at(-1)?.id ?? "";
      const gainOf = (method: string) => {
        const row = set.methods
          .find((each) => each.id === method)
          ?.visits.find((each) => each.endpointId === id && each.visitId === last);
        return row === undefined ? "—" : withLimits(row.gain, 1, 100);
      };
      const stack = set.methods
        .find((each) => each.id === "stack")
        ?.visits.find((each) => each.endpointId === id && each.visitId === last);
      return [
        set.title,
        `${endpointName(set, id)}, ${visitName(set, last)}`,
        gainOf("stack"),
        stack?.law == null ? "—" : withLimits(stack.law.partialCorrelation, 2),
        stack?.law?.gainClaimed ? "yes" : "no",
        gainOf("gaussian-joint"),
        gainOf("allCovariateAncova"),
        gainOf("lme4"),
        gainOf("nlme"),
        gainOf("mice"),
        String(lossesOf(set).filter((loss) => loss.includes(`, ${endpointName(set, id)}`)).length),
      ];
    }),
  );
  return markdownTable(
    [
      "data",
      "last visit of",
      "stack, gain %",
      "stack, partial r",
      "claimed",
      "Gaussian joint, gain %",
      "ANCOVA on all covariates, gain %",
      "lme4, gain %",
      "nlme, gain %",
      "mice, gain %",
      "losses listed below",
    ],
    rows,
  );
}

function sentence(set: DataSetResults, endpointId: string): string {
  const last = set.visits.at(-1)?.id ?? "";
  return `- ${set.title}: ${claims(set, endpointId, last) ?? `${endpointName(set, endpointId)}: too few patients.`}`;
}
