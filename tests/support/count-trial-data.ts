import type { TrialData } from "../../lib/analysis/trial-data.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { type SmallTrialOptions, smallTrialData } from "./small-trial-data.ts";

/** The small simulated trial with a second endpoint "attacks": counts at each visit that vary more than Poisson counts. */
export function countTrialData(options: SmallTrialOptions = {}): TrialData {
  const trial = smallTrialData(options);
  const [scale] = trial.endpoints;
  const rng = createRng((options.seed ?? 1) + 1000);
  const width = trial.visits.length;
  const values = scale!.values.map((value, cell) => {
    const patient = Math.floor(cell / width);
    const rate = Math.exp(
      0.9 + 0.03 * (scale!.baseline[patient]! - 24) - 0.35 * trial.arm[patient]! + 0.7 * rng.normal(),
    );
    // Inversion of the Poisson distribution.
    let count = 0;
    for (let p = Math.exp(-rate), left = rng.uniform(); left > p && count < 200; p *= rate / count) {
      left -= p;
      count++;
    }
    return Number.isFinite(value) ? count : Number.NaN;
  });
  return {
    ...trial,
    endpoints: [
      scale!,
      {
        id: "attacks",
        label: "Attacks",
        unit: "",
        benefit: "lower",
        values,
        days: scale!.days,
        baseline: scale!.baseline.map(() => NaN),
      },
    ],
  };
}
