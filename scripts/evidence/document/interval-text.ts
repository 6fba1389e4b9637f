import { formatFixed } from "../../../lib/reporting/format-number.ts";
import type { IntervalEstimate } from "../../../lib/trial/interval.ts";

/** "12.3 (1.0 to 20.4)". */
export function withLimits(estimate: IntervalEstimate, decimals: number, factor = 1): string {
  const text = (value: number) => formatFixed(factor * value, decimals);
  return `${text(estimate.value)} (${text(estimate.lower)} to ${text(estimate.upper)})`;
}

/** A table in Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map((_, k) => (k === 0 ? "---" : "---:"))), ...rows.map(line)];
}
