/**
 * The only rounding in the product.
 *
 * Rule: half away from zero on the shortest decimal form of the number (the digits one sees in `results.json`), so that
 * 0.125 to two decimals is 0.13 and 1.005 is 1.01 in text, tables, figures and files alike. Negative numbers carry the
 * minus sign U+2212; a rounded zero never does. Groups of three digits are set off by a comma.
 */

/** Printed where a quantity does not exist; every table that uses it says so. */
export const MISSING = "—";

const MINUS = "−";
const NO_BREAK_SPACE = " ";

/**
 * A number with a fixed count of decimals.
 *
 * @param value - Finite number.
 * @param decimals - Digits after the point, 0 … 15.
 * @returns Text such as "−1,234.50"; "—" when the number is not finite.
 */
export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return MISSING;
  const { negative, digits } = roundedDigits(value, decimals);
  const padded = digits.padStart(decimals + 1, "0");
  const whole = groupThousands(padded.slice(0, padded.length - decimals));
  const text = decimals === 0 ? whole : `${whole}.${padded.slice(padded.length - decimals)}`;
  return negative && /[1-9]/.test(digits) ? MINUS + text : text;
}

/** Whole number with thousands set off: 10000 → "10,000". */
export function formatCount(value: number): string {
  return formatFixed(value, 0);
}

/**
 * A number with a given count of significant digits, in fixed notation between 1e-4 and 1e7 and as m × 10ᵉ outside.
 *
 * @param value - Finite number.
 * @param digits - Significant digits, 1 … 15.
 */
export function formatSignificant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e7) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return `${formatFixed(Number(mantissa), digits - 1)} × 10${superscript(Number(exponent))}`;
  }
  const exponent = Math.floor(Math.log10(magnitude));
  return formatFixed(value, Math.max(0, digits - 1 - exponent));
}

/**
 * An input as it was given: the shortest decimal form, at most `digits` significant digits, no trailing zeros.
 *
 * @param digits - Default 6: what people type is shown whole, what a program derived is cut where nobody reads on.
 */
export function formatInput(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return MISSING;
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const significant = Math.min(digits, mantissa.replace(/[-.]/g, "").length);
  const text = formatSignificant(value, Math.max(1, significant));
  return text.includes(".") && !text.includes("×") && Number(exponent) < digits ? text.replace(/\.?0+$/, "") : text;
}

/** Proportion as percent, one decimal unless told: 0.1234 → "12.3 %". */
export function formatPercent(proportion: number, decimals = 1): string {
  return Number.isFinite(proportion)
    ? `${formatFixed(shiftDecimal(proportion, 2), decimals)}${NO_BREAK_SPACE}%`
    : MISSING;
}

/** p-value to four decimals; never "0.0000": below 0.0001 "<0.0001", above 0.9999 ">0.9999". */
export function formatPValue(p: number): string {
  if (!Number.isFinite(p)) return MISSING;
  if (p < 0.0001) return "<0.0001";
  return p > 0.9999 ? ">0.9999" : formatFixed(p, 4);
}

/** Estimate with its interval at the same number of decimals: "0.12 (−0.03, 0.27)". */
export function formatInterval(
  estimate: { readonly value: number; readonly lower: number; readonly upper: number },
  decimals: number,
): string {
  const { value, lower, upper } = estimate;
  return `${formatFixed(value, decimals)} (${formatFixed(lower, decimals)}, ${formatFixed(upper, decimals)})`;
}

/** Interval alone: "(−0.03, 0.27)". */
export function formatLimits(limits: { readonly lower: number; readonly upper: number }, decimals: number): string {
  return `(${formatFixed(limits.lower, decimals)}, ${formatFixed(limits.upper, decimals)})`;
}

/** Estimate with interval in percent: "12.3 % (1.0, 22.4)". */
export function formatPercentInterval(
  estimate: { readonly value: number; readonly lower: number; readonly upper: number },
  decimals = 1,
): string {
  const limits = { lower: shiftDecimal(estimate.lower, 2), upper: shiftDecimal(estimate.upper, 2) };
  return `${formatPercent(estimate.value, decimals)} ${formatLimits(limits, decimals)}`;
}

/**
 * Simulated value ± Monte Carlo standard error, the error to the same decimals, at least one significant digit.
 * A count of 0 or all has a plug-in error of 0 and prints its exact limits instead.
 */
export function formatMonteCarlo(
  estimate: {
    readonly value: number;
    readonly mcse: number;
    readonly limits: { readonly lower: number; readonly upper: number } | null;
  },
  decimals: number,
): string {
  const value = estimate.value === 0 ? "0" : formatFixed(estimate.value, decimals);
  if (estimate.mcse === 0 && estimate.limits !== null) {
    const limit = (bound: number) => (bound === 0 ? "0" : formatFixed(bound, decimals));
    return `${value} (${limit(estimate.limits.lower)}, ${limit(estimate.limits.upper)})`;
  }
  if (estimate.mcse === 0) return `${value} ± 0`;
  return `${value} ± ${formatFixed(estimate.mcse, Math.max(decimals, leadingDecimals(estimate.mcse)))}`;
}

/** Decimals that show a quantity of this size (an SD, a range) with three significant digits; 0 … 6. */
export function decimalsForScale(scale: number): number {
  if (!Number.isFinite(scale) || scale === 0) return 3;
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(scale)))));
}

/** ISO 8601 instant as "2026-03-09 14:05:11 UTC". */
export function formatUtc(iso: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]} UTC`;
}

/** Whole number as an exponent: −16 → "⁻¹⁶". */
function superscript(exponent: number): string {
  return [...String(exponent)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("");
}

/**
 * Numbers in a sentence as the report prints them: hyphens before digits become minus signs, 1.2e-13 becomes 1.2 × 10⁻¹³.
 * For messages of the program; texts that people wrote stay as they are.
 */
export function typesetNumbers(sentence: string): string {
  return sentence
    .replace(/(?<![\w.])(-?\d+(?:\.\d+)?)e([+-]\d+)(?!\w)/g, (_, mantissa: string, exponent: string) =>
      Number(mantissa) === 1
        ? `10${superscript(Number(exponent))}`
        : `${mantissa} × 10${superscript(Number(exponent))}`,
    )
    .replace(/(?<=^|[\s(=≤<>])-(?=\.?\d)/g, MINUS);
}

/** "1 patient", "3 patients". */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Decimals at which a small positive number first shows a digit. */
function leadingDecimals(value: number): number {
  return value > 0 ? Math.min(6, Math.max(0, -Math.floor(Math.log10(value)))) : 0;
}

/** value × 10^places exactly on the decimal form, so that a percentage is rounded once. */
function shiftDecimal(value: number, places: number): number {
  const [mantissa, exponent] = value.toExponential().split("e");
  return Number(`${mantissa}e${Number(exponent) + places}`);
}

/** Digits of |value| × 10^decimals, rounded half away from zero on the shortest decimal form. */
function roundedDigits(value: number, decimals: number): { negative: boolean; digits: string } {
  const [mantissa = "0", exponentText = "0"] = Math.abs(value).toExponential().split("e");
  const significant = mantissa.replace(".", "");
  const keep = Number(exponentText) + decimals + 1;
  const negative = value < 0;
  if (keep < 0) return { negative, digits: "0" };
  if (keep >= significant.length) return { negative, digits: significant.padEnd(keep, "0") };
  const head = BigInt(significant.slice(0, keep) || "0");
  const up = significant.charAt(keep) >= "5";
  return { negative, digits: (up ? head + 1n : head).toString() };
}

function groupThousands(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ",");
}
