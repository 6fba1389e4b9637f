import { ABBREVIATIONS } from "../sections/abbreviations.ts";
import { type DossierEvidence, sectionPages, sectionText, tight } from "./evidence.ts";

/** Capitals that are no abbreviations: the draft mark, the banner of simulated data, emphasis, numerals. */
const WORDS: ReadonlySet<string> = new Set([
  "DRAFT",
  "NOT",
  "SIGNED",
  "SIMULATED",
  "DATA",
  "AFTER",
  "FOLDER",
  "NOT-SIGNED",
  "II",
  "III",
  "IV",
]);
/** "P12", "EV7": labels of equations, criteria, listings and checklist points. */
const LABEL = /^(?:[A-Z]{1,3}\d+[A-Z]?|[ST]-\d+)$/;
const ABBREVIATION = /(?<![\p{L}\d])[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*(?![\p{L}\d])/gu;

/** Abbreviations of a text: words with two capitals or more; procedures of SAS are names. */
function abbreviationsOf(text: string): string[] {
  return [...text.replace(/\bPROC\s+[A-Z]+/g, "").matchAll(ABBREVIATION)]
    .map(([word]) => word)
    .filter((word) => (word.match(/[A-Z]/g) ?? []).length >= 2);
}

/**
 * Abbreviations that the report prints between its synopsis and its references and does not define.
 *
 * Names that the sponsor gave (studies, variables, designs, persons) are explained where they come from; saved calculations name
 * options of other programs, which are not abbreviations of this report.
 */
export function undefinedAbbreviations(evidence: DossierEvidence): string[] {
  const first = sectionPages(evidence, "synopsis");
  const last = sectionPages(evidence, "references");
  const skipped = sectionPages(evidence, "calculations");
  if (first === null || last === null) return [];
  const used = new Set(
    evidence.pdf.pages
      .filter(({ number }) => number >= first.from && number < last.from)
      .filter(({ number }) => skipped === null || number < skipped.from || number > skipped.to)
      .flatMap(({ text }) => abbreviationsOf(text)),
  );
  const { model, simulation, analyses, ...given } = evidence.record;
  const own = new Set(
    abbreviationsOf(
      JSON.stringify([
        given,
        model.name,
        model.endpoints,
        model.visits,
        model.covariates,
        model.training,
        simulation.spec,
        analyses?.analyses.map(({ planned }) => planned),
      ]),
    ),
  );
  const defined = sectionText(evidence, "abbreviations");
  const terms = new Set(
    ABBREVIATIONS.filter(([short, meaning]) => defined.includes(tight(`${short}${meaning}`))).flatMap(([short]) =>
      abbreviationsOf(short),
    ),
  );
  return [...used].filter(
    (word) =>
      !terms.has(word) && !own.has(word) && !WORDS.has(word) && !LABEL.test(word) && !/^[A-F0-9]{8,}$/.test(word),
  );
}
