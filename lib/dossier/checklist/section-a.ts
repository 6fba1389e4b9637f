import { SECTION_TITLES, type SectionKey } from "../section-titles.ts";
import {
  allOf,
  type ChecklistPoint,
  fail,
  holds,
  human,
  machine,
  matchedIn,
  printed,
  printedIn,
} from "./checklist-point.ts";
import { type DossierEvidence, inCodePoints, missingFrom, sectionPages, tight } from "./evidence.ts";
import { undefinedAbbreviations } from "./used-abbreviations.ts";

const titlePage = (e: DossierEvidence) => tight(e.pdf.pages[0]?.text ?? "");

/** Identification and structure. */
export const SECTION_A: readonly ChecklistPoint[] = [
  machine(
    "A1!",
    "Title page: study title, compound/indication, protocol id, phase, design, sponsor, report date, version",
    (e) => {
      const { study, version, createdAtUtc } = e.record;
      const wanted = [
        study.title,
        study.compound,
        study.indication,
        study.protocolId,
        study.phase,
        study.sponsor,
        createdAtUtc.slice(0, 10),
      ];
      const missing = missingFrom(titlePage(e), wanted);
      if (missing.length > 0) return fail(`The title page lacks: ${missing.join("; ")}.`);
      return holds(
        new RegExp(`version:?${version}`, "i").test(titlePage(e)) && /design:?\S/i.test(titlePage(e)),
        `All ${wanted.length + 2} items are on page 1.`,
        "The title page lacks the version or the design.",
      );
    },
  ),
  human(
    "A2!",
    "statistician",
    "States its document type and never implies that a clinical study was done if data are simulated",
  ),
  human("A3!", "regulatory", "Context-of-use sentence and intended decision on page 1"),
  machine(
    "A4!",
    "Data-origin banner: real, public or simulated, on the title page and, when simulated, in every page header",
    (e) => {
      const { dataOrigin } = e.record.study;
      if (dataOrigin !== "simulated") {
        return holds(
          new RegExp(dataOrigin, "i").test(titlePage(e)) && /dataorigin/i.test(titlePage(e)),
          `The title page states the data origin (${dataOrigin}).`,
          `The title page does not state the data origin (${dataOrigin}).`,
        );
      }
      const without = e.pdf.pages.filter((page) => !page.text.includes("SIMULATED")).map((page) => page.number);
      return holds(
        without.length === 0,
        `SIMULATED stands on all ${e.pdf.pages.length} pages.`,
        `SIMULATED is missing on pages ${without.join(", ")}.`,
      );
    },
  ),
  machine("A5", "Synopsis of at most 3 pages with objective, design, methods, key numbers, conclusions", (e) => {
    const range = sectionPages(e, "synopsis");
    if (range === null) return fail("There is no synopsis.");
    return allOf(
      matchedIn(e, "synopsis", [/objective/i, /design/i, /method/i, /conclusion/i], "Synopsis parts"),
      printedIn(
        e,
        "synopsis",
        e.record.sizing.rows.map((row) => String(row.total)),
        "Planned sizes",
      ),
      holds(
        range.to - range.from < 3,
        `The synopsis takes ${range.to - range.from + 1} page(s).`,
        "The synopsis is longer than 3 pages.",
      ),
    );
  }),
  machine("A6", "Table of contents with page numbers; lists of tables and of figures", (e) =>
    printed(e, ["Contents", "List of tables", "List of figures"], "Contents and lists"),
  ),
  machine("A7", "Abbreviations and definitions; each used abbreviation defined", (e) => {
    const undefinedOnes = undefinedAbbreviations(e);
    return allOf(
      printedIn(e, "abbreviations", ["ANCOVA", "MCSE", "SHA-256"], "Abbreviations"),
      holds(
        undefinedOnes.length === 0,
        "Every abbreviation found between synopsis and references is defined or is a name that the sponsor gave.",
        `Used and not defined: ${undefinedOnes.slice(0, 12).join(", ")}.`,
      ),
    );
  }),
  human("A8", "regulatory", "Ethics and data-governance statement: consent basis or data-use agreement of each source"),
  machine("A9", "Responsible persons, roles, signatory block", (e) =>
    allOf(
      printedIn(
        e,
        "governance",
        e.record.members.map((member) => member.name),
        "Responsible persons",
      ),
      matchedIn(e, "reproducibility", [/signature/i, /meaning/i], "Signatory block"),
    ),
  ),
  human("A10", "sponsor", "Introduction and objectives with benefits and harms"),
  human("A11", "statistician", "Investigational plan, design and rationale for the choice of control"),
  machine("A12", "Section on changes from the plan, or none", (e) =>
    matchedIn(e, "changes", [/none|no change|version|changed/i], "Changes"),
  ),
  human("A13", "statistician", "Statistical and analytical methods section"),
  machine("A14", "Determination of sample size section", (e) =>
    printedIn(
      e,
      "sampleSize",
      e.record.sizing.rows.map((row) => String(row.total)),
      "Sizes",
    ),
  ),
  machine("A15", "Results, discussion and overall conclusions, references", (e) => {
    const missing = (["twins", "simulation", "conclusions", "references"] as const).filter(
      (key) => sectionPages(e, key) === null,
    );
    return holds(
      missing.length === 0,
      "Results, discussion, conclusions and references are there.",
      `Missing: ${titles(missing)}.`,
    );
  }),
  machine("A16", "Appendices: documentation of statistical methods, code, data listings", (e) => {
    const missing = (["appendixMethods", "appendixCode", "appendixListings"] as const).filter(
      (key) => sectionPages(e, key) === null,
    );
    return holds(missing.length === 0, "The three appendices are there.", `Missing: ${titles(missing)}.`);
  }),
  machine("A17", "Numbered headings in a consistent order", (e) => {
    const numbers = e.pdf.outline
      .filter((entry) => entry.level === 1)
      .map((entry) => /^(\d+)\s/.exec(entry.title)?.[1])
      .filter((number) => number !== undefined)
      .map(Number);
    return holds(
      numbers.length >= 15 && numbers.every((number, index) => number === index + 1),
      `${numbers.length} main headings are numbered 1 to ${numbers.length} without gap.`,
      "Main headings are not numbered in sequence.",
    );
  }),
  machine("A18", "Every table and figure cited in the text before it appears", (e) => {
    const start = sectionPages(e, "synopsis")?.from ?? 1;
    const body = tight(
      e.pdf.pages
        .filter(({ number }) => number >= start)
        .map(({ text }) => text)
        .join(" "),
    );
    const captions = e.pdf.outline.flatMap(({ title }) => {
      const label = /^(?:Table|Figure) \d+/.exec(title)?.[0];
      return label === undefined ? [] : [{ label, caption: tight(title) }];
    });
    const late = captions.filter(({ label, caption }) => {
      const first = body.search(new RegExp(`${tight(label)}(?!\\d)`));
      const printedAt = Math.max(body.indexOf(caption), body.indexOf(inCodePoints(caption)));
      return first === -1 || printedAt === -1 || first >= printedAt;
    });
    return captions.length === 0
      ? fail("No table or figure was found.")
      : holds(
          late.length === 0,
          `All ${captions.length} tables and figures are cited in the text before their caption.`,
          `Not cited before they appear: ${late.map(({ label }) => label).join(", ")}.`,
        );
  }),
  human("A19", "statistician", "Conclusions contain no claim absent from a numbered table"),
  human(
    "A20",
    "statistician",
    "Limitations: transportability, unmeasured confounding, model misspecification, data quality, simulation assumptions",
  ),
];

function titles(keys: readonly SectionKey[]): string {
  return keys.map((key) => SECTION_TITLES[key]).join("; ");
}
