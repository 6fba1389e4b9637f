import type { SubjectTable } from "../../data/subject-table.ts";

/** A simple way to predict every planned outcome from baseline, which the twin has to beat. */
export interface Comparator {
  readonly name: string;
  /**
   * @param training - Patients the method may learn from.
   * @param heldOut - Patients to predict; their outcomes are not read.
   * @returns [patients × E·V] predictions, order e·V + v; NaN where the method needs a baseline value that is missing.
   */
  predict(training: SubjectTable, heldOut: SubjectTable): Float64Array;
}
