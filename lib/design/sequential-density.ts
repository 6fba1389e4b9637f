import { normalUpperTail } from "../numerics/normal.ts";
import { gaussLegendre } from "../numerics/quadrature.ts";

/** Normal mass beyond this many standard deviations (1e-17) is left out of the grid. */
const REACH = 8.5;
/** Panel width in standard deviations of the narrowest factor of the integrand; against a four times finer grid the
 * 16-node rule then differs by less than 1e-12. */
const PANEL_WIDTH = 6;
const PANEL_RULE = gaussLegendre(16);
const INVERSE_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

/**
 * Sub-density of the test statistic at the current analysis among trials that have not stopped before it.
 * Starts at the first analysis; `continueWithin` closes the current analysis and moves to the next.
 */
export interface SequentialDensity {
  /** P(the trial reaches the current analysis). */
  reached(): number;
  /** P(reached and Z ≥ bound). */
  upperTail(bound: number): number;
  /** P(reached and Z ≤ bound). */
  lowerTail(bound: number): number;
  /** Density of Z at z, integrating to `reached()`. */
  density(z: number): number;
  /** Keep only trials with lower < Z < upper, without those with |Z| < inner if it is positive; go to the next analysis. */
  continueWithin(lower: number, upper: number, inner?: number): void;
}

/**
 * Recursive integration of the canonical joint distribution, one analysis at a time.
 *
 * @param informationFractions - Information at each analysis divided by final information; shape [K], strictly
 *   increasing, positive.
 * @param drift - Expected Z at information fraction 1, i.e. θ√I_max; dimensionless.
 * @returns The sub-density standing at the first analysis.
 *
 * @remarks
 * METHODS.md eq. (G5)–(G7). The score S = Z√t is a Brownian motion with drift, so each step is a convolution with a
 * normal kernel over the continuation region. The integrand there is analytic, hence composite Gauss–Legendre panels
 * sized by the narrowest kernel converge geometrically; kernel values beyond 8.5 standard deviations are skipped.
 *
 * Source: Armitage, McPherson & Rowe (1969), JRSS A 132(2):235–244; Jennison & Turnbull (2000), Group Sequential
 * Methods, ch. 19.
 */
export function startSequentialDensity(informationFractions: readonly number[], drift: number): SequentialDensity {
  let analysis = 0;
  // All trials stand at score 0 before the first analysis: one node that carries all the mass.
  let nodes = new Float64Array(1);
  let masses = new Float64Array(1).fill(1);
  let count = 1;
  let spareNodes = new Float64Array(256);
  let spareMasses = new Float64Array(256);

  const fractionAt = (k: number) => informationFractions[k] ?? Number.NaN;
  const stepVariance = (k: number) => fractionAt(k) - (k === 0 ? 0 : fractionAt(k - 1));

  /** P(reached and sign·(S − score) ≥ 0). */
  function scoreTail(score: number, sign: 1 | -1): number {
    const variance = stepVariance(analysis);
    const scale = sign / Math.sqrt(variance);
    const shifted = score - drift * variance;
    let total = 0;
    for (let i = 0; i < count; i++) total += masses[i]! * normalUpperTail((shifted - nodes[i]!) * scale);
    return total;
  }

  function scoreDensity(score: number): number {
    const variance = stepVariance(analysis);
    const shifted = score - drift * variance;
    const exponentScale = -0.5 / variance;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const distance = shifted - nodes[i]!;
      total += masses[i]! * Math.exp(exponentScale * distance * distance);
    }
    return (total * INVERSE_ROOT_TWO_PI) / Math.sqrt(variance);
  }

  function reserve(size: number): void {
    if (spareNodes.length >= size) return;
    spareNodes = new Float64Array(size);
    spareMasses = new Float64Array(size);
  }

  function continueWithin(lower: number, upper: number, inner = 0): void {
    const rootFraction = Math.sqrt(fractionAt(analysis));
    const variance = stepVariance(analysis);
    const deviation = Math.sqrt(variance);
    const shift = drift * variance;
    // The grid covers what both the step from the old grid and the unstopped score itself can reach.
    const stepReach = REACH * deviation;
    const scoreReach = REACH * rootFraction;
    const mean = drift * fractionAt(analysis);
    const first = count > 0 ? nodes[0]! : 0;
    const final = count > 0 ? nodes[count - 1]! : 0;
    const from = Math.max(lower * rootFraction, first + shift - stepReach, mean - scoreReach);
    const to = Math.min(upper * rootFraction, final + shift + stepReach, mean + scoreReach);
    const last = analysis === informationFractions.length - 1;
    const narrowest = last ? deviation : Math.min(deviation, Math.sqrt(stepVariance(analysis + 1)));
    const panelsOver = (a: number, b: number) =>
      count > 0 && b > a ? Math.ceil((b - a) / (PANEL_WIDTH * narrowest)) : 0;
    let size = 0;
    const cover = (a: number, b: number) => {
      const panels = panelsOver(a, b);
      fillPanels(a, b, panels, size);
      size += panels * PANEL_RULE.nodes.length;
    };
    if (inner > 0) {
      const wedge = inner * rootFraction;
      reserve(
        (panelsOver(from, Math.min(to, -wedge)) + panelsOver(Math.max(from, wedge), to)) * PANEL_RULE.nodes.length,
      );
      cover(from, Math.min(to, -wedge));
      cover(Math.max(from, wedge), to);
    } else {
      reserve(panelsOver(from, to) * PANEL_RULE.nodes.length);
      cover(from, to);
    }
    weighByDensity(size, shift, variance);
    [nodes, spareNodes] = [spareNodes, nodes];
    [masses, spareMasses] = [spareMasses, masses];
    count = size;
    analysis += 1;
  }

  /** Write the Gauss–Legendre nodes and weights of `panels` equal panels over [from, to] into the spare arrays, from `start` on. */
  function fillPanels(from: number, to: number, panels: number, start: number): void {
    const half = (to - from) / (2 * panels);
    const { nodes: ruleNodes, weights: ruleWeights } = PANEL_RULE;
    for (let panel = 0, j = start; panel < panels; panel++) {
      const centre = from + (2 * panel + 1) * half;
      for (let i = 0; i < ruleNodes.length; i++, j++) {
        spareNodes[j] = centre + half * ruleNodes[i]!;
        spareMasses[j] = half * ruleWeights[i]!;
      }
    }
  }

  /** Multiply each spare weight by the density at its node; only old nodes within reach of the kernel are visited. */
  function weighByDensity(size: number, shift: number, variance: number): void {
    const reach = REACH * Math.sqrt(variance);
    const exponentScale = -0.5 / variance;
    const scale = INVERSE_ROOT_TWO_PI / Math.sqrt(variance);
    let first = 0;
    let end = 0;
    for (let j = 0; j < size; j++) {
      const origin = spareNodes[j]! - shift;
      while (first < count && nodes[first]! < origin - reach) first++;
      while (end < count && nodes[end]! <= origin + reach) end++;
      let total = 0;
      for (let i = first; i < end; i++) {
        const distance = origin - nodes[i]!;
        total += masses[i]! * Math.exp(exponentScale * distance * distance);
      }
      spareMasses[j] = spareMasses[j]! * scale * total;
    }
  }

  return {
    reached() {
      let total = 0;
      for (let i = 0; i < count; i++) total += masses[i]!;
      return total;
    },
    upperTail: (bound) => scoreTail(bound * Math.sqrt(fractionAt(analysis)), 1),
    lowerTail: (bound) => scoreTail(bound * Math.sqrt(fractionAt(analysis)), -1),
    density: (z) => {
      const root = Math.sqrt(fractionAt(analysis));
      return root * scoreDensity(z * root);
    },
    continueWithin,
  };
}
