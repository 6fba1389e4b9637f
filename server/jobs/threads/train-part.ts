import { runTrainingPart, type TrainedPart, type TrainingPart } from "../../../lib/progression/training-plan.ts";
import { plannedTraining, type TrainInput } from "./planned-training.ts";
import { serveTask } from "./serve-task.ts";

/** One of the independent fits of a training. */
export default serveTask<TrainInput & { readonly part: TrainingPart }, TrainedPart>(
  async ({ part, ...input }, report) =>
    runTrainingPart(await plannedTraining(input), part, (fraction) => report(fraction, "")),
);
