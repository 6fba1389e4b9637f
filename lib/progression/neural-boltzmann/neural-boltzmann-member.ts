import type { MemberKind } from "../member.ts";
import { fitNeuralBoltzmann, refitNeuralBoltzmann } from "./fit-neural-boltzmann.ts";
import { openNeuralBoltzmann } from "./neural-boltzmann-model.ts";
import type { NeuralBoltzmannOptions } from "./neural-boltzmann-options.ts";
import type { NeuralBoltzmannParameters } from "./neural-boltzmann-parameters.ts";

/** The neural Boltzmann machine as a member of the engine. METHODS.md, (N1)–(N11). */
export const neuralBoltzmannMember: MemberKind<NeuralBoltzmannParameters, NeuralBoltzmannOptions> = {
  kind: "neural-boltzmann",
  name: "Neural Boltzmann machine",
  supports: ["continuous"],
  train: fitNeuralBoltzmann,
  retrain: refitNeuralBoltzmann,
  open: openNeuralBoltzmann,
};
