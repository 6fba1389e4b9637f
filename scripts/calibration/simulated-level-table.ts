import type { SimulatedLevels } from "../../lib/trial-analysis/recommendation.ts";
import type { CalibrationResults } from "./calibration-results.ts";

/** Four decimals: what the program says of a level. */
const share = (value: number) => Math.round(value * 1e4) / 1e4;

/** The two-sided levels that the program looks up, by group and choice. */
export function simulatedLevels({ sections }: CalibrationResults): SimulatedLevels {
  const levels: Record<string, Record<string, SimulatedLevels[string][string]>> = {};
  for (const { laws, rows } of sections)
    for (const { key, cells } of rows) {
      if (key === null) continue;
      levels[key.group] ??= {};
      levels[key.group]![key.choice] = cells.flatMap(({ control, experimental, law, trials, twoSided }) => {
        const title = laws.find(({ id }) => id === law)!.title;
        return twoSided === null ? [] : [{ control, experimental, law: title, trials, level: share(twoSided) }];
      });
    }
  return levels;
}

/** Source text of the module in `lib/` that holds the levels. */
export function simulatedLevelTable(results: CalibrationResults): string {
  return `import type { SimulatedLevels } from "./recommendation.ts";

/** Levels of tests in simulated trials; written by \`npm run calibration\`, not by hand (docs/evidence/calibration.md). */
export const SIMULATED_LEVELS: SimulatedLevels = ${JSON.stringify(simulatedLevels(results))};
`;
}
