import type { Diagnostic } from "../../errors/diagnostic.ts";
import type { GaussianJointParameters } from "../gaussian-joint/gaussian-joint-parameters.ts";
import type { MemberParameters } from "../member-parameters.ts";
import type { BaselineFeature, Evaluation } from "../model-document.ts";
import { comparisonFigures, spreadRequest } from "./comparison-figures.ts";
import { federatedEvaluation, withoutEvaluation } from "./federated-evaluation.ts";
import type { FederationPlan } from "./federation-plan.ts";
import type { PatternsAnswer } from "./federation-query.ts";
import { type JointLawFromCells, jointLawFromCells, normalBands } from "./joint-law-from-cells.ts";
import { leftOutModel } from "./leave-one-site-out.ts";
import { mixedEffectsFromSums } from "./mixed-effects-from-sums.ts";
import { admissibleCells } from "./noisy-cells.ts";
import { type PatternCell, pooledCells } from "./pattern-statistics.ts";
import { type AggregateOracle, type SiteAnswer, together } from "./replay.ts";

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
  readonly diagnostics: readonly Diagnostic[];
}

/** The member of the plan learnt from some sites, with its features. */
export interface FederatedMemberFit {
  readonly parameters: MemberParameters;
  readonly features: readonly BaselineFeature[];
}

/**
 * The whole federation as one algorithm over an oracle: pattern statistics, fit of the law and of the member, the same without
 * each site, comparison, spread of the figures. METHODS.md, equation (FE1).
 *
 * @throws PendingQueries until every question is answered; DomainError as the fits.
 */
export function fitFederated(plan: FederationPlan, oracle: AggregateOracle): FederatedFit {
  const patterns = oracle.ask({ kind: "patterns" });
  const cellsOf = (answers: readonly SiteAnswer<PatternsAnswer>[]) =>
    admissibleCells(plan, pooledCells(answers.map(({ aggregate }) => aggregate.cells)), answers.length);
  const all = cellsOf(patterns);
  const { parameters: law, omitted } = jointLawFromCells(plan, all);
  const leftOut = patterns.reduce(
    (sum, { aggregate }) => ({
      values: sum.values + aggregate.leftOut.values,
      patients: sum.patients + aggregate.leftOut.patients,
    }),
    { values: 0, patients: 0 },
  );
  const memberOn = (cells: readonly PatternCell[], except: string | null): FederatedMemberFit => {
    const own = jointLawFromCells(plan, cells).parameters;
    const { features } = own;
    if (plan.member.kind === "gaussian-joint") return { parameters: own, features };
    const used = patterns.filter(({ site }) => site !== except);
    return {
      parameters: mixedEffectsFromSums(plan, oracle, { patterns: used, cells, features, except }, plan.member),
      features,
    };
  };
  if (plan.evaluation === "none") {
    const { evaluation, diagnostics } = withoutEvaluation(plan);
    const member = memberOn(all, null);
    return {
      law,
      omitted,
      member: member.parameters,
      evaluation,
      inflation: law.predictionInflation,
      leftOut,
      diagnostics,
    };
  }
  const parts = [null, ...plan.sites].map((site) => {
    const used = patterns.filter((answer) => answer.site !== site);
    return { site, cells: site === null ? all : cellsOf(used) };
  });
  const fits = together(
    parts.map(
      ({ site, cells }) =>
        () =>
          memberOn(cells, site),
    ),
  );
  const left = parts.flatMap(({ site, cells }, k) =>
    site === null ? [] : [leftOutModel(plan, site, cells, all, fits[k]!.parameters, fits[k]!.features)],
  );
  const sums = oracle.ask({ kind: "comparison", models: left });
  const figures = comparisonFigures(sums);
  const spreads = oracle.ask({ kind: "comparison-spread", models: left, spread: spreadRequest(figures, sums) });
  const { evaluation, diagnostics } = federatedEvaluation(plan, figures, sums, spreads);
  const inflation = figures.map((figure) => figure?.inflation ?? 1);
  const calibrated = {
    ...law,
    predictionInflation: inflation,
    bandMultipliers: inflation.map(normalBands),
  };
  const own = fits[0]!.parameters;
  return {
    law: calibrated,
    omitted,
    member: own.kind === "gaussian-joint" ? calibrated : own,
    evaluation,
    inflation,
    leftOut,
    diagnostics,
  };
}
