import { formatFixed } from "../../reporting/format-number.ts";
import {
  allOf,
  type ChecklistPoint,
  fail,
  holds,
  human,
  machine,
  matchedIn,
  notApplicable,
  printed,
} from "./checklist-point.ts";
import { missingFrom, printedText, tight } from "./evidence.ts";

/** Tables and figures. */
export const SECTION_M: readonly ChecklistPoint[] = [
  machine("M1", "Number, title, population on each; continuous numbering", (e) => {
    const text = e.pdf.pages.map((page) => page.text).join(" ");
    const gaps = (["Table", "Figure"] as const).flatMap((kind) => {
      const numbers = new Set(
        [...text.matchAll(new RegExp(`\\b${kind}\\s+(\\d+)\\b`, "g"))].map((match) => Number(match[1])),
      );
      return Array.from({ length: Math.max(0, ...numbers) }, (_, index) => index + 1)
        .filter((number) => !numbers.has(number))
        .map((number) => `${kind} ${number}`);
    });
    return allOf(
      holds(gaps.length === 0, "Tables and figures are numbered without gap.", `Missing: ${gaps.join(", ")}.`),
      printed(e, ["Population"], "Population line"),
    );
  }),
  machine("M2", "Header with sponsor, protocol, run id; footer with page x of y, program, UTC time", (e) => {
    const wanted = [e.record.study.sponsor, e.record.study.protocolId, e.record.runId, "Understudy", "UTC"];
    const wrong = e.pdf.pages.slice(1).filter((page) => missingFrom(tight(page.text), wanted).length > 0);
    return holds(
      wrong.length === 0,
      "Header and footer are complete on every page after the title.",
      `Incomplete on pages ${wrong
        .map((page) => page.number)
        .slice(0, 8)
        .join(", ")}.`,
    );
  }),
  machine("M3", "N in column headers; denominators for percentages", (e) =>
    holds((printedText(e).match(/N=\d+/g) ?? []).length >= 5, "N stands in the headers.", "N is missing in headers."),
  ),
  machine("M4", "Decimals follow one rule; p never 0.0000", (e) =>
    holds(!/[^\d.]0\.0000(?![\d.±(])/.test(printedText(e)), "No 0.0000 is printed.", "0.0000 is printed."),
  ),
  machine("M5", "Units on rows and axes; direction of benefit stated", (e) =>
    printed(
      e,
      e.record.model.endpoints.map((endpoint) => endpoint.unit),
      "Units",
    ),
  ),
  human("M6", "statistician", "Footnotes: abbreviations, method, model, source data set"),
  machine("M7", "Header rows repeat over pages; no orphan rows", () =>
    fail("Row breaks are not read back from the file; look at the tables that cross pages."),
  ),
  machine("M8", "Same number everywhere: text, table, figure, JSON", (e) =>
    printed(
      e,
      [
        ...e.record.sizing.rows.flatMap((row) => [String(row.total), String(row.experimental), String(row.control)]),
        ...e.record.simulation.cells
          .filter((cell) => cell.failed < cell.replicates)
          .map((cell) => (cell.rejection.value === 0 ? "0" : formatFixed(cell.rejection.value, 4))),
        ...e.record.model.evaluation.gain.map((cell) => formatFixed(cell.partialCorrelation.value, 2)),
      ],
      "Numbers of results.json",
    ),
  ),
  human("M9", "statistician", "Figures: sensible origin, bands, colour-blind safe with line styles"),
  machine("M10", "Kaplan–Meier with numbers at risk; forest plots with values", () =>
    notApplicable("The endpoint is continuous; no survival figure."),
  ),
  machine("M11", "Missing shown as a dash with key, not blank", (e) =>
    holds(printedText(e).includes("—"), "Missing values are printed as —.", "No key for missing values is printed."),
  ),
  machine("M12", "Simulated quantities show MCSE and replicates", (e) =>
    matchedIn(e, "simulation", [/±/, /replicates/i], "MCSE and replicates"),
  ),
  machine("M13", "Shell to statistical analysis plan mapping table", () =>
    fail("No statistical analysis plan is attached to the study."),
  ),
  machine("M14", "No raw patient identifiers", (e) =>
    e.record.study.dataOrigin === "real"
      ? holds(
          !e.record.twins.scores.some(
            (one) => one.patientId.length > 4 && printedText(e).includes(tight(one.patientId)),
          ),
          "No identifier of the data is printed.",
          "Patient identifiers of the data are printed.",
        )
      : notApplicable("The identifiers are public or simulated."),
  ),
];
