import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { clopperPearsonInterval } from "../../numerics/binomial-interval.ts";
import { normalQuantile } from "../../numerics/normal.ts";
import type { IntervalEstimate } from "../../trial/interval.ts";
import { BAND_LEVELS } from "../gaussian-joint/band-calibration.ts";
import { leakageDiagnostics } from "../leakage.ts";
import type { Evaluation, GainAtVisit } from "../model-document.ts";
import { type Verdict, verdictAtVisit } from "../verdict.ts";
import type { ComparisonSums, SpreadSums } from "./comparison.ts";
import { type ComparisonFigures, siteGain } from "./comparison-figures.ts";
import type { FederationPlan } from "./federation-plan.ts";
import type { SiteAnswer } from "./replay.ts";

const LEVEL = 0.95;

/**
 * Evaluation of a federated model from the sites' sums: every site predicted by models of the other sites.
 *
 * Figures are those of (P10)–(P13) with the sites as folds; their intervals come from sums of squared influences instead of
 * a bootstrap of patients. METHODS.md, equations (FE8), (FE9).
 *
 * @param figures - [E·V].
 */
export function federatedEvaluation(
  plan: FederationPlan,
  figures: readonly (ComparisonFigures | null)[],
  sums: readonly SiteAnswer<ComparisonSums>[],
  spreads: readonly SiteAnswer<SpreadSums>[],
): { readonly evaluation: Evaluation; readonly diagnostics: readonly Diagnostic[] } {
  const evaluation = emptyEvaluation(plan);
  const diagnostics: Diagnostic[] = [];
  const V = plan.visits.length;
  figures.forEach((figure, cell) => {
    const endpoint = plan.endpoints[Math.floor(cell / V)]!;
    const visit = plan.visits[cell % V]!;
    const at = { endpointId: endpoint.id, visitId: visit.id };
    const what = `${endpoint.label} at ${visit.label}`;
    if (figure === null) {
      diagnostics.push(
        diagnostic(
          "warning",
          "not-compared",
          `${what}: no site has ${plan.smallCells.minimum} patients with both baseline and outcome; the twin is not compared with anything.`,
          `${endpoint.id} @ ${visit.id}`,
        ),
      );
      return;
    }
    const own = spreads.flatMap(({ aggregate }) => aggregate.cells[cell] ?? []);
    const squares = (k: number) => own.reduce((sum, each) => sum + each.squares[k]!, 0);
    const interval = (k: number, lowest: number, highest: number) =>
      normalInterval(figure.values[k]!, squares(k), figure.patients, lowest, highest);
    const m = figure.means;
    const gain = interval(0, Number.NEGATIVE_INFINITY, 1);
    const partialCorrelation = interval(1, -1, 1);
    const row: GainAtVisit = {
      ...at,
      patients: figure.patients,
      gain,
      partialCorrelation,
      allCovariateAncovaGain: interval(2, Number.NEGATIVE_INFINITY, 1),
      rmse: {
        twin: Math.sqrt(m[0]!),
        baselineAncova: Math.sqrt(m[1]!),
        allCovariateAncova: Math.sqrt(m[2]!),
        meanChange: Math.sqrt(m[7]!),
        lastValueCarriedForward: Math.sqrt(m[8]!),
      },
      variance: {
        standardDeviation: Math.sqrt(((m[6]! - m[5]! ** 2) * figure.patients) / Math.max(1, figure.patients - 1)),
        rSquaredAncova: interval(3, Number.NEGATIVE_INFINITY, 1),
        rSquaredWithScore: interval(4, Number.NEGATIVE_INFINITY, 1),
      },
      gainClaimed: gain.lower > 0 && partialCorrelation.lower > 0,
    };
    const coverage = BAND_LEVELS.map((level, l) => {
      const covered = own.reduce((sum, each) => sum + each.covered[l]!, 0);
      const { lower, upper } = clopperPearsonInterval(covered, figure.patients);
      const value = covered / figure.patients;
      return { ...at, level, covered, patients: figure.patients, coverage: { value, lower, upper, level: LEVEL } };
    });
    const elsewhere = sums.flatMap(({ site, aggregate }) => {
      const ofSite = aggregate.cells[cell] ?? null;
      const spread = spreads.find((each) => each.site === site)?.aggregate.cells[cell] ?? null;
      if (ofSite === null || spread === null) return [];
      const n = ofSite.patients;
      const error = (ofSite.sums[5]! - ofSite.sums[10]!) / n;
      const errorSquares = ofSite.sums[0]! - n * error ** 2;
      return [
        {
          ...at,
          study: site,
          patients: n,
          gain: normalInterval(siteGain(ofSite.sums, n), spread.ownGainSquares, n, Number.NEGATIVE_INFINITY, 1),
          meanError: normalInterval(error, errorSquares, n, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
        },
      ];
    });
    const slope = interval(5, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    evaluation.gain.push(row);
    evaluation.calibration.push({
      ...at,
      patients: figure.patients,
      slope,
      intercept: interval(6, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
      crps: own.reduce((sum, each) => sum + each.crps, 0) / figure.patients,
      pitMean: own.reduce((sum, each) => sum + each.pit, 0) / figure.patients,
      pitKs: null,
      pitHistogram: [],
      groups: [],
    });
    evaluation.coverage.push(...coverage);
    evaluation.leaveOneStudyOut.push(...elsewhere);
    evaluation.verdicts.push(
      verdictAtVisit({
        endpointLabel: endpoint.label,
        visitLabel: visit.label,
        gain: row,
        calibration: { slope },
        coverage,
        leaveOneStudyOut: elsewhere,
      }),
    );
    diagnostics.push(...leakageDiagnostics(row, what));
  });
  diagnostics.push(
    diagnostic(
      "information",
      "evaluated-by-site",
      "Every figure of the evaluation comes from predicting each site by models of the other sites, from sums alone: folds are the sites, intervals are from linearisation and not from a bootstrap of patients, and what needs single patients (histogram of the PIT, calibration by groups, subgroups, run-in, other members) is not available.",
    ),
  );
  return { evaluation, diagnostics };
}

/** Evaluation of a model that nobody has evaluated: "do not use" everywhere. */
export function withoutEvaluation(plan: FederationPlan): {
  readonly evaluation: Evaluation;
  readonly diagnostics: readonly Diagnostic[];
} {
  const verdicts = plan.endpoints.flatMap((endpoint) =>
    plan.visits.map(
      (visit): Verdict => ({
        endpointId: endpoint.id,
        visitId: visit.id,
        decision: "do-not-use",
        sentence: `No gain is demonstrated for ${endpoint.label} at ${visit.label}: this model has no out-of-fold evaluation. Plan the trial without the twin's score.`,
        reasons: ["The plan of the federation asked for no evaluation."],
      }),
    ),
  );
  return {
    evaluation: { ...emptyEvaluation(plan), verdicts },
    diagnostics: [
      diagnostic(
        "critical",
        "not-evaluated",
        "This model was not evaluated on patients it has not seen: no gain, no coverage and no calibration is known, and none is claimed.",
      ),
    ],
  };
}

function emptyEvaluation(plan: FederationPlan): Evaluation {
  return {
    scheme: { folds: plan.sites.length, repeats: 1, byPatient: true, seed: 0 },
    gain: [],
    coverage: [],
    calibration: [],
    subgroups: [],
    leaveOneStudyOut: [],
    verdicts: [],
    candidates: [],
    collinearity: [],
    runIn: [],
    drift: [],
  };
}

/** Value ± z √(Σ influence² / (n (n − 1))). */
function normalInterval(
  value: number,
  squares: number,
  patients: number,
  lowest: number,
  highest: number,
): IntervalEstimate {
  const half = normalQuantile(0.5 + LEVEL / 2) * Math.sqrt(squares / (patients * Math.max(1, patients - 1)));
  return {
    value,
    lower: Math.max(lowest, value - half),
    upper: Math.min(highest, value + half),
    level: LEVEL,
  };
}
