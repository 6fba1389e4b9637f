import type { TrainingPart } from "../../../lib/progression/training-plan.ts";
import { plannedTraining, type TrainInput } from "./planned-training.ts";
import { serveTask } from "./serve-task.ts";

export interface TrainingOutline {
  readonly parts: readonly TrainingPart[];
  readonly controls: number;
}

/** Checks a training and takes it apart. */
export default serveTask<TrainInput, TrainingOutline>(async (input) => {
  const { parts, problem } = await plannedTraining(input);
  return { parts, controls: problem.table.count };
});
