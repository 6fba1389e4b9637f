import type { SubjectTable } from "../../data/subject-table.ts";
import type { Rng } from "../../numerics/rng.ts";
import { columnScales } from "../gaussian-joint/standardise.ts";
import type { MemberModel, PatientHistory } from "../member.ts";

/** Trajectories per patient; the score is unbiased for any number. */
const DRAWS = 100;

/**
 * Scores drawn trajectories against the observed one, per endpoint: mean ‖x_m − y‖ − ½ mean ‖x_m − x_m'‖ over the visits observed,
 * each in SDs of the outcome in all patients, divided by √(number of visits). METHODS.md, equation (P20).
 *
 * @param table - All patients, for the SDs.
 * @returns Function that draws for one patient, writes E scores at row `i` (0 where nothing was observed), and returns the
 *   first trajectory drawn.
 *
 * Source: Gneiting & Raftery (2007), JASA 102:359–378, section 4.3.
 */
export function energyScores(
  table: SubjectTable,
): (
  model: MemberModel,
  history: PatientHistory,
  observed: Float64Array,
  rng: Rng,
  into: Float64Array,
  i: number,
) => Float64Array {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const cells = E * V;
  const deviation = columnScales(table.outcomes, table.count, cells).map((scale) => scale.deviation);
  const drawn = new Float64Array(DRAWS * cells);
  return (model, history, observed, rng, into, i) => {
    model.drawTrajectories(history, DRAWS, rng, drawn);
    for (let e = 0; e < E; e++) {
      const visits: number[] = [];
      for (let cell = e * V; cell < (e + 1) * V; cell++) if (!Number.isNaN(observed[cell]!)) visits.push(cell);
      if (visits.length === 0) continue;
      const distance = (a: Float64Array, rowA: number, b: Float64Array, rowB: number): number => {
        let sum = 0;
        for (const cell of visits) sum += ((a[rowA + cell]! - b[rowB + cell]!) / deviation[cell]!) ** 2;
        return Math.sqrt(sum / visits.length);
      };
      let toObserved = 0;
      let toOthers = 0;
      for (let m = 0; m < DRAWS; m++) {
        toObserved += distance(drawn, m * cells, observed, 0);
        for (let k = 0; k < m; k++) toOthers += distance(drawn, m * cells, drawn, k * cells);
      }
      into[i * E + e] = toObserved / DRAWS - toOthers / (DRAWS * (DRAWS - 1));
    }
    return drawn.slice(0, cells);
  };
}
