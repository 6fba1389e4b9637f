import type { ProportionScale, TwoByTwo } from "./two-by-two.ts";

/** Proportions of two arms with their complements, which keep their digits near 0 and near 1. */
export interface RestrictedProportions {
  readonly experimental: number;
  readonly control: number;
  readonly experimentalComplement: number;
  readonly controlComplement: number;
}

/**
 * Maximum-likelihood proportions of two arms when their difference, ratio or odds ratio is held at a value
 * (METHODS.md eq. (P2)).
 *
 * @param scale - What is held.
 * @param effect - Its value: difference in (−1, 1), ratios positive.
 *
 * Source: Miettinen & Nurminen (1985), Stat. Med. 4:213–226, appendix; Farrington & Manning (1990), Stat. Med. 9:1447–1454.
 */
export function restrictedProportions(table: TwoByTwo, scale: ProportionScale, effect: number): RestrictedProportions {
  const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } = table;
  const total = m + n;
  const events = a + c;
  switch (scale) {
    case "risk-difference": {
      const control = restrictedControl(a, m, c, n, effect);
      return withComplements(clamp(control + effect), control);
    }
    case "risk-ratio": {
      const b = -(m * effect + a + n + c * effect);
      // The smaller root, written so that nothing cancels.
      const control = clamp((2 * events) / (-b + Math.sqrt(Math.max(0, b * b - 4 * effect * total * events))));
      return withComplements(clamp(control * effect), control);
    }
    case "odds-ratio": {
      const control = controlAtOddsRatio(m, n, events, effect);
      const controlComplement = controlAtOddsRatio(m, n, total - events, 1 / effect);
      const scaled = control * effect;
      return {
        experimental: scaled / (scaled + controlComplement),
        experimentalComplement: controlComplement / (scaled + controlComplement),
        control,
        controlComplement,
      };
    }
  }
}

/** Control proportion when the odds ratio and the number of events are held. */
function controlAtOddsRatio(m: number, n: number, events: number, oddsRatio: number): number {
  const excess = oddsRatio - 1;
  const b = oddsRatio * (m - events) + n + events;
  const root = Math.sqrt(Math.max(0, b * b + 4 * n * excess * events));
  // The same root in the form in which nothing cancels.
  return clamp(b >= 0 ? (2 * events) / (b + root) : (root - b) / (2 * n * excess));
}

function withComplements(experimental: number, control: number): RestrictedProportions {
  return { experimental, control, experimentalComplement: 1 - experimental, controlComplement: 1 - control };
}

/** Root of the cubic likelihood equation of a difference, by its trigonometric form and one Newton step. */
function restrictedControl(a: number, m: number, c: number, n: number, delta: number): number {
  const total = m + n;
  const events = a + c;
  if (delta === 0) return events / total;
  const l2 = (m + 2 * n) * delta - total - events;
  const l1 = (n * delta - total - 2 * c) * delta + events;
  const l0 = c * delta * (1 - delta);
  const third = l2 / (3 * total);
  const q = third ** 3 - (l1 * l2) / (6 * total * total) + l0 / (2 * total);
  const size = Math.sqrt(Math.max(0, third * third - l1 / (3 * total)));
  const p = q < 0 ? -size : size;
  const cosine = p === 0 ? 0 : Math.max(-1, Math.min(1, q / p ** 3));
  const root = 2 * p * Math.cos((Math.PI + Math.acos(cosine)) / 3) - third;
  const low = Math.max(0, -delta);
  const high = Math.min(1, 1 - delta);
  let value = Math.min(high, Math.max(low, root));
  for (let step = 0; step < 2; step++) {
    const f = ((total * value + l2) * value + l1) * value + l0;
    const slope = (3 * total * value + 2 * l2) * value + l1;
    const next = value - f / slope;
    // Only a step that stays near the closed form is a refinement.
    if (slope === 0 || !(Math.abs(next - value) < 1e-6) || next < low || next > high) break;
    value = next;
  }
  return value;
}

function clamp(p: number): number {
  return Math.min(1, Math.max(0, p));
}
