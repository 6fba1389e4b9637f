import type { TrainingPart } from "../../../lib/progression/training-plan.ts";
import { trainingValues } from "../../../lib/progression/training-workers.ts";
import { plannedTraining, type TrainInput } from "./planned-training.ts";
import { serveTask } from "./serve-task.ts";

export interface TrainingOutline {
  readonly parts: readonly TrainingPart[];
  readonly controls: number;
  /** Size of the data, which every thread that takes part holds. */
  readonly values: number;
}

/** Checks a training and takes it apart. */
export default serveTask<TrainInput, TrainingOutline>(async (input) => {
  const { parts, problem } = await plannedTraining(input);
  return { parts, controls: problem.table.count, values: trainingValues(problem.table) };
});
