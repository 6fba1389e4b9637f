import type { TrainingSpec } from "../../lib/progression/model-document.ts";
import type { NeuralBackend } from "../../lib/progression/neural-boltzmann/likelihood-backend.ts";

/**
 * Backend for a training: TensorFlow.js where the neural Boltzmann machine is a member, else none, so that nothing is
 * loaded for nothing.
 */
export async function neuralBackendFor(training: TrainingSpec): Promise<NeuralBackend | undefined> {
  if (training.members?.includes("neural-boltzmann") !== true) return undefined;
  const { tensorflowNeuralBackend } = await import("./tensorflow-backend.ts");
  return tensorflowNeuralBackend();
}
