import { formatCount, MISSING } from "../../reporting/format-number.ts";
import { allOf, type ChecklistPoint, fail, human, machine, matchedIn, printedIn } from "./checklist-point.ts";
import { inputHashes } from "./evidence.ts";

/** Provenance of the historical data. */
export const SECTION_C: readonly ChecklistPoint[] = [
  machine("C1!", "Every source: name, type, sponsor, years, region, patients, visits, licence", (e) =>
    printedIn(
      e,
      "provenance",
      e.record.study.sourceLog.flatMap((source) => [
        [
          source.name,
          source.type,
          source.sponsor,
          source.years,
          source.region,
          ...[source.patients, source.visits].map((count) => (count === null ? MISSING : formatCount(count))),
        ]
          .map((text) => text || MISSING)
          .join(""),
        source.licence,
      ]),
      "Row of every source",
    ),
  ),
  machine("C2!", "Log of all sources considered with reasons for inclusion and exclusion", (e) =>
    e.record.study.sourceLog.length === 0
      ? fail("The source log is empty.")
      : printedIn(
          e,
          "provenance",
          e.record.study.sourceLog.map((source) => `${source.licence || MISSING}${source.decision}${source.reason}`),
          "Decision and reason of every source",
        ),
  ),
  machine("C3!", "SHA-256 of each input file and of the analysis data set", (e) =>
    printedIn(e, "provenance", e.record.datasets.flatMap(inputHashes), "Hashes"),
  ),
  machine("C4!", "Time the plan was frozen against the time outcomes were first accessed, order shown", (e) => {
    const { planFrozenAtUtc, outcomesFirstAccessedAtUtc } = e.record.timing;
    const shown = [planFrozenAtUtc, outcomesFirstAccessedAtUtc]
      .map((time) => time?.slice(0, 10) ?? "")
      .filter((time) => time !== "");
    return allOf(
      printedIn(e, "provenance", shown, "Dates"),
      matchedIn(
        e,
        "provenance",
        [
          planFrozenAtUtc === null || outcomesFirstAccessedAtUtc === null
            ? /ordercannotbeshown/
            : planFrozenAtUtc <= outcomesFirstAccessedAtUtc
              ? /planwasfrozenbeforetheoutcomes/
              : /planwasfrozenAFTERtheoutcomes/,
        ],
        "Order of plan and access, judged again from the instants",
      ),
    );
  }),
  machine("C5", "Flow from records to analysed patients with reasons", (e) =>
    printedIn(
      e,
      "provenance",
      e.record.datasets.flatMap((data) => data.quality.flow.flatMap((step) => [step.step, String(step.patients)])),
      "Flow",
    ),
  ),
  machine("C6", "Variable dictionary: name, label, unit, coding, timing, derivation", (e) =>
    printedIn(
      e,
      "provenance",
      [
        ...e.record.model.covariates.map((one) => one.label),
        ...e.record.model.endpoints.flatMap((one) => [one.label, one.unit]),
      ],
      "Variables",
    ),
  ),
  machine("C7", "Eligibility mapping trial against history, criterion by criterion", (e) =>
    allOf(
      printedIn(
        e,
        "provenance",
        e.record.datasets.map((data) => data.mapping.include ?? ""),
        "Inclusion rules",
      ),
      matchedIn(e, "provenance", [/eligib/i], "Eligibility"),
    ),
  ),
  human("C8", "statistician", "Index date and time-zero rule for both; immortal-time check"),
  machine("C9", "Missingness table by variable, visit and source", (e) =>
    printedIn(
      e,
      "provenance",
      e.record.datasets.flatMap((data) => data.quality.missingness.map((cell) => String(cell.observed))),
      "Observed counts",
    ),
  ),
  human("C10", "statistician", "Measurement differences between sources: scale version, rater, visit window"),
  machine("C11", "Outlier and range checks and their outcome", (e) =>
    matchedIn(e, "provenance", [/outlier/i, /range/i], "Checks"),
  ),
  machine("C12", "Split sizes of training, tuning, test, by patient and by trial", (e) =>
    allOf(
      printedIn(
        e,
        "provenance",
        [...e.record.datasets.map((data) => String(data.patients)), String(e.record.model.training.folds)],
        "Split sizes",
      ),
      matchedIn(e, "provenance", [/fold/i], "Folds"),
    ),
  ),
  machine("C13!", "No patient in more than one split; test untouched", (e) => {
    const shared = Math.max(...e.record.datasets.map((data) => data.sharedPatients));
    if (shared > 0) return fail(`${shared} patients are in both data sets.`);
    return allOf(
      printedIn(
        e,
        "provenance",
        [
          `History, final model${formatCount(e.record.model.parameters.patients)}`,
          `${e.record.model.training.folds} folds by patient`,
        ],
        "Sizes of the splits",
      ),
      matchedIn(
        e,
        "provenance",
        [/nopatientisintrainingandtestatonce/i, /inbothdatasets:0/i],
        "No patient is in two splits (0 shared patients)",
      ),
    );
  }),
  machine("C14", "Demographic representativeness against the target population", (e) =>
    printedIn(
      e,
      "provenance",
      e.record.datasets.flatMap((data) => data.quality.covariates.map((one) => one.label)),
      "Baseline characteristics by data set",
    ),
  ),
  human("C15", "regulatory", "Fit-for-use judgement: relevance and reliability"),
];
