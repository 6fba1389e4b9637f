import { type EnumerationTask, enumeratedCoverage, enumeratedLevels } from "./proportion-levels.ts";
import simulateBlock, { type CalibrationBlock } from "./simulate-block.ts";

export type CalibrationTask = { readonly kind: "block"; readonly block: CalibrationBlock } | EnumerationTask;

/** One piece of the calibration in a worker thread. */
export default function runTask(task: CalibrationTask) {
  switch (task.kind) {
    case "block":
      return simulateBlock(task.block);
    case "test":
      return enumeratedLevels(task.test, task.setting);
    case "interval":
      return enumeratedCoverage(task.measure, task.interval, task.setting);
  }
}
