import { hiddenStates } from "./hidden-states.ts";
import type { Likelihood, LikelihoodProblem, NeuralBackend } from "./likelihood-backend.ts";
import { backPropagate, createNetworkValues, evaluateNetwork } from "./network.ts";
import { networkLayout } from "./network-layout.ts";
import { patternReader } from "./observation-pattern.ts";
import { createHiddenPosterior, hiddenPosterior, lawGradient } from "./outcome-law.ts";

/**
 * The likelihood and its analytic gradient in double precision on typed arrays: the yardstick of the others, and what
 * trains where no other backend is handed in. METHODS.md, equations (N3)–(N6).
 */
export const float64Backend: NeuralBackend = { name: "float64 typed arrays", open: openFloat64Likelihood };

function openFloat64Likelihood(problem: LikelihoodProblem): Likelihood {
  const { inputs, outcomes, patientWeights } = problem;
  const layout = networkLayout(problem.shape);
  const { inputs: I, outcomes: n, hidden, meanUnits } = problem.shape;
  const states = hiddenStates(hidden);
  let correlation = problem.correlation;
  let patternOf = patternReader(correlation, n);
  const values = createNetworkValues(layout);
  const outer = createNetworkValues(layout);
  const posterior = createHiddenPosterior(n, states);
  const scratch = new Float64Array(meanUnits);
  return {
    evaluate(weights, rows, gradient) {
      gradient?.fill(0);
      let sum = 0;
      for (const i of rows) {
        const share = patientWeights[i]!;
        evaluateNetwork(layout, weights, inputs, i * I, values);
        const pattern = patternOf(outcomes, i * n);
        hiddenPosterior(values, correlation, pattern, states, outcomes, i * n, posterior);
        sum += share * posterior.logDensity;
        if (gradient === null) continue;
        lawGradient(values, pattern, posterior, outer);
        backPropagate(layout, weights, inputs, i * I, share, values, outer, scratch, gradient);
      }
      return sum;
    },
    setCorrelation(next) {
      correlation = next;
      patternOf = patternReader(next, n);
    },
    close() {},
  };
}
