/** Thrown by an evaluator for a case whose kind it does not know; such a case counts as failed. */
export class UnknownCaseError extends Error {
  override readonly name = "UnknownCaseError";
}
