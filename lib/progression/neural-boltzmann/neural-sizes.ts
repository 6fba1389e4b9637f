import { z } from "zod";
import { MOST_HIDDEN_UNITS } from "./hidden-states.ts";

/** What a person may choose of the neural Boltzmann machine. */
export const neuralSizesSchema = z.object({
  /** H: hidden units tried, summed out exactly. */
  hiddenUnits: z.number().int().min(0).max(MOST_HIDDEN_UNITS),
  /** Networks of the mixture, each with its own random start and held-out patients. */
  networks: z.number().int().min(1).max(20),
});
export type NeuralSizes = z.infer<typeof neuralSizesSchema>;

export const DEFAULT_NEURAL_SIZES: NeuralSizes = { hiddenUnits: 6, networks: 5 };
