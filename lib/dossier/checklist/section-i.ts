import { formatPValue, typesetNumbers } from "../../reporting/format-number.ts";
import { formatResultTable } from "../../reporting/format-result-table.ts";
import { effectTable } from "../../trial-analysis/effect-table.ts";
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
import { type DossierEvidence, sectionText } from "./evidence.ts";

/** Analyses that gave results, with their plans. */
function reported(e: DossierEvidence) {
  return (e.record.analyses?.analyses ?? []).flatMap(({ planned, outcome }) =>
    outcome.kind === "report" ? [{ planned, report: outcome.report, unit: outcome.unit }] : [],
  );
}

/** Everything in the effect tables of some analyses, as it is printed. */
const effectCells = (analyses: ReturnType<typeof reported>) =>
  analyses.flatMap(({ report, unit }) => formatResultTable(effectTable(report, unit)).rows.flat());

const BINARY = /risk|odds/;

/** Analysis results; applicable where analyses of the enrolled trial were run. */
export const SECTION_I: readonly ChecklistPoint[] = [
  machine("I1", "Analysis sets and N per arm at top of each table", () =>
    fail("The analysis set and its total N stand above each table; N per arm only in the tables of means."),
  ),
  machine("I2", "Baseline table by arm and source", () =>
    fail("Baseline characteristics are printed by data set, not by arm."),
  ),
  machine("I3", "Effect, SE, 95 % interval, two-sided p for the primary analysis", (e) => {
    const primary = reported(e).filter(({ planned }) => planned.role === "primary");
    if (primary.length === 0) return fail("No primary analysis gave a result.");
    return allOf(
      printedIn(e, "analyses", effectCells(primary), "Effect table of the primary analysis"),
      printedIn(
        e,
        "analyses",
        primary.flatMap(({ report }) => report.effects.map(({ result }) => formatPValue(result.twoSidedPValue))),
        "Two-sided p",
      ),
    );
  }),
  machine("I4", "Absolute and relative effect for binary endpoints", (e) => {
    const measures = reported(e)
      .flatMap(({ report }) => report.effects.map(({ result }) => result.summaryMeasure))
      .filter((measure) => BINARY.test(measure));
    if (measures.length === 0) return notApplicable("No binary endpoint was analysed.");
    return holds(
      measures.some((measure) => measure.startsWith("log-")) && measures.some((measure) => !measure.startsWith("log-")),
      "A difference and a ratio of the binary endpoint are reported.",
      "Only one of difference and ratio was planned for the binary endpoint.",
    );
  }),
  machine("I5", "Least-squares means by visit with intervals; figure", () =>
    fail("Least-squares means are printed with intervals where the analysis has them; no figure draws them."),
  ),
  machine("I6", "Covariance structure, degrees of freedom, convergence log", (e) =>
    printedIn(
      e,
      "analyses",
      reported(e).flatMap(({ report }) => [report.method, ...report.fitNotes.map(typesetNumbers)]),
      "Method and fit of every analysis",
    ),
  ),
  machine("I7", "Primary assumption on missing data", (e) =>
    printedIn(e, "estimand", [e.record.study.missingDataStatement], "Missing-data statement"),
  ),
  machine("I8", "Who is included in each analysis", (e) =>
    printedIn(
      e,
      "analyses",
      reported(e).flatMap(({ planned, report, unit }) => [planned.name, ...effectCells([{ planned, report, unit }])]),
      "Every analysis with its effects and the patients in them",
    ),
  ),
  machine("I9", "Reference-based and delta results", (e) =>
    /jumptoreference|copyincrements|delta/i.test(sectionText(e, "analyses"))
      ? matchedIn(e, "analyses", [/imput/i], "Reference-based imputation")
      : fail("No reference-based or delta analysis was planned."),
  ),
  machine("I10", "Tipping-point map with the clinically plausible region", (e) =>
    /tippingpoint[^n]/i.test(sectionText(e, "analyses").replace(/Tippingpointnone/g, ""))
      ? matchedIn(e, "analyses", [/tippingpoint/i], "Tipping point")
      : fail("No tipping-point analysis was planned."),
  ),
  machine("I11", "Subgroups labelled pre-specified or post hoc, interaction interval", () =>
    notApplicable("Subgroups are reported for the model, not for the treatment effect."),
  ),
  machine("I12", "Multiplicity strategy and adjusted results", (e) =>
    matchedIn(e, "methods", [/multiplicity\./i, /oneprimaryendpoint/i], "One primary endpoint at one visit"),
  ),
  machine("I13", "Model diagnostics: residuals, influence", () =>
    fail("Residual and influence plots are not printed."),
  ),
  human("I14", "sponsor", "Harms and exposure statement, or why none"),
  machine("I15", "Post-hoc analyses labelled", (e) =>
    printedIn(
      e,
      "analyses",
      e.record.analyses === null ? [] : [e.record.analyses.planHash.slice(0, 16)],
      "All analyses are of one plan, named by its hash",
    ),
  ),
  human("I16", "statistician", "Interpretation balanced, no dichotomising beyond the plan"),
  machine("I17", "Registration, access to protocol, data and code, funding, conflicts", () =>
    fail("Registration, funding and conflicts of interest are not recorded."),
  ),
  machine("I18", "Patient and public involvement, or none", () =>
    fail("Patient and public involvement is not recorded."),
  ),
];
