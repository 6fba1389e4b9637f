import { boundaryWords, scaleWords } from "../../design/design-words.ts";
import type { ErrorSpending } from "../../design/spending-function.ts";
import { formatInput } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import { analysisParts } from "../../simulation/simulated-analysis.ts";
import type { DossierContext } from "../dossier-context.ts";
import { bullets, columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** Design of the planned trial, and why the control arm is what it is. */
export function planSection(context: DossierContext): ReportBlock[] {
  const { study, record } = context;
  return [
    heading(1, "plan", SECTION_TITLES.plan),
    heading(2, "plan-design", "Overall design"),
    paragraph`The trial is randomised with ${formatInput(record.sizing.spec.randomizationRatio.value)} : 1 allocation (experimental : control)${study.strata.length === 0 ? ", without stratification" : `, stratified by ${study.strata.join(", ")}`}. Arms and visits are listed in ${see("table-arms")} and ${see("table-visits")}; the protocol variants that were examined in ${see("table-designs")}.`,
    table({
      id: "table-arms",
      title: "Arms of the planned trial",
      population: "",
      columns: columns("Arm", "Role"),
      rows: study.arms.map((arm) => [arm.label, arm.role]),
    }),
    table({
      id: "table-visits",
      title: "Planned visits",
      population: "",
      columns: columns("Visit", ">Target day", ">First day of window", ">Last day of window"),
      rows: study.visits.map((visit) => [
        visit.label,
        formatInput(visit.targetDay),
        formatInput(visit.windowFrom),
        formatInput(visit.windowTo),
      ]),
      notes: [
        "Days from time zero (randomisation = day 0). The measurement nearest to the target day within the window counts; of two equally near the earlier one.",
      ],
    }),
    table({
      id: "table-designs",
      title: "Protocol variants examined",
      population: "",
      columns: columns("Design", ">Experimental", ">Control", "Analysis", "Looks at fraction", "Efficacy", "Futility"),
      rows: context.designs.map((design) => [
        design.name,
        formatInput(design.experimental),
        formatInput(design.control),
        analysisParts(design.analysis).name,
        design.lookFractions.map((fraction) => formatInput(fraction, 3)).join(", "),
        efficacyText(design),
        futilityText(design),
      ]),
      notes: ["Patients randomised per arm. Fraction: share of the randomised patients whose primary visit is over."],
    }),
    heading(2, "plan-control", "Choice of control"),
    paragraph`The control is concurrent and randomised: ${study.arms
      .filter((arm) => arm.role === "control")
      .map((arm) => arm.label)
      .join(
        ", ",
      )}. In the classification of ICH E10 this is an internal control. Alternatives were considered as follows.`,
    bullets(
      "An external control alone would let bias of the history flow straight into the effect; no regulator accepts model-generated controls as a replacement of concurrent controls in pivotal evidence. It is not used.",
      "A hybrid control that borrows historical patients would make the type I error depend on drift. It is not used.",
      "Prognostic covariate adjustment keeps randomisation as the basis of inference: an uninformative or wrong score costs precision, not validity. It is what this report sizes.",
    ),
    paragraph`The twin does not replace randomised controls, and it is never called a control arm in this report.`,
  ];
}

type Design = DossierContext["designs"][number];

export function efficacyText(design: Design): string {
  const tested = (design.efficacyLooks ?? []).flatMap((tests, k) => (tests ? [k + 1] : []));
  const rule = efficacyRule(design);
  return tested.length === 0 || tested.length === design.lookFractions.length
    ? rule
    : `${rule}, at look ${tested.join(", ")}`;
}

function efficacyRule({ efficacy }: Design): string {
  switch (efficacy.kind) {
    case "fixed":
      return "one test at the end";
    case "spending":
      return spendingText(efficacy.spending);
    case "boundary":
      return boundaryWords(efficacy.boundary);
  }
}

export function spendingText(spending: ErrorSpending): string {
  switch (spending.family) {
    case "lan-demets-obrien-fleming":
      return "LD-OF spending";
    case "lan-demets-pocock":
      return "Lan–DeMets spending, Pocock type";
    case "hwang-shih-decani":
      return `HSD spending, γ = ${formatInput(spending.gamma)}`;
    case "kim-demets":
      return `Kim–DeMets spending, ρ = ${formatInput(spending.rho)}`;
    case "exponential":
      return "exponential spending";
    case "user-defined":
      return "user-defined spending";
  }
}

export function futilityText({ futility }: Design): string {
  switch (futility.kind) {
    case "none":
      return "none";
    case "beta-spending":
      return `${spendingText(futility.spending)} of β, ${futility.binding ? "binding" : "non-binding"}`;
    case "pampallona-tsiatis":
      return `Pampallona–Tsiatis bounds, Δ₀ = ${formatInput(futility.shape)}, ${futility.binding ? "binding" : "non-binding"}`;
    case "scale":
      return `bounds given as ${scaleWords(futility.scale)}, ${futility.binding ? "binding" : "non-binding"}`;
    case "z-scale":
      return `z bounds, ${futility.binding ? "binding" : "non-binding"}`;
  }
}
