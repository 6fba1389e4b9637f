import { calculate } from "../../../lib/calculation/calculate.ts";
import type { CalculationReport } from "../../../lib/calculation/calculation-report.ts";
import type { CalculationSpec } from "../../../lib/calculation/calculation-spec.ts";
import { serveTask } from "./serve-task.ts";

/** Power, size, bounds or multiplicity: quick, but an exact enumeration may take seconds. */
export default serveTask<CalculationSpec, CalculationReport>((spec) => calculate(spec));
