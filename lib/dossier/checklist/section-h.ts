import { formatFixed, formatInput, formatMonteCarlo } from "../../reporting/format-number.ts";
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

const REPLICATES_FOR_CONFIRMATORY_NULL = 100_000;

const cells = (e: DossierEvidence) => e.record.simulation.cells;
/** Where every replicate failed there is nothing to print but the failures. */
const analysed = (e: DossierEvidence) => cells(e).filter((cell) => cell.failed < cell.replicates);
const nullCells = (e: DossierEvidence) => analysed(e).filter((cell) => cell.isNull);
const alternativeCells = (e: DossierEvidence) => analysed(e).filter((cell) => !cell.isNull);
const rejection = (cell: ReturnType<typeof cells>[number]) => formatMonteCarlo(cell.rejection, 4);

/** Simulation report. */
export const SECTION_H: readonly ChecklistPoint[] = [
  machine("H1!", "Overall design description", (e) =>
    printedIn(
      e,
      "simulation",
      e.record.simulation.spec.designs.flatMap((design) => [
        design.name,
        String(design.experimental),
        String(design.control),
      ]),
      "Designs",
    ),
  ),
  machine("H2!", "At least three example trials with interim values and decisions", (e) => {
    const examples = cells(e).flatMap((cell) => cell.examples);
    if (examples.length < 3) return fail(`${examples.length} example trials are recorded; 3 are needed.`);
    return allOf(
      matchedIn(e, "simulation", [/exampletrial/i, /replicate/i], "Example trials"),
      holds(
        (sectionText(e, "simulation").match(/replicate\d+/gi) ?? []).length >= 3,
        "Three or more example trials are printed.",
        "Fewer than three example trials are printed.",
      ),
    );
  }),
  machine("H3!", "Scenario matrix: effect and nuisance (SD, R², dropout, accrual, drift) with the null", (e) =>
    nullCells(e).length === 0
      ? fail("No null scenario was simulated.")
      : allOf(
          printedIn(
            e,
            "simulation",
            e.record.simulation.spec.scenarios.map(
              (scenario) => `${scenario.name}${scenario.effect === 0 ? "0" : formatInput(scenario.effect)}`,
            ),
            "Scenarios with their effects",
          ),
          matchedIn(e, "simulation", [/dropout/i, /accrual/i, /SD/, /score/i], "Nuisance columns"),
        ),
  ),
  human("H4!", "statistician", "Justification that the grid is adequate and the worst case located"),
  machine("H5!", "Replicates per scenario and why; 100,000 for a confirmatory null, or the interval shown", (e) =>
    allOf(
      printedIn(e, "simulation", [formatFixed(e.record.simulation.spec.replicates, 0)], "Replicates"),
      e.record.simulation.spec.replicates >= REPLICATES_FOR_CONFIRMATORY_NULL
        ? matchedIn(e, "simulation", [/replicates/i], "Replicates")
        : matchedIn(e, "simulation", [/±/, /MonteCarlo/i, /interval/i], "Monte Carlo interval of the type I error"),
    ),
  ),
  machine("H6!", "MCSE beside every operating characteristic", (e) =>
    printedIn(
      e,
      "simulation",
      analysed(e).flatMap((cell) => [
        rejection(cell),
        formatMonteCarlo(cell.expectedPatients, 1),
        formatMonteCarlo(cell.expectedMonths, 1),
        formatMonteCarlo(cell.coverage, 4),
      ]),
      "Rejection, expected patients, duration and coverage of every cell with MCSE",
    ),
  ),
  machine("H7!", "Type I error of all null scenarios, maximum highlighted", (e) => {
    const largest = nullCells(e).reduce((most, cell) => Math.max(most, cell.rejection.value), 0);
    return allOf(
      printedIn(
        e,
        "simulation",
        [...nullCells(e).map(rejection), formatFixed(largest, 4)],
        "Type I error of every null cell",
      ),
      matchedIn(
        e,
        "simulation",
        [/(largest|maximum|highest)[^.]{0,40}typeIerror|typeIerror[^.]{0,60}(largest|maximum|highest)/i],
        "Maximum",
      ),
    );
  }),
  machine("H8", "Power of all alternatives", (e) =>
    printedIn(e, "simulation", alternativeCells(e).map(rejection), "Power of every alternative cell"),
  ),
  machine("H9", "Expected, median, 90th percentile of size and duration", (e) =>
    matchedIn(e, "simulation", [/median/i, /90th|90%|90\D?percent/i, /months/i], "Size and duration"),
  ),
  machine("H10", "Stopping probabilities by look under null and alternative; power lost by futility", (e) =>
    e.record.simulation.spec.designs.every((design) => design.lookFractions.length === 1)
      ? notApplicable("No design has an interim look.")
      : matchedIn(e, "simulation", [/stop/i, /efficacy/i, /futility/i], "Stopping probabilities"),
  ),
  machine("H11", "Bias, RMSE, coverage of the final estimate", (e) =>
    matchedIn(e, "simulation", [/bias/i, /RMSE|rootmeansquare/i, /coverage/i], "Bias, RMSE, coverage"),
  ),
  machine("H12", "Boundaries: spending functions, information fractions, z and p scale, binding or not", (e) => {
    const bounds = cells(e).flatMap((cell) =>
      cell.looks.length > 1
        ? cell.looks.flatMap((look) => (look.efficacyBound === null ? [] : [formatFixed(look.efficacyBound, 3)]))
        : [],
    );
    return bounds.length === 0
      ? notApplicable("No design has an interim look.")
      : allOf(
          printedIn(e, "simulation", [...new Set(bounds)], "Efficacy bounds"),
          matchedIn(e, "simulation", [/binding/i], "Binding or not"),
        );
  }),
  machine("H13", "Conditional and predictive power tables with the assumed effect", (e) =>
    matchedIn(e, "simulation", [/conditionalpower/i, /predictivepower/i], "Conditional and predictive power"),
  ),
  machine("H14", "Accrual and dropout model with parameters", (e) =>
    printedIn(
      e,
      "simulation",
      [...new Set(e.record.simulation.spec.scenarios.map((scenario) => formatFixed(scenario.accrualPerMonth, 1)))],
      "Accrual rates",
    ),
  ),
  machine("H15", "Data-generating model equations and provenance of parameters", (e) =>
    matchedIn(e, "simulation", [/data-generating|generated/i, /model/i], "Data-generating model"),
  ),
  machine("H16", "Seeds listed; algorithm of the random numbers named", (e) =>
    printedIn(e, "simulation", [String(e.record.simulation.spec.seed), "Philox"], "Seed and algorithm"),
  ),
  machine("H17!", "Code available and commented, with an independent-language rerun (R)", (e) => {
    const text = sectionText(e, "appendixCode");
    const parts = {
      "sample size": /power_at<-function\(n1,n0,r2,q\).*pt\(qt\(1-alpha,nu\)/,
      simulation: /set\.seed\(\d+\).*trial<-function\(effect\).*replicate\(replicates,trial\(effect\)\)/,
      comments: /#\(M\d+\)/,
    };
    const missing = Object.entries(parts).filter(([, pattern]) => !pattern.test(text));
    return holds(
      missing.length === 0,
      "Commented R programs for the sizes and for an independent simulation of a design are printed with this report's numbers; whether they were run is for the reviewer to say.",
      `Appendix "code" lacks R code for: ${missing.map(([name]) => name).join(", ")}.`,
    );
  }),
  machine("H18", "Verification against analytic results in the simplest case", (e) =>
    cells(e).every((cell) => cell.analytic === null)
      ? fail("No analytic value is recorded.")
      : matchedIn(e, "simulation", [/analytic/i], "Analytic values"),
  ),
  machine("H19", "Failed replicates counted, rule stated", (e) =>
    allOf(
      matchedIn(e, "simulation", [/failed/i], "Failed replicates"),
      printedIn(e, "simulation", [String(cells(e).reduce((sum, cell) => sum + cell.failed, 0))], "Count of failures"),
    ),
  ),
  machine("H20", "All protocol variants searched are reported, with the selection rule", (e) =>
    allOf(
      printedIn(
        e,
        "simulation",
        e.record.simulation.spec.designs.map((design) => design.name),
        "Variants",
      ),
      matchedIn(
        e,
        "simulation",
        [/allvariants|everyvariant|alldesigns|everydesign|nodesignwasleftout/i],
        "Completeness",
      ),
    ),
  ),
  machine("H21", "Paired differences between variants with paired MCSE", (e) =>
    e.record.simulation.pairedDifferences.length === 0
      ? notApplicable("One design was simulated.")
      : matchedIn(e, "simulation", [/paired/i, /±/], "Paired differences"),
  ),
  human("H22", "sponsor", "Role of the data monitoring committee, who sees interim data, firewall"),
  machine("H23", "Sample-size re-estimation rule and alpha preservation", () =>
    notApplicable("No design re-estimates its size."),
  ),
  machine("H24", "Summary and conclusions of the simulation", (e) =>
    matchedIn(e, "simulation", [/conclusion|summary/i], "Summary"),
  ),
  machine("H25", "Assurance with stated prior", (e) =>
    matchedIn(e, "simulation", [/assurance/i, /prior/i], "Assurance"),
  ),
];
