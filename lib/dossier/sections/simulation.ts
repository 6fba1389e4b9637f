import { operatingCharacteristicsFigure } from "../../reporting/figures/operating-characteristics-figure.ts";
import {
  formatCount,
  formatFixed,
  formatInput,
  formatMonteCarlo,
  formatPercent,
} from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import { analysisParts } from "../../simulation/simulated-analysis.ts";
import type { DossierContext } from "../dossier-context.ts";
import { nullCells, plannedScenarioId, proposedDesign, sequentialOrFirstDesign } from "../headline.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";
import { efficacyText, futilityText } from "./plan.ts";
import { boundaryBlocks } from "./simulation-boundaries.ts";
import { exampleBlocks } from "./simulation-examples.ts";
import { operatingBlocks } from "./simulation-operating.ts";
import { verificationBlocks } from "./simulation-verification.ts";

/** The simulation report in the order of the FDA guidance on adaptive designs. */
export function simulationSection(context: DossierContext): ReportBlock[] {
  return [
    heading(1, "simulation", SECTION_TITLES.simulation),
    paragraph`The section follows the content that the FDA guidance on adaptive designs (2019) asks of a simulation report: overall design, example trials, scenarios, numbers of replicates, operating characteristics, code and seeds, summary.`,
    ...designBlocks(context),
    ...boundaryBlocks(context),
    ...exampleBlocks(context),
    ...scenarioBlocks(context),
    ...operatingBlocks(context),
    ...verificationBlocks(context),
    ...summaryBlocks(context),
  ];
}

function designBlocks({ designs }: DossierContext): ReportBlock[] {
  return [
    heading(2, "simulation-designs", "Overall design"),
    paragraph`${see("table-simulated-designs")} lists all variants that were simulated; no design was left out of this report. Every design analyses the primary endpoint with the regression of its row. Rule for choosing among them, fixed in the program: the smallest expected number of patients, then the shortest duration, among the designs that keep the type I error in every null scenario and the power at the planned effect within three MCSE; designs with the score are left out where no gain is shown, and designs of which more than 1 % of the replicates failed in some scenario.`,
    table({
      id: "table-simulated-designs",
      title: "Simulated designs",
      population: "Patients randomised",
      columns: columns(
        "Design",
        ">Experimental",
        ">Control",
        ">α|one-sided",
        "Analysis",
        "Looks at fraction",
        "Efficacy",
        "Futility",
      ),
      rows: designs.map((design) => [
        design.name,
        formatCount(design.experimental),
        formatCount(design.control),
        formatInput(design.oneSidedAlpha),
        analysisParts(design.analysis).name,
        design.lookFractions.map((fraction) => formatInput(fraction, 3)).join(", "),
        efficacyText(design),
        futilityText(design),
      ]),
      notes: ["Fraction: share of the randomised patients whose primary visit is over."],
    }),
  ];
}

function scenarioBlocks(context: DossierContext): ReportBlock[] {
  const { spec } = context.record.simulation;
  return [
    heading(2, "simulation-scenarios", "Data-generating model and scenarios"),
    paragraph`Trials are generated patient by patient. Under control the covariates c of the analysis, the score m and the outcome y follow c − E c = L z; m − E m = b′(c − E c) + s u; y = m + r e with independent standard normal z, u, e (M1). ${spec.scenarios.some((scenario) => scenario.generator.kind === "fitted-model") ? "L, b, s and r are computed from the mean and covariance of the frozen progression model (M3): the exact law of what the analysis reads of a patient." : "L, b, s and r follow from the stated SD and R² (M2)."} Drift, effect and dropout act on this law (M4); the parameters of every scenario stand in ${see("table-scenarios")}.`,
    paragraph`Accrual is a Poisson process at the rate of the table; dropout is exponential in time with the stated probability before the primary visit, independent of everything else.${parametricText(spec)} The treatment effect grows linearly from 0 at time zero to its value at the primary visit.${repeatedMeasuresText(context)}`,
    table({
      id: "table-scenarios",
      title: "Scenario matrix",
      population: "",
      columns: columns(
        "Scenario",
        ">Effect",
        ">Accrual|per month",
        ">Dropout",
        ">Shift of|outcomes",
        ">Residual SD|ratio",
        ">Score|information ι",
        ">Score|curvature κ",
      ),
      rows: spec.scenarios.map((scenario) => [
        scenario.name,
        formatInput(scenario.effect),
        formatFixed(scenario.accrualPerMonth, 1),
        formatPercent(scenario.dropoutProbability),
        formatInput(scenario.drift.meanShift, 4),
        formatInput(scenario.drift.residualSdRatio),
        formatInput(scenario.drift.scoreInformation, 4),
        formatInput(scenario.drift.scoreCurvature ?? 0),
      ]),
      notes: [
        "Effect 0: null scenario. ι: share of the score's own information that reaches the trial (1 as stated, 0 noise). κ: share of the residual variance that is a quadratic function of the score.",
      ],
    }),
    heading(2, "simulation-replicates", "Replicates, seeds and random numbers"),
    paragraph`Every cell of ${formatCount(spec.designs.length)} designs × ${formatCount(spec.scenarios.length)} scenarios has ${formatCount(spec.replicates)} replicates. With that number a probability of 0.025 is known with a 95 % Monte Carlo interval of ± ${formatFixed(1.96 * Math.sqrt((0.025 * 0.975) / spec.replicates), 4)} and a power of 0.9 of ± ${formatFixed(1.96 * Math.sqrt(0.09 / spec.replicates), 4)}; every simulated number is printed with its Monte Carlo standard error (MCSE), so that the interval is shown. A confirmatory claim about the type I error would need 100,000 replicates or more; the same command runs them.`,
    paragraph`Random numbers: Philox4x32-10, a counter-based generator. Replicate r of a scenario draws from the key (seed ${String(spec.seed)}, scenario, r), so that every scenario has its own stream, every design of a scenario meets the same patients, and the numbers do not depend on the number of workers. The streams are listed in ${see("table-seeds")}.`,
    table({
      id: "table-seeds",
      title: "Seeds and streams",
      population: "",
      columns: columns("Scenario", "Stream key"),
      rows: spec.scenarios.map((scenario) => [
        scenario.name,
        `seed ${spec.seed} / ${scenario.id} / replicate 0 … ${formatCount(spec.replicates - 1)}`,
      ]),
    }),
  ];
}

/** What designs with repeated measures read besides the primary visit. */
function repeatedMeasuresText({ designs }: DossierContext): string {
  const names = designs.flatMap((design) =>
    analysisParts(design.analysis).repeatedMeasures ? [`"${design.name}"`] : [],
  );
  if (names.length === 0) return "";
  return ` ${names.join(", ")} ${names.length === 1 ? "is" : "are"} analysed by MMRM over the visits up to the primary one: unstructured covariance, REML, Satterthwaite degrees of freedom, every covariate with a coefficient at every visit (M18). The earlier visits follow the frozen model (M16), and a patient who leaves contributes those reached before.`;
}

/** Scenarios whose patients do not come from the fitted model, with their parameters. */
function parametricText(spec: DossierContext["record"]["simulation"]["spec"]): string {
  const texts = spec.scenarios.flatMap(({ name, generator }) =>
    generator.kind === "parametric"
      ? [
          `"${name}": SD ${formatInput(generator.standardDeviation, 4)}, R² ${formatInput(generator.rSquaredBaseline, 4)} of the baseline and ${formatInput(generator.rSquaredScore, 4)} more of the score`,
        ]
      : [],
  );
  return texts.length === 0 ? "" : ` Parametric patient law (M2) in: ${texts.join("; ")}.`;
}

function summaryBlocks(context: DossierContext): ReportBlock[] {
  const { record } = context;
  const largest = nullCells(context)[0];
  const planned = plannedScenarioId(context);
  const design = sequentialOrFirstDesign(context);
  const cell = planned === null ? undefined : context.cell(design.id, planned);
  const proposed = proposedDesign(context);
  const choice =
    proposed === null
      ? "No simulated design meets the selection rule."
      : `The selection rule picks "${proposed.name}".`;
  const typeOne =
    largest === undefined
      ? "No null scenario was simulated, so nothing is said about the type I error."
      : `The largest simulated type I error over all null cells is ${formatMonteCarlo(largest.rejection, 4)} at a nominal one-sided level of ${formatInput(context.designs.find((row) => row.id === largest.designId)?.oneSidedAlpha ?? 0)}.`;
  return [
    heading(2, "simulation-summary", "Summary and conclusions of the simulation"),
    paragraph`${see("figure-operating")} shows all cells at a glance. ${typeOne} ${cell === undefined ? "" : `At the planned effect "${design.name}" succeeds with probability ${formatMonteCarlo(cell.rejection, 3)}.`} ${choice} The scenarios with an uninformative or half-informative score show what is lost when the score does not transport: power, not validity.`,
    {
      kind: "figure",
      id: "figure-operating",
      title: "Probability of success by scenario and design",
      population: `${formatCount(record.simulation.spec.replicates)} replicates per cell`,
      chart: operatingCharacteristicsFigure(record.simulation),
      notes: ["Power, or type I error in null scenarios; ± MCSE."],
    },
    ...diagnosticBlocks(context),
  ];
}

function diagnosticBlocks({ record }: DossierContext): ReportBlock[] {
  const messages = record.simulation.diagnostics.map((entry) => entry.message);
  return messages.length === 0
    ? []
    : [
        {
          kind: "callout",
          tone: "information",
          content: [{ kind: "text", text: `Remarks of the simulation: ${messages.join(" ")}` }],
        },
      ];
}
