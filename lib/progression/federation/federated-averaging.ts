import type { GaussianJointParameters } from "../gaussian-joint/gaussian-joint-parameters.ts";
import { networkDocument, networkWeights } from "../neural-boltzmann/network-document.ts";
import type { NetworkLayout } from "../neural-boltzmann/network-layout.ts";
import { DEFAULT_NEURAL_OPTIONS } from "../neural-boltzmann/neural-boltzmann-options.ts";
import type {
  NeuralBoltzmannParameters,
  NeuralNetworkDocument,
} from "../neural-boltzmann/neural-boltzmann-parameters.ts";
import { correlationOf } from "../neural-boltzmann/residual-correlation.ts";
import { type AveragingSetting, averagingSetting, networkAnchor, stageLayout } from "./averaging-setting.ts";
import type { FederatedNetworks, FederationPlan } from "./federation-plan.ts";
import type { AveragingRound } from "./federation-record.ts";
import type { LocalTrainingAnswer, LocalTrainingQuery } from "./local-training.ts";
import type { PatternCell } from "./pattern-statistics.ts";
import { type AggregateOracle, type SiteAnswer, together } from "./replay.ts";

/** Gain in mean held-out log-density that counts as one, as in the pooled training. */
const LEAST_GAIN = 1e-4;

/** Whose networks: all sites', or those of all but one. */
export interface AveragingTrack {
  readonly except: string | null;
  /** Patients learnt from, and their joint law. */
  readonly cells: readonly PatternCell[];
  readonly joint: GaussianJointParameters;
}

/** Networks learnt by federated averaging. */
export interface AveragedNetworks {
  /** One for each track, all after the same number of rounds. */
  readonly parameters: readonly NeuralBoltzmannParameters[];
  /** Averaging rounds made and kept, without and with hidden units. */
  readonly rounds: { readonly gaussian: number; readonly hidden: number };
  readonly kept: { readonly gaussian: number; readonly hidden: number };
  readonly course: readonly AveragingRound[];
}

type Stage = LocalTrainingQuery["stage"];
type Networks = readonly NeuralNetworkDocument[];

interface StageResult {
  /** By track. */
  readonly networks: readonly Networks[];
  readonly kept: number;
  readonly run: number;
  /** Mean log-density of patients of sites left out, at the average kept and before the first round; null without evaluation. */
  readonly heldOut: number | null;
  readonly before: number | null;
}

/**
 * Federated averaging: in every round each site trains the networks on its own patients from the current averages, and the
 * weights that come back are averaged by number of patients. The same is done without each site, in the same rounds; of the
 * averages of a stage that one is kept after which the patients of the sites left out are most likely. METHODS.md, equations
 * (FE18)–(FE20).
 *
 * @param plan - The plan.
 * @param member - Its member.
 * @param oracle - The sites.
 * @param tracks - All sites first; then each site left out, or nobody: all planned rounds are then made and kept.
 * @throws PendingQueries until the sites have answered.
 */
export function averagedNetworks(
  plan: FederationPlan,
  member: FederatedNetworks,
  oracle: AggregateOracle,
  tracks: readonly AveragingTrack[],
): AveragedNetworks {
  const course: AveragingRound[] = [];
  const settings = tracks.map(({ cells, joint }) => averagingSetting(plan, cells, joint));
  const scored = tracks.length > 1;
  const run = (
    stage: Stage,
    start: readonly Networks[],
    levels: readonly (number[][] | null)[],
    toBeat: number | null,
  ): StageResult => {
    let current = start;
    let best: StageResult = { networks: start, kept: 0, run: 0, heldOut: null, before: null };
    for (let round = 1; scored || round <= member.rounds; round++) {
      const stop = round > member.rounds || (scored && round - 1 - best.kept > member.patience);
      const answers = together(
        tracks.map(({ except }, t) => () => {
          if (stop && except === null) return [];
          return oracle.ask({
            kind: "local-training",
            except,
            stage,
            round,
            epochs: stop ? 0 : member.localEpochs,
            setting: settings[t]!,
            levels: levels[t]!,
            networks: [...current[t]!],
          });
        }),
      );
      const rows = plan.sites.map((site) => roundOf(stage, round, site, tracks, answers));
      if (plan.noise === null) course.push(...rows);
      if (scored) {
        const reached = overPatients(rows);
        if (best.before === null) best = { ...best, before: reached, heldOut: toBeat ?? reached };
        if (reached > best.heldOut! + LEAST_GAIN) {
          best = { ...best, networks: current, kept: round - 1, heldOut: reached };
        }
      }
      if (stop) break;
      current = answers.map((each, t) => average(stageLayout(member, settings[t]!, stage), each));
      best = scored ? { ...best, run: round } : { ...best, networks: current, kept: round, run: round };
    }
    return best;
  };
  const begin = tracks.map(({ except }, t) => {
    const setting = settings[t]!;
    const layout = stageLayout(member, setting, "gaussian");
    const correlation = correlationOf(Float64Array.from(setting.start.covariance), setting.outcomeCentre.length);
    return Array.from({ length: except === null ? member.networks : 1 }, (_, s) =>
      networkDocument(layout, networkAnchor(member, setting, layout, s), correlation),
    );
  });
  const gaussian = run(
    "gaussian",
    begin,
    tracks.map(() => null),
    null,
  );
  let tried: StageResult | null = null;
  if (member.hiddenUnits > 0) {
    const from = gaussian.networks.map((networks, t) => {
      const plain = stageLayout(member, settings[t]!, "gaussian");
      const full = stageLayout(member, settings[t]!, "hidden");
      return networks.map((learnt, s) => {
        const weights = networkAnchor(member, settings[t]!, full, s);
        weights.set(networkWeights(plain, learnt));
        return networkDocument(full, weights, Float64Array.from(learnt.correlation));
      });
    });
    const levels = gaussian.networks.map((networks) => networks.map((each) => [...each.logPrecisionIntercept]));
    tried = run("hidden", from, levels, gaussian.heldOut);
  }
  const hidden = tried !== null && tried.kept > 0 ? tried : null;
  const { networks } = hidden ?? gaussian;
  return {
    parameters: tracks.map(({ joint }, t) => document(member, settings[t]!, joint, networks[t]!, gaussian, tried)),
    rounds: { gaussian: gaussian.run, hidden: tried?.run ?? 0 },
    kept: { gaussian: gaussian.kept, hidden: hidden?.kept ?? 0 },
    course,
  };
}

/** What one site said in a round: of the networks that have not seen it, and of those of all sites. */
function roundOf(
  stage: Stage,
  round: number,
  site: string,
  tracks: readonly AveragingTrack[],
  answers: readonly (readonly SiteAnswer<LocalTrainingAnswer>[])[],
): AveragingRound {
  const of = (except: string | null) => {
    const t = tracks.findIndex((track) => track.except === except);
    return answers[t]?.find((answer) => answer.site === site)?.aggregate;
  };
  const unseen = of(site);
  const own = of(null);
  const patients = unseen?.patients ?? own?.patients ?? 0;
  const mean = (sum: number | null | undefined) => (sum === null || sum === undefined ? null : sum / patients);
  return {
    stage,
    round,
    site,
    patients,
    heldOut: mean(unseen?.logDensity?.before),
    before: mean(own?.logDensity?.before),
    after: mean(own?.logDensity?.after),
  };
}

/** Mean over all patients of the sites left out. */
function overPatients(rows: readonly AveragingRound[]): number {
  const patients = rows.reduce((sum, row) => sum + row.patients, 0);
  return rows.reduce((sum, row) => sum + row.patients * row.heldOut!, 0) / patients;
}

/** Weights and correlation of every network, averaged over sites by their patients. METHODS.md, equation (FE19). */
function average(layout: NetworkLayout, answers: readonly SiteAnswer<LocalTrainingAnswer>[]): NeuralNetworkDocument[] {
  const trained = answers.flatMap(({ aggregate: { networks, patients } }) =>
    networks === null ? [] : [{ networks, patients }],
  );
  const total = trained.reduce((sum, { patients }) => sum + patients, 0);
  return trained[0]!.networks.map(({ correlation: like }, s) => {
    const weights = new Float64Array(layout.size);
    const correlation = new Float64Array(like.length);
    for (const { networks, patients } of trained) {
      const share = patients / total;
      const own = networkWeights(layout, networks[s]!);
      for (let k = 0; k < weights.length; k++) weights[k]! += share * own[k]!;
      for (let k = 0; k < correlation.length; k++) correlation[k]! += share * networks[s]!.correlation[k]!;
    }
    return networkDocument(layout, weights, correlation);
  });
}

function document(
  member: FederatedNetworks,
  setting: AveragingSetting,
  joint: GaussianJointParameters,
  networks: Networks,
  gaussian: StageResult,
  tried: StageResult | null,
): NeuralBoltzmannParameters {
  const { localEpochs } = member;
  const hidden = tried !== null && tried.kept > 0 ? tried : null;
  const n = setting.outcomeCentre.length;
  return {
    kind: "neural-boltzmann",
    features: joint.features,
    encoding: setting.encoding,
    outcomeCentre: setting.outcomeCentre,
    outcomeUnit: setting.outcomeUnit,
    hiddenUnits: hidden === null ? 0 : member.hiddenUnits,
    hiddenUnitsTried: member.hiddenUnits,
    hiddenStart: hidden === null ? "none" : "small",
    meanUnits: member.meanUnits,
    networks: [...networks],
    schedule: {
      ...DEFAULT_NEURAL_OPTIONS.schedule,
      learningRate: member.learningRate,
      maximumEpochs: member.rounds * localEpochs,
    },
    epochs: {
      gaussian: gaussian.kept * localEpochs,
      gaussianRun: gaussian.run * localEpochs,
      hidden: (hidden?.kept ?? 0) * localEpochs,
      hiddenRun: (tried?.run ?? 0) * localEpochs,
    },
    heldOut:
      gaussian.before === null
        ? null
        : {
            linear: gaussian.before,
            gaussian: gaussian.heldOut!,
            final: hidden?.heldOut ?? gaussian.heldOut!,
          },
    predictionInflation: new Array<number>(n).fill(1),
    priorWeight: setting.priorWeight,
    patients: setting.patients,
    backend: "float64 typed arrays at the sites, weights averaged",
  };
}
