import { formatCount, formatInterval, formatPercent, formatPercentInterval } from "../../reporting/format-number.ts";
import { acceptanceResults, passedText } from "../acceptance-criteria.ts";
import { dossierContext } from "../dossier-context.ts";
import { describeMember, stackMembers } from "../member-description.ts";
import { MEMBER_EQUATIONS } from "../member-equations.ts";
import { modelRisk } from "../sections/credibility.ts";
import { frozenText } from "../sections/credibility-adequacy.ts";
import {
  allOf,
  type ChecklistPoint,
  fail,
  human,
  machine,
  matchedIn,
  notApplicable,
  printedIn,
} from "./checklist-point.ts";

/** Credibility of the model. */
export const SECTION_D: readonly ChecklistPoint[] = [
  machine("D1!", "Question of interest", (e) =>
    printedIn(e, "credibility", [e.record.study.questionOfInterest], "Question of interest"),
  ),
  machine("D2!", "Context of use: role, scope, other evidence", (e) =>
    printedIn(e, "credibility", [e.record.study.contextOfUse], "Context of use"),
  ),
  machine("D3!", "Model influence low/medium/high with reason", (e) =>
    printedIn(
      e,
      "credibility",
      [`Model influence: ${e.record.study.modelInfluence.level}. ${e.record.study.modelInfluence.reason}`],
      "Model influence",
    ),
  ),
  machine("D4!", "Decision consequence low/medium/high with reason", (e) =>
    printedIn(
      e,
      "credibility",
      [
        `Decision consequence: ${e.record.study.decisionConsequence.level}. ${e.record.study.decisionConsequence.reason}`,
      ],
      "Decision consequence",
    ),
  ),
  machine("D5!", "Model risk from influence and consequence, matrix shown", (e) =>
    printedIn(
      e,
      "credibility",
      [
        "Model risk by model influence and decision consequence",
        `Model risk: ${modelRisk(e.record.study.modelInfluence.level, e.record.study.decisionConsequence.level)}`,
        `▶ ${modelRisk(e.record.study.modelInfluence.level, e.record.study.decisionConsequence.level)}`,
      ],
      "Risk, judged again from influence and consequence, and its cell in the matrix",
    ),
  ),
  machine("D6", "Model impact: distance from standard practice", (e) =>
    matchedIn(e, "credibility", [/impact|standardpractice/i], "Model impact"),
  ),
  machine("D7", "Credibility plan with acceptance criteria fixed before results", (e) =>
    matchedIn(e, "credibility", [/acceptancecriteri/i], "Acceptance criteria"),
  ),
  machine("D8", "Architecture, inputs, outputs, features and why chosen", (e) =>
    printedIn(
      e,
      "credibility",
      e.record.model.covariates
        .filter((one) => e.record.model.training.covariateIds.includes(one.id))
        .map((one) => one.label),
      "Inputs",
    ),
  ),
  machine("D9", "Full equations of the fitted model", (e) =>
    allOf(
      matchedIn(e, "appendixMethods", [/conditional/i, /[μΣ]/], "Equations"),
      printedIn(
        e,
        "appendixMethods",
        stackMembers(e.record.model).flatMap(({ kind }) => MEMBER_EQUATIONS[kind].map(([label]) => label)),
        "Equations of the members",
      ),
    ),
  ),
  machine("D10", "Training: loss, optimiser, hyper-parameters, stopping rule, seeds", (e) =>
    allOf(
      printedIn(
        e,
        "credibility",
        [String(e.record.model.training.seed), String(e.record.model.training.folds)],
        "Seed and folds",
      ),
      matchedIn(e, "credibility", [/likelihood/i, /EM|expectation/i, /converge|stopping/i], "Training"),
    ),
  ),
  machine("D11", "Number of parameters against sample size", (e) =>
    allOf(
      matchedIn(e, "credibility", [/parameters/i], "Parameters"),
      printedIn(e, "credibility", [String(e.record.model.parameters.patients)], "Training patients"),
    ),
  ),
  machine("D12", "Regularisation and overfitting check", (e) =>
    matchedIn(e, "credibility", [/shrinkage/i, /out(-|‑)?of(-|‑)?fold/i], "Regularisation"),
  ),
  machine("D13", "Ensemble members and seeds; seed-to-seed spread", (e) => {
    const members = stackMembers(e.record.model).map(describeMember);
    if (members.length === 0) return notApplicable("One deterministic model; no ensemble.");
    const drawn = members.filter((member) => member.hasRandomStart).map((member) => member.name);
    const { model } = e.record;
    const spread = model.format === "understudy-model/1" ? [] : (model.evaluation.seedSpread ?? []);
    const unmeasured = drawn.filter((name) => !spread.some((row) => row.name === name));
    if (unmeasured.length > 0)
      return fail(`The spread over training seeds was not measured for: ${unmeasured.join(", ")}.`);
    if (spread.length > 0)
      return printedIn(
        e,
        "credibility",
        [
          String(model.training.seed),
          ...members.flatMap((member) => [member.name, member.randomness]),
          ...spread.flatMap((row) => [
            ...row.gains.map((gain) => formatPercent(gain)),
            formatPercent(row.gainStandardDeviation, 2),
          ]),
        ],
        "Members, and the gain of every training seed with its spread",
      );
    return printedIn(
      e,
      "credibility",
      [String(e.record.model.training.seed), ...members.flatMap((member) => [member.name, member.randomness])],
      "Members with their use of the seed (none has a random start)",
    );
  }),
  machine("D14", "Baseline comparators on the same folds", (e) =>
    matchedIn(e, "credibility", [/meanchange/i, /lastvalue(carriedforward)?/i, /ANCOVA/], "Comparators"),
  ),
  machine("D15!", "Performance on independent data by endpoint and visit with intervals", (e) =>
    printedIn(
      e,
      "credibility",
      e.record.model.evaluation.gain.flatMap((cell) => [
        String(cell.patients),
        formatPercent(cell.gain.value),
        formatPercent(cell.gain.lower).replace("%", ""),
        formatPercent(cell.gain.upper).replace("%", ""),
      ]),
      "Gain with interval at every endpoint and visit",
    ),
  ),
  machine("D16", "Leave-one-trial-out performance", (e) =>
    e.record.model.evaluation.leaveOneStudyOut.length === 0
      ? notApplicable("There is one historical study.")
      : printedIn(
          e,
          "credibility",
          e.record.model.evaluation.leaveOneStudyOut.map((one) => one.study),
          "Studies left out",
        ),
  ),
  machine("D17", "Calibration plot, slope and intercept with intervals", (e) =>
    allOf(
      matchedIn(e, "credibility", [/calibration/i, /slope/i, /intercept/i], "Calibration"),
      printedIn(
        e,
        "credibility",
        e.record.model.evaluation.calibration.map((one) => formatInterval(one.slope, 2)),
        "Slope with interval at every endpoint and visit",
      ),
    ),
  ),
  machine("D18", "Uncertainty: PIT, coverage at three or more levels, CRPS", (e) =>
    allOf(
      matchedIn(e, "credibility", [/PIT/, /CRPS/, /50\D?%/, /80\D?%/, /95\D?%/], "Uncertainty"),
      printedIn(
        e,
        "credibility",
        e.record.model.evaluation.coverage.map((one) => formatPercent(one.coverage.value)),
        "Coverage",
      ),
    ),
  ),
  machine("D19", "Subgroup performance", (e) =>
    e.record.model.evaluation.subgroups.length === 0
      ? e.record.model.covariates.length === 0
        ? notApplicable("No covariate was recorded that could define a subgroup.")
        : fail("The evaluation has no subgroups.")
      : printedIn(
          e,
          "credibility",
          e.record.model.evaluation.subgroups
            .filter(
              ({ endpointId, visitId }) =>
                endpointId === e.record.simulation.spec.primary.endpointId &&
                visitId === e.record.simulation.spec.primary.visitId,
            )
            .map((one) => `${one.subgroup}${formatCount(one.patients)}${formatPercentInterval(one.gain)}`),
          "Gain in every subgroup",
        ),
  ),
  machine("D20", "Applicability domain rule and share of target patients outside", (e) =>
    printedIn(
      e,
      "twins",
      [`${e.record.twins.outOfSupport.patients} of ${e.record.twins.outOfSupport.of}`],
      "Patients out of support",
    ),
  ),
  human("D21", "statistician", "Explainability: importance or coefficients with stability"),
  human("D22", "sponsor", "Human role and oversight and how outputs may be overridden"),
  human("D23", "statistician", "Limitations specific to the model"),
  machine("D24!", "Model frozen: version, hash; no learning after the freeze", (e) =>
    allOf(
      printedIn(
        e,
        "credibility",
        [e.record.model.hash, e.record.model.engineVersion, frozenText(e.record)],
        "Model hash, engine version and freeze",
      ),
      matchedIn(e, "credibility", [/frozen/i, /nolearning|notlearn|doesnotlearn/i], "Freeze statement"),
    ),
  ),
  human("D25", "regulatory", "Life cycle: drift monitor, retraining trigger, change control"),
  machine("D26", "Deviations from the credibility plan, or none", (e) =>
    matchedIn(e, "credibility", [/deviation/i], "Deviations"),
  ),
  machine("D27!", "Adequacy conclusion against each acceptance criterion, pass or fail", (e) =>
    allOf(
      matchedIn(e, "credibility", [/Adequacy\./, /(modelisadequate|modelisnotadequate)/], "Adequacy"),
      printedIn(
        e,
        "credibility",
        acceptanceResults(dossierContext(e.record)).map(
          (row) => `${row.id}${row.criterion}${row.result}${passedText(row.passed)}`,
        ),
        "Acceptance criteria with results, judged again from results.json",
      ),
    ),
  ),
  machine("D28", "Software verification: tests against oracles and reference packages, tolerance", (e) =>
    matchedIn(e, "reproducibility", [/rpact/i, /tolerance/i], "Verification"),
  ),
  machine("D29", "Independent reviewer named", (e) =>
    e.record.reviewer === null
      ? fail("No independent reviewer is named.")
      : printedIn(e, "credibility", [e.record.reviewer], "Reviewer"),
  ),
  human("D30", "regulatory", "No generative language model in the numeric path"),
];
