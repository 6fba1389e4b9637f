import type { Covariate } from "../../trial/covariate.ts";
import type { Endpoint } from "../../trial/endpoint.ts";
import { outcomeLevels } from "../../trial/outcome-type.ts";
import type { MemberTraining } from "../member.ts";
import type { DesignColumn } from "./discrete-transition-parameters.ts";

/** Fewest patients on either side of an indicator. */
const FEWEST = 3;
/** Precision of the coefficients that a trial's ANCOVA would have too: own baseline value and strata. Prior SD about 3. */
const LIGHT = 0.1;

/** Columns of one endpoint's design. */
export interface DesignColumns {
  readonly columns: readonly DesignColumn[];
  /** [F] precision of a coefficient; −1 where the penalty is chosen. */
  readonly precision: Float64Array;
}

/**
 * Design of an endpoint: every baseline feature scaled, the endpoint's own baseline as steps between levels (or as the logarithm of a
 * count), and an indicator of absence where a feature is missing in some patients. METHODS.md, equation (DT1).
 *
 * @param training - Patients.
 * @param endpoint - Discrete endpoint.
 * @param strata - Covariates whose coefficients are hardly penalised.
 */
export function designColumns(
  training: MemberTraining,
  endpoint: Endpoint,
  strata: readonly Covariate[],
): DesignColumns {
  const { features, featureValues, weights } = training;
  const Q = features.length;
  const n = weights.length;
  const columns: DesignColumn[] = [];
  const precision: number[] = [];
  features.forEach((feature, q) => {
    const values = Float64Array.from({ length: n }, (_, i) => featureValues[i * Q + q]!);
    const isOwn = feature.kind === "baseline-endpoint" && feature.endpointId === endpoint.id;
    const isStratum =
      feature.kind !== "baseline-endpoint" && strata.some((covariate) => covariate.id === feature.covariateId);
    const add = (column: DesignColumn | null, own: number) => {
      if (column === null) return;
      columns.push(column);
      precision.push(own);
    };
    const penalty = isOwn || isStratum ? LIGHT : -1;
    const levels = outcomeLevels(endpoint)?.length ?? null;
    if (isOwn && levels !== null && levels > 2) {
      add(
        scaled(values, (mean, deviation) => ({ kind: "value", feature: q, mean, deviation })),
        penalty,
      );
      // What departs from a line in the level is penalised like any other feature.
      for (let at = 2; at < levels; at++) {
        const reached = values.map((value) => (Number.isNaN(value) ? value : value >= at ? 1 : 0));
        const [on, off] = [reached.filter((x) => x === 1).length, reached.filter((x) => x === 0).length];
        if (Math.min(on, off) < FEWEST) continue;
        add(
          scaled(reached, (mean, deviation) => ({ kind: "step", feature: q, at, mean, deviation })),
          -1,
        );
      }
    } else if (isOwn && levels === null) {
      const logs = values.map((value) => Math.log1p(Math.max(0, value)));
      add(
        scaled(logs, (mean, deviation) => ({ kind: "log-count", feature: q, mean, deviation })),
        penalty,
      );
    } else {
      add(
        scaled(values, (mean, deviation) => ({ kind: "value", feature: q, mean, deviation })),
        penalty,
      );
    }
    const absent = values.map((value) => (Number.isNaN(value) ? 1 : 0));
    const missing = absent.reduce((sum, x) => sum + x, 0);
    if (Math.min(missing, n - missing) >= FEWEST)
      add(
        scaled(absent, (mean, deviation) => ({ kind: "missing", feature: q, mean, deviation })),
        -1,
      );
  });
  return { columns, precision: Float64Array.from(precision) };
}

function scaled(values: Float64Array, column: (mean: number, deviation: number) => DesignColumn): DesignColumn | null {
  let count = 0;
  let sum = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
  }
  const mean = sum / count;
  let square = 0;
  for (const value of values) if (!Number.isNaN(value)) square += (value - mean) ** 2;
  const deviation = Math.sqrt(square / count);
  return deviation > 1e-9 * (1 + Math.abs(mean)) ? column(mean, deviation) : null;
}

/**
 * Design row of one patient.
 *
 * @param columns - From {@link designColumns}.
 * @param features - [Q]; NaN = missing.
 * @param into - [F] at `at`; changed.
 */
export function setDesignRow(
  columns: readonly DesignColumn[],
  features: Float64Array,
  into: Float64Array,
  at: number,
): void {
  columns.forEach((column, j) => {
    const value = features[column.feature]!;
    const raw = rawValue(column, value);
    into[at + j] = Number.isNaN(raw) ? 0 : (raw - column.mean) / column.deviation;
  });
}

function rawValue(column: DesignColumn, value: number): number {
  switch (column.kind) {
    case "value":
      return value;
    case "step":
      return Number.isNaN(value) ? value : value >= column.at ? 1 : 0;
    case "log-count":
      return Math.log1p(Math.max(0, value));
    case "missing":
      return Number.isNaN(value) ? 1 : 0;
    default:
      return column satisfies never;
  }
}
