import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import type { RepeatedMeasures } from "./repeated-measures.ts";

/**
 * Refuses rows that no model can be fitted to.
 *
 * @throws DomainError INVALID_INPUT for values that are not finite, weights that are not positive, indices out of range;
 *   INSUFFICIENT_DATA for a visit without rows.
 */
export function checkRepeatedMeasures(data: RepeatedMeasures): void {
  const { rowCount, columnCount, visitCount, groupCount = 1 } = data;
  if (columnCount < 1) throw invalidInput("columnCount", columnCount, "must be at least 1");
  for (let i = 0; i < rowCount * columnCount; i++)
    if (!Number.isFinite(data.design[i]!))
      throw invalidInput("design", Math.floor(i / columnCount), "must hold finite numbers only (row given)");
  const seen = new Uint8Array(visitCount);
  for (let i = 0; i < rowCount; i++) {
    if (!Number.isFinite(data.outcome[i]!))
      throw invalidInput("outcome", i, "must hold finite numbers only (row given)");
    const weight = data.weights?.[i] ?? 1;
    if (!(weight > 0 && weight < Infinity))
      throw invalidInput("weights", weight, "must be positive and finite", "Leave out rows that shall not count.");
    const visit = data.visit[i]!;
    if (!(Number.isInteger(visit) && visit >= 0 && visit < visitCount))
      throw invalidInput("visit", visit, `must be an index from 0 to ${visitCount - 1}`);
    seen[visit] = 1;
    const group = data.group?.[data.subject[i]!] ?? 0;
    if (!(Number.isInteger(group) && group >= 0 && group < groupCount))
      throw invalidInput("group", group, `must be an index from 0 to ${groupCount - 1}`);
    if (data.time !== undefined && !Number.isFinite(data.time[i]!))
      throw invalidInput("time", i, "must be known for every measurement (row given)");
  }
  const empty = seen.indexOf(0);
  if (empty !== -1)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "visits",
      received: empty,
      requirement: "must each have at least one observed outcome (index of the visit given)",
      hint: "Leave the visit out of the analysis.",
    });
}
