import type { MemberKind } from "../member.ts";
import { fitNeuralBoltzmann, refitNeuralBoltzmann } from "./fit-neural-boltzmann.ts";
import type { NeuralBackend } from "./likelihood-backend.ts";
import { openNeuralBoltzmann } from "./neural-boltzmann-model.ts";
import type { NeuralBoltzmannOptions } from "./neural-boltzmann-options.ts";
import type { NeuralBoltzmannParameters } from "./neural-boltzmann-parameters.ts";

/**
 * The neural Boltzmann machine as a member of the engine. METHODS.md, (N1)–(N11).
 *
 * @param backend - Where training is computed; opening and predicting need none.
 */
export function neuralBoltzmannMember(
  backend: NeuralBackend,
): MemberKind<NeuralBoltzmannParameters, NeuralBoltzmannOptions> {
  return {
    kind: "neural-boltzmann",
    name: "Neural Boltzmann machine",
    train: (training, options, rng, onProgress) => fitNeuralBoltzmann(training, options, backend, rng, onProgress),
    retrain: (training, options, like, rng) => refitNeuralBoltzmann(training, options, like, backend, rng),
    open: openNeuralBoltzmann,
  };
}
