import { invalidInput } from "../../errors/domain-error.ts";
import { createRng } from "../../numerics/philox.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import { covariateRow } from "../transition/covariate-columns.ts";
import type { EventKind, EventParameters } from "./event-parameters.ts";
import { mirroredRng } from "./mirrored-rng.ts";
import { logRelativeLength } from "./train-event-model.ts";

/** Dropout that depends on the value that dropout hides. METHODS.md, equation (EV4). */
export interface DropoutSensitivity {
  /** Position of the endpoint whose current value matters. */
  readonly endpoint: number;
  /** d: log odds of dropout per SD of the current value above the visit's mean; 0 = missing at random. */
  readonly logOddsPerDeviation: number;
}

/** Marginal chances of a patient's course, over the trajectories a member expects. */
export interface EventProbabilities {
  /** [V] chance of no event up to the visit. */
  readonly eventFree: Float64Array;
  /** [kinds × V] chance that the kind has ended the course by the visit. */
  readonly cumulativeIncidence: Float64Array;
  /** [V] Monte Carlo standard error of `eventFree`; 0 where no trajectory matters. */
  readonly standardError: Float64Array;
}

/** Events drawn for trajectories. */
export interface DrawnEvents {
  /** [count] index of the kind; −1 = event-free to the last visit. */
  readonly kind: Int32Array;
  /** [count] day; NaN = none. */
  readonly day: Float64Array;
}

export interface EventModel {
  readonly kinds: readonly EventKind[];
  /**
   * Chance of each kind in an interval, for a patient who entered it event-free.
   *
   * @param interval - 0 … V − 1; values of the history before its start are used.
   * @param current - Value of the sensitivity's endpoint at the interval's end; without it the sensitivity term is left out.
   * @returns [kinds]
   */
  hazard(history: PatientHistory, interval: number, current?: number): Float64Array;
  /** Event-free chances by visit from the twin's distribution; a patient with a value at a visit was event-free until then. */
  eventFreeProbabilities(member: MemberModel, history: PatientHistory): EventProbabilities;
  /**
   * Draws what ends each trajectory and when. Values after the end are set to NaN in the trajectories.
   *
   * @param trajectories - [count × E·V] from a member for this history, changed.
   */
  drawEvents(history: PatientHistory, trajectories: Float64Array, count: number, rng: Rng): DrawnEvents;
}

/** Pairs of antithetic trajectories behind event-free chances, from a seed that belongs to the rule. */
const PAIRS = 128;
const SEED = 20260529;

/**
 * Model from its parameters. METHODS.md, equations (EV2), (EV4)–(EV6).
 *
 * @param parameters - As trained.
 * @param sensitivity - Dependence of dropout on the current value; null = missing at random.
 * @throws DomainError INVALID_INPUT for a sensitivity without dropout among the kinds or of an unknown endpoint.
 */
export function openEventModel(parameters: EventParameters, sensitivity: DropoutSensitivity | null = null): EventModel {
  const { kinds, endpoints, plannedDays, covariates, features } = parameters;
  const E = endpoints.length;
  const V = plannedDays.length;
  const K = kinds.length;
  const cells = E * V;
  const dropout = kinds.findIndex(({ event }) => event.source === "dropout");
  assertSensitivity(sensitivity, dropout, E);
  const lengths = plannedDays.map((_, v) => logRelativeLength(plannedDays, v));
  const columns = new Float64Array(covariates.length);

  /** [K] part of the linear predictor that stays the same over the intervals. */
  const lasting = (history: PatientHistory): Float64Array => {
    if (history.features.length !== features.length || history.observed.length !== cells) {
      throw invalidInput(
        "history",
        [history.features.length, history.observed.length],
        `must have ${features.length} features and ${cells} outcomes`,
        "Encode the patient with the feature list of the model.",
      );
    }
    covariateRow(covariates, history.features, 0, columns);
    return Float64Array.from(kinds, (kind) => {
      let sum = kind.intercept;
      for (let p = 0; p < columns.length; p++) sum += kind.covariates[p]! * columns[p]!;
      return sum;
    });
  };

  /** Chances of all kinds in interval v from last values and current value; written to `into`, their sum returned. */
  const hazards = (
    base: Float64Array,
    v: number,
    last: Float64Array,
    lastAt: number,
    current: number,
    into: Float64Array,
  ): number => {
    let largest = 0;
    for (let k = 0; k < K; k++) {
      const kind = kinds[k]!;
      let eta = base[k]! + lengths[v]! + kind.intervals[v]!;
      for (let e = 0; e < E; e++) {
        const value = last[lastAt + e]!;
        if (!Number.isNaN(value)) eta += (kind.lastValues[e]! * (value - endpoints[e]!.centre)) / endpoints[e]!.scale;
      }
      if (k === dropout && sensitivity !== null && !Number.isNaN(current)) {
        const { endpoint, logOddsPerDeviation } = sensitivity;
        const mean = parameters.visitMeans[endpoint * V + v]!;
        eta += (logOddsPerDeviation * (current - mean)) / endpoints[endpoint]!.scale;
      }
      into[k] = eta;
      if (eta > largest) largest = eta;
    }
    let total = Math.exp(-largest);
    for (let k = 0; k < K; k++) {
      into[k] = Math.exp(into[k]! - largest);
      total += into[k]!;
    }
    let sum = 0;
    for (let k = 0; k < K; k++) {
      into[k]! /= total;
      sum += into[k]!;
    }
    return sum;
  };

  const startValues = (history: PatientHistory): Float64Array =>
    Float64Array.from(endpoints, (_, e) => {
      const feature = parameters.baselineFeatures[e]!;
      return feature === null ? Number.NaN : history.features[feature]!;
    });

  const currentOf = (values: Float64Array, at: number, v: number): number =>
    sensitivity === null ? Number.NaN : values[at + sensitivity.endpoint * V + v]!;

  /** First interval in which an event is still possible. */
  const firstOpen = (history: PatientHistory): number => {
    for (let v = V - 1; v >= 0; v--) {
      for (let e = 0; e < E; e++) if (!Number.isNaN(history.observed[e * V + v]!)) return v + 1;
    }
    return 0;
  };

  /** Walks one trajectory's intervals; `visit` gets the chances of each open interval and says whether to go on. */
  const walk = (
    base: Float64Array,
    start: Float64Array,
    values: Float64Array,
    at: number,
    from: number,
    last: Float64Array,
    chances: Float64Array,
    visit: (v: number, sum: number) => boolean,
  ): void => {
    last.set(start);
    for (let v = 0; v < V; v++) {
      if (v >= from && !visit(v, hazards(base, v, last, 0, currentOf(values, at, v), chances))) return;
      for (let e = 0; e < E; e++) {
        const value = values[at + e * V + v]!;
        if (!Number.isNaN(value)) last[e] = value;
      }
    }
  };

  return {
    kinds: kinds.map(({ event }) => event),
    hazard(history, interval, current = Number.NaN) {
      if (!(Number.isInteger(interval) && interval >= 0 && interval < V)) {
        throw invalidInput("interval", interval, `must be a whole number from 0 to ${V - 1}`);
      }
      const last = startValues(history);
      for (let v = 0; v < interval; v++) {
        for (let e = 0; e < E; e++) {
          const value = history.observed[e * V + v]!;
          if (!Number.isNaN(value)) last[e] = value;
        }
      }
      const into = new Float64Array(K);
      hazards(lasting(history), interval, last, 0, current, into);
      return into;
    },
    eventFreeProbabilities(member, history) {
      const base = lasting(history);
      const start = startValues(history);
      const from = firstOpen(history);
      const sample = antitheticTrajectories(member, history, cells);
      const survived = new Float64Array(2 * PAIRS * V).fill(1);
      const incidence = new Float64Array(K * V);
      const last = new Float64Array(E);
      const chances = new Float64Array(K);
      for (let r = 0; r < 2 * PAIRS; r++) {
        let alive = 1;
        walk(base, start, sample, r * cells, from, last, chances, (v, sum) => {
          for (let k = 0; k < K; k++) incidence[k * V + v]! += (alive * chances[k]!) / (2 * PAIRS);
          alive *= 1 - sum;
          survived[r * V + v] = alive;
          return true;
        });
      }
      for (let k = 0; k < K; k++) for (let v = 1; v < V; v++) incidence[k * V + v]! += incidence[k * V + v - 1]!;
      return { ...pairMoments(survived, V), cumulativeIncidence: incidence };
    },
    drawEvents(history, trajectories, count, rng) {
      const base = lasting(history);
      const start = startValues(history);
      const from = firstOpen(history);
      const kind = new Int32Array(count).fill(-1);
      const day = new Float64Array(count).fill(Number.NaN);
      const last = new Float64Array(E);
      const chances = new Float64Array(K);
      for (let r = 0; r < count; r++) {
        walk(base, start, trajectories, r * cells, from, last, chances, (v, sum) => {
          const u = rng.uniform();
          if (u >= sum) return true;
          let k = 0;
          for (let below = chances[0]!; u >= below && k < K - 1; below += chances[k]!) k++;
          kind[r] = k;
          day[r] = dayWithin(plannedDays, v, sum, rng.uniform());
          for (let e = 0; e < E; e++) for (let w = v; w < V; w++) trajectories[r * cells + e * V + w] = Number.NaN;
          return false;
        });
      }
      return { kind, day };
    },
  };
}

/** Day of an event inside its interval under a constant hazard. METHODS.md, equation (EV6). */
function dayWithin(plannedDays: readonly number[], v: number, chance: number, u: number): number {
  const start = v === 0 ? 0 : plannedDays[v - 1]!;
  const length = plannedDays[v]! - start;
  const share = chance < 1e-12 ? u : Math.log1p(-u * chance) / Math.log1p(-chance);
  // A chance of 1 to rounding has an unbounded hazard: the event comes at once.
  return start + length * Math.min(1, Math.max(Number.isFinite(share) ? share : 0, 1e-9));
}

/** [2·PAIRS × E·V] trajectories, each followed by its antithetic partner. */
function antitheticTrajectories(member: MemberModel, history: PatientHistory, cells: number): Float64Array {
  const [one, other] = [new Float64Array(PAIRS * cells), new Float64Array(PAIRS * cells)];
  member.drawTrajectories(history, PAIRS, createRng(SEED), one);
  member.drawTrajectories(history, PAIRS, mirroredRng(createRng(SEED)), other);
  const sample = new Float64Array(2 * PAIRS * cells);
  for (let r = 0; r < PAIRS; r++) {
    sample.set(one.subarray(r * cells, (r + 1) * cells), 2 * r * cells);
    sample.set(other.subarray(r * cells, (r + 1) * cells), (2 * r + 1) * cells);
  }
  return sample;
}

function pairMoments(survived: Float64Array, V: number): { eventFree: Float64Array; standardError: Float64Array } {
  const eventFree = new Float64Array(V);
  const standardError = new Float64Array(V);
  for (let v = 0; v < V; v++) {
    let sum = 0;
    for (let r = 0; r < 2 * PAIRS; r++) sum += survived[r * V + v]!;
    const mean = sum / (2 * PAIRS);
    let square = 0;
    for (let r = 0; r < PAIRS; r++) {
      square += (0.5 * (survived[2 * r * V + v]! + survived[(2 * r + 1) * V + v]!) - mean) ** 2;
    }
    eventFree[v] = mean;
    standardError[v] = Math.sqrt(square / (PAIRS - 1) / PAIRS);
  }
  return { eventFree, standardError };
}

function assertSensitivity(sensitivity: DropoutSensitivity | null, dropout: number, E: number): void {
  if (sensitivity === null) return;
  const { endpoint, logOddsPerDeviation } = sensitivity;
  if (dropout < 0) {
    throw invalidInput("sensitivity", logOddsPerDeviation, "needs dropout among the kinds of the model");
  }
  if (!(Number.isInteger(endpoint) && endpoint >= 0 && endpoint < E)) {
    throw invalidInput("sensitivity.endpoint", endpoint, `must be the position of an endpoint, 0 to ${E - 1}`);
  }
  if (!Number.isFinite(logOddsPerDeviation)) {
    throw invalidInput("sensitivity.logOddsPerDeviation", String(logOddsPerDeviation), "must be a number");
  }
}
