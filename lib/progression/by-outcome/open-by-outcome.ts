import type { Endpoint } from "../../trial/endpoint.ts";
import { type DiscreteLaw, discreteVariance, setDiscreteBands } from "../discrete-law.ts";
import { openDiscreteTransition } from "../discrete-transition/open-discrete-transition.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import type { BaselineFeature } from "../model-document.ts";
import { BAND_WIDTH } from "../prediction-bands.ts";
import type { CalibratedForecast, TwinPredictor } from "../twin-predictor.ts";
import type { ByOutcomeParameters } from "./by-outcome-parameters.ts";
import { endpointBlocks } from "./endpoint-block.ts";

/** One block of endpoints and what predicts it. */
interface Block {
  readonly endpoints: readonly number[];
  readonly model: MemberModel;
  readonly continuous: TwinPredictor | null;
}

/**
 * Twins of continuous and discrete endpoints, independent given baseline. METHODS.md, equation (BO1).
 *
 * @param parameters - From training.
 * @param features - Of the model.
 * @param endpoints - Of the model.
 * @param visits - V.
 * @param openContinuous - Opens what predicts the continuous endpoints.
 */
export function byOutcomePredictor(
  parameters: ByOutcomeParameters,
  features: readonly BaselineFeature[],
  endpoints: readonly Endpoint[],
  visits: number,
  openContinuous: (parameters: NonNullable<ByOutcomeParameters["continuous"]>) => TwinPredictor,
): TwinPredictor {
  const positions = endpointBlocks(endpoints);
  const discrete: Block = {
    endpoints: positions.discrete,
    model: openDiscreteTransition(parameters.discrete),
    continuous: null,
  };
  const blocks = [discrete];
  if (parameters.continuous !== null) {
    const predictor = openContinuous(parameters.continuous);
    blocks.push({ endpoints: positions.continuous, model: predictor.model, continuous: predictor });
  }
  const V = visits;
  const cells = endpoints.length * V;
  const part = (block: Block, { features: own, observed, days }: PatientHistory): PatientHistory => ({
    features: own,
    observed: gather(observed, block.endpoints, V, 1),
    days: gather(days, block.endpoints, V, 1),
  });
  const meanOf = (history: PatientHistory): Float64Array => {
    const mean = new Float64Array(cells);
    for (const block of blocks) scatter(block.model.predictMean(part(block, history)), block.endpoints, V, 1, mean, 0);
    return mean;
  };
  const model: MemberModel = {
    kind: "by-outcome",
    featureCount: features.length,
    outcomeCount: cells,
    predict(history) {
      const mean = new Float64Array(cells);
      const covariance = new Float64Array(cells * cells);
      let numericalError = 0;
      for (const block of blocks) {
        const own = block.model.predict(part(block, history));
        scatter(own.mean, block.endpoints, V, 1, mean, 0);
        const width = block.endpoints.length * V;
        const place = (k: number) => block.endpoints[Math.floor(k / V)]! * V + (k % V);
        for (let a = 0; a < width; a++)
          for (let b = 0; b < width; b++) covariance[place(a) * cells + place(b)] = own.covariance[a * width + b]!;
        numericalError = Math.max(numericalError, own.numericalError);
      }
      return { mean, covariance, numericalError };
    },
    predictMean: meanOf,
    predictCell(history, cell) {
      const e = Math.floor(cell / V);
      const block = blocks.find(({ endpoints: own }) => own.includes(e))!;
      const own = part(block, history);
      const at = block.endpoints.indexOf(e) * V + (cell % V);
      return block.model.predictCell?.(own, at) ?? block.model.predictMean(own)[at]!;
    },
    discreteLaws: (history) => lawsOf(discrete, part(discrete, history), cells, V),
    drawTrajectories(history, count, rng, into) {
      for (const block of blocks) {
        const width = block.endpoints.length * V;
        const drawn = new Float64Array(count * width);
        block.model.drawTrajectories(part(block, history), count, rng.fork(block.model.kind), drawn);
        for (let d = 0; d < count; d++)
          scatter(drawn.subarray(d * width, (d + 1) * width), block.endpoints, V, 1, into, d * cells);
      }
    },
  };
  const forecast = (history: PatientHistory, updated: boolean): CalibratedForecast => {
    const mean = new Float64Array(cells);
    const deviation = new Float64Array(cells);
    const bands = new Float64Array(cells * BAND_WIDTH);
    const laws: NonNullable<CalibratedForecast["laws"]>[number][] = new Array(cells).fill(null);
    for (const block of blocks) {
      const own = part(block, history);
      const made =
        block.continuous === null
          ? discreteForecast(block.model, own)
          : updated
            ? block.continuous.updatedForecast(own)
            : block.continuous.forecast(own);
      scatter(made.mean, block.endpoints, V, 1, mean, 0);
      scatter(made.deviation, block.endpoints, V, 1, deviation, 0);
      scatter(made.bands, block.endpoints, V, BAND_WIDTH, bands, 0);
      block.endpoints.forEach((e, k) => {
        for (let v = 0; v < V; v++) laws[e * V + v] = made.laws?.[k * V + v] ?? null;
      });
    }
    return { mean, deviation, bands, laws };
  };
  return {
    model,
    features,
    forecast: (history) => forecast(history, false),
    updatedForecast: (history) => forecast(history, true),
  };
}

/**
 * Forecast of a model of discrete outcomes: SDs of its laws, and prediction sets between quantiles of the laws.
 *
 * @param model - Every outcome discrete.
 * @param history - What is known.
 */
export function discreteForecast(model: MemberModel, history: PatientHistory): CalibratedForecast {
  const mean = model.predictMean(history);
  const laws = model.discreteLaws?.(history) ?? [];
  const deviation = new Float64Array(mean.length);
  const bands = new Float64Array(mean.length * BAND_WIDTH);
  mean.forEach((value, cell) => {
    const law = laws[cell];
    if (law == null) bands.fill(value, cell * BAND_WIDTH, (cell + 1) * BAND_WIDTH);
    else {
      deviation[cell] = Math.sqrt(discreteVariance(law));
      setDiscreteBands(law, bands, cell * BAND_WIDTH);
    }
  });
  return { mean, deviation, bands, laws };
}

function lawsOf(block: Block, history: PatientHistory, cells: number, V: number): (DiscreteLaw | null)[] {
  const laws: (DiscreteLaw | null)[] = new Array(cells).fill(null);
  const own = block.model.discreteLaws?.(history) ?? [];
  block.endpoints.forEach((e, k) => {
    for (let v = 0; v < V; v++) laws[e * V + v] = own[k * V + v] ?? null;
  });
  return laws;
}

function gather(from: Float64Array, endpoints: readonly number[], V: number, width: number): Float64Array {
  const into = new Float64Array(endpoints.length * V * width);
  endpoints.forEach((e, k) => {
    into.set(from.subarray(e * V * width, (e + 1) * V * width), k * V * width);
  });
  return into;
}

function scatter(
  from: Float64Array,
  endpoints: readonly number[],
  V: number,
  width: number,
  into: Float64Array,
  at: number,
): void {
  endpoints.forEach((e, k) => {
    into.set(from.subarray(k * V * width, (k + 1) * V * width), at + e * V * width);
  });
}
