import type { StructureAttempt } from "./mmrm-model.ts";

/** One line a structure tried: what came of it, with the numbers that decided (METHODS.md eq. (M13)). */
export function convergenceNotes(attempts: readonly StructureAttempt[]): string[] {
  return attempts.map(({ structure, convergence, parameterCount }) => {
    const { iterations, largestGradient, newtonDecrement, smallestEigenvalue, largestEigenvalue, converged, reason } =
      convergence;
    const numbers = [
      `${iterations} Newton iterations from the covariance of the least-squares residuals`,
      ...(Number.isFinite(largestGradient) ? [`largest gradient of -2 log L ${largestGradient.toExponential(2)}`] : []),
      ...(newtonDecrement === null ? [] : [`Newton decrement ${newtonDecrement.toExponential(2)}`]),
      ...(Number.isFinite(smallestEigenvalue)
        ? [
            `eigenvalues of the scaled Hessian from ${smallestEigenvalue.toExponential(2)} to ${largestEigenvalue.toExponential(2)}`,
          ]
        : []),
    ].join("; ");
    const verdict = converged
      ? `converged, ${parameterCount} covariance parameters, Hessian positive definite`
      : `did not converge: ${reason}`;
    return `${structure}: ${verdict} (${numbers}).`;
  });
}
