import { expect, it } from "vitest";
import { describeProportion, proportionEstimate } from "../../../lib/simulation/monte-carlo-estimate.ts";

it("gives a counted proportion with its standard error, and none or all with the exact limit", () => {
  const words = (count: number, trials: number) => describeProportion(proportionEstimate(count, trials), trials);
  expect(words(251, 10_000)).toBe("0.0251 ± 0.0016 (Monte Carlo standard error)");
  // 1 − 0.025^(1/10000) = 3.688e-4, the exact upper limit when nothing was counted.
  expect(words(0, 10_000)).toBe("0 of 10,000 replicates (upper 97.5 % limit 0.00037)");
  expect(words(0, 1_000_000)).toBe("0 of 1,000,000 replicates (upper 97.5 % limit 0.0000037)");
  expect(words(10_000, 10_000)).toBe("10,000 of 10,000 replicates (lower 97.5 % limit 0.999631)");
  expect(words(20, 20)).toBe("20 of 20 replicates (lower 97.5 % limit 0.832)");
  expect(words(0, 0)).toBe("unknown, because no replicate could be analysed");
});
