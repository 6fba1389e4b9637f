import type { SimulationSpec } from "../../lib/simulation/simulation-document.ts";
import type { SignedIn } from "../../server/auth/auth.ts";
import type { Database } from "../../server/db/open-database.ts";
import { callerOf } from "./actors.ts";

/** A study with the five things that a new study asks for. */
export async function createSmallStudy(database: Database, actor: SignedIn, title = "A small study"): Promise<string> {
  const { id } = await callerOf(database, actor).study.create({
    title,
    indication: "Testing",
    endpoint: { label: "Score", unit: "points", scale: "identity", benefit: "lower-is-better" },
    visits: [
      { label: "Week 4", targetDay: 28 },
      { label: "Week 8", targetDay: 56 },
    ],
    arms: { experimental: "Drug", control: "Placebo" },
  });
  return id;
}

/** One fixed design in two parametric scenarios: needs no model. */
export function parametricSimulation(replicates: number, seed = 11): SimulationSpec {
  const scenario = (id: string, effect: number): SimulationSpec["scenarios"][number] => ({
    id,
    name: id,
    effect,
    generator: { kind: "parametric", standardDeviation: 10, rSquaredBaseline: 0.3, rSquaredScore: 0.1 },
    accrualPerMonth: 10,
    dropoutProbability: 0.1,
    drift: { meanShift: 0, residualSdRatio: 1, scoreInformation: 1 },
  });
  return {
    format: "understudy-simulation/1",
    designs: [
      {
        id: "fixed",
        name: "Fixed",
        experimental: 20,
        control: 20,
        oneSidedAlpha: 0.025,
        analysis: "ancova",
        lookFractions: [1],
        efficacy: { kind: "fixed" },
        futility: { kind: "none" },
      },
    ],
    scenarios: [scenario("null", 0), scenario("target", -8)],
    replicates,
    seed,
    primary: { endpointId: "score", visitId: "week_8", day: 56 },
    benefit: "lower-is-better",
  };
}
