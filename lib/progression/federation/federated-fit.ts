import type { Diagnostic } from "../../errors/diagnostic.ts";
import type { GaussianJointParameters } from "../gaussian-joint/gaussian-joint-parameters.ts";
import { refuseLeakingCovariates, refuseLeakingTwin } from "../leakage.ts";
import type { MemberParameters } from "../member-parameters.ts";
import type { Evaluation, GainAtVisit } from "../model-document.ts";
import { comparisonFigures, spreadRequest } from "./comparison-figures.ts";
import { type AveragedNetworks, averagedNetworks } from "./federated-averaging.ts";
import { federatedEvaluation, withoutEvaluation } from "./federated-evaluation.ts";
import type { FederationPlan } from "./federation-plan.ts";
import type { PatternsAnswer } from "./federation-query.ts";
import { type JointLawFromCells, jointLawFromCells, normalBands } from "./joint-law-from-cells.ts";
import { leakingFromCells } from "./leakage-from-cells.ts";
import { leftOutModel } from "./leave-one-site-out.ts";
import { mixedEffectsFromSums } from "./mixed-effects-from-sums.ts";
import { admissibleCells } from "./noisy-cells.ts";
import { type PatternCell, pooledCells } from "./pattern-statistics.ts";
import { type AggregateOracle, type SiteAnswer, together } from "./replay.ts";
import { withScoreRegressions } from "./score-regression.ts";

/** What a federation ends with. */
export interface FederatedFit {
  /** Joint law of baseline and outcomes; inflation and bands from the evaluation. */
  readonly law: GaussianJointParameters;
  readonly omitted: JointLawFromCells["omitted"];
  /** The member of the plan; the law itself for the Gaussian joint model. */
  readonly member: MemberParameters;
  readonly evaluation: Evaluation;
  /** [E·V] factor on the SDs, from patients of sites left out; 1 without evaluation. */
  readonly inflation: readonly number[];
  readonly leftOut: { readonly values: number; readonly patients: number };
  /** How networks were averaged; null for members fitted from sums. */
  readonly averaging: AveragedNetworks | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The whole federation as one algorithm over an oracle: pattern statistics, fit of the law and of the member, the same without
 * each site, comparison, spread of the figures. METHODS.md, equation (FE1).
 *
 * @param acknowledgedLeakage - Why partial correlations above 0.6 are no leak; without it they stop the federation.
 * @throws PendingQueries until every question is answered; DomainError as the fits, and for leaks.
 */
export function fitFederated(
  plan: FederationPlan,
  oracle: AggregateOracle,
  acknowledgedLeakage: string | undefined,
): FederatedFit {
  const patterns = oracle.ask({ kind: "patterns" });
  const cellsOf = (answers: readonly SiteAnswer<PatternsAnswer>[]) =>
    admissibleCells(plan, pooledCells(answers.map(({ aggregate }) => aggregate.cells)), answers.length);
  const all = cellsOf(patterns);
  refuseLeakingCovariates(leakingFromCells(plan, all), { acknowledgedLeakage });
  const { parameters: law, omitted } = jointLawFromCells(plan, all);
  const leftOut = patterns.reduce(
    (sum, { aggregate }) => ({
      values: sum.values + aggregate.leftOut.values,
      patients: sum.patients + aggregate.leftOut.patients,
    }),
    { values: 0, patients: 0 },
  );
  const parts = [null, ...(plan.evaluation === "none" ? [] : plan.sites)].map((except) => {
    const cells = except === null ? all : cellsOf(patterns.filter(({ site }) => site !== except));
    return { except, cells, joint: jointLawFromCells(plan, cells).parameters };
  });
  const { members, averaging } = memberFits(plan, oracle, patterns, parts);
  if (plan.evaluation === "none") {
    const { evaluation, diagnostics } = withoutEvaluation(plan);
    const inflation = law.predictionInflation;
    return { law, omitted, member: members[0]!, evaluation, inflation, leftOut, averaging, diagnostics };
  }
  const models = parts.flatMap(({ except, cells, joint }, k) =>
    except === null ? [] : [leftOutModel(plan, except, cells, all, members[k]!, joint.features)],
  );
  const left =
    averaging === null ? models : withScoreRegressions(models, oracle.ask({ kind: "score-regression", models }));
  const sums = oracle.ask({ kind: "comparison", models: left });
  const figures = comparisonFigures(
    sums,
    left[0]!.cells.map(({ centre }) => centre),
  );
  const spreads = oracle.ask({ kind: "comparison-spread", models: left, spread: spreadRequest(figures, sums) });
  const { evaluation, diagnostics } = federatedEvaluation(plan, figures, sums, spreads);
  const labelOf = ({ endpointId, visitId }: GainAtVisit) =>
    `${plan.endpoints.find(({ id }) => id === endpointId)!.label} at ${plan.visits.find(({ id }) => id === visitId)!.label}`;
  refuseLeakingTwin(evaluation.gain, labelOf, { acknowledgedLeakage });
  const inflation = figures.map((figure) => figure?.inflation ?? 1);
  const calibrated = {
    ...law,
    predictionInflation: inflation,
    bandMultipliers: inflation.map(normalBands),
  };
  const own = members[0]!;
  return {
    law: calibrated,
    omitted,
    member: own.kind === "gaussian-joint" ? calibrated : own,
    evaluation,
    inflation,
    leftOut,
    averaging,
    diagnostics,
  };
}

/** Some of the sites: all, or all but one. */
interface Part {
  readonly except: string | null;
  readonly cells: readonly PatternCell[];
  readonly joint: GaussianJointParameters;
}

/** The member of the plan learnt from each part; what the parts ask is asked in the same rounds. */
function memberFits(
  plan: FederationPlan,
  oracle: AggregateOracle,
  patterns: readonly SiteAnswer<PatternsAnswer>[],
  parts: readonly Part[],
): { readonly members: readonly MemberParameters[]; readonly averaging: AveragedNetworks | null } {
  const { member } = plan;
  switch (member.kind) {
    case "gaussian-joint":
      return { members: parts.map(({ joint }) => joint), averaging: null };
    case "mixed-effects": {
      const fits = parts.map(({ except, cells, joint: { features } }) => () => {
        const used = patterns.filter(({ site }) => site !== except);
        return mixedEffectsFromSums(plan, oracle, { patterns: used, cells, features, except }, member);
      });
      return { members: together(fits), averaging: null };
    }
    case "neural-boltzmann": {
      const averaging = averagedNetworks(plan, member, oracle, parts);
      return { members: averaging.parameters, averaging };
    }
    default:
      return member satisfies never;
  }
}
