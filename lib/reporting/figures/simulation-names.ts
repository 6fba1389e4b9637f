import type { z } from "zod";
import type { lookSummarySchema, SimulationSpec } from "../../simulation/simulation-document.ts";

export type LookSummary = z.infer<typeof lookSummarySchema>;

export function designName(spec: Pick<SimulationSpec, "designs">, designId: string): string {
  return spec.designs.find((design) => design.id === designId)?.name ?? designId;
}

export function scenarioName(spec: Pick<SimulationSpec, "scenarios">, scenarioId: string): string {
  return spec.scenarios.find((scenario) => scenario.id === scenarioId)?.name ?? scenarioId;
}
