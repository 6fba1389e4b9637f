import { invalidInput } from "../../errors/domain-error.ts";
import { type NetworkLayout, WEIGHT_NAMES } from "./network-layout.ts";
import type { NeuralNetworkDocument } from "./neural-boltzmann-parameters.ts";

/** Significant digits of frozen weights: training is in single precision, more would carry nothing. */
const DIGITS = 7;

/** Named arrays of a network for the parameter document, rounded. */
export function networkDocument(
  layout: NetworkLayout,
  weights: Float64Array,
  correlation: Float64Array,
): NeuralNetworkDocument {
  const named = Object.fromEntries(
    WEIGHT_NAMES.map((name) => {
      const { offset, rows, columns } = layout.blocks[name];
      return [name, Array.from(weights.subarray(offset, offset + rows * columns), rounded)];
    }),
  ) as Omit<NeuralNetworkDocument, "correlation">;
  return { ...named, correlation: Array.from(correlation, rounded) };
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/**
 * Flat vector of a network from its document.
 *
 * @throws DomainError INVALID_INPUT when an array has not the length its shape asks for.
 */
export function networkWeights(layout: NetworkLayout, document: NeuralNetworkDocument): Float64Array {
  const weights = new Float64Array(layout.size);
  for (const name of WEIGHT_NAMES) {
    const { offset, rows, columns } = layout.blocks[name];
    const values = document[name];
    if (values.length !== rows * columns) {
      throw invalidInput(
        `parameters.networks.${name}`,
        values.length,
        `must have ${rows} × ${columns} elements`,
        "Use the model file as it was written; check its hash.",
      );
    }
    weights.set(values, offset);
  }
  return weights;
}
