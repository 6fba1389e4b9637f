import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { bullets, columns, heading, paragraph, prose, see, strong, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

export function introductionSection({ study, primaryLabel }: DossierContext): ReportBlock[] {
  return [
    heading(1, "introduction", SECTION_TITLES.introduction),
    heading(2, "introduction-background", "Background"),
    paragraph`The planned trial compares ${study.arms.map((arm) => arm.label).join(" with ")} in ${study.indication}. Its control arm must be large enough to answer the question and no larger than that. Historical control patients tell how the disease runs; a progression model turns a patient's baseline into the course expected under control, the twin. The mean of the twin at the primary visit, the prognostic score, is used as one covariate of the analysis. Randomisation, not the model, protects the comparison.`,
    heading(2, "introduction-objectives", "Objectives"),
    bullets(
      prose`${strong("Primary: ")}${study.questionOfInterest}`,
      prose`${strong("Secondary: ")}to show for every endpoint and visit whether the twin predicts better than ordinary covariate adjustment, and to give the operating characteristics of protocol variants under scenarios that include no effect, an uninformative score and drift.`,
    ),
    heading(2, "introduction-benefits", "Benefits and harms"),
    paragraph`Benefit: fewer patients on control, or more power with the same number, if the score explains variance of ${primaryLabel} beyond baseline value and strata. Harm: if the gain is overestimated the trial is underpowered; this is why every size is printed with its power at R² = 0 and with discounted inputs. A smaller trial also collects less safety information, which this report does not size.`,
    heading(2, "introduction-map", "Correspondence with ICH E3 and ICH M11"),
    paragraph`The sections follow the order of ICH E3; ${see("table-map")} shows where a reader used to E3 or to the protocol template M11 finds each subject.`,
    table({
      id: "table-map",
      title: "Sections of this report against ICH E3 and ICH M11",
      population: "",
      columns: columns("Section of this report", "ICH E3", "ICH M11 (chapter)"),
      rows: SECTION_MAP.map(([key, e3, m11]) => [SECTION_TITLES[key], e3, m11]),
    }),
  ];
}

const SECTION_MAP: readonly (readonly [keyof typeof SECTION_TITLES, string, string])[] = [
  ["synopsis", "2", "1"],
  ["abbreviations", "4", "13"],
  ["governance", "5, 6", "11"],
  ["introduction", "7, 8", "2, 3"],
  ["plan", "9.1, 9.2", "4"],
  ["estimand", "9.1", "3, 4"],
  ["provenance", "9.5, 10", "5"],
  ["methods", "9.7", "10"],
  ["credibility", "9.7, 16.1.9", "10"],
  ["adjustment", "9.7.1, 11.4.2.1", "10"],
  ["sampleSize", "9.7.2", "10"],
  ["twins", "11", "10"],
  ["simulation", "9.7, 11", "10"],
  ["changes", "9.8", "—"],
  ["limitations", "13", "—"],
  ["conclusions", "13", "—"],
  ["reproducibility", "16.1.9", "—"],
  ["references", "15", "14"],
  ["appendixMethods", "16.1.9", "—"],
  ["appendixCode", "16.1.9", "—"],
  ["appendixListings", "16.2", "—"],
  ["appendixChecklist", "—", "—"],
];
