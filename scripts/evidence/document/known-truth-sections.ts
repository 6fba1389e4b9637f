import { clopperPearsonInterval } from "../../../lib/numerics/binomial-interval.ts";
import { formatCount, formatFixed, formatSignificant } from "../../../lib/reporting/format-number.ts";
import type { KnownLawResults, NoiseResults } from "../evidence-results.ts";
import { markdownTable } from "./interval-text.ts";

/** Points of coverage that calibrated bands may miss. */
const TOLERANCE = 0.01;
/** Monte Carlo standard errors of a gain. */
const ERRORS = 3;

/** Recovery of a known law. */
export function knownLawSection(law: KnownLawResults, image: string[]): string[] {
  const bands = law.methods.flatMap(({ visits }) =>
    visits.flatMap(({ coverage }) => coverage.map(({ level, share }) => Math.abs(share - level))),
  );
  const outside = bands.filter((distance) => distance > TOLERANCE).length;
  const far = law.methods.flatMap(({ visits }) =>
    visits.filter(({ gain, trueGain, gainError }) => Math.abs(gain - trueGain) > ERRORS * gainError),
  ).length;
  const places = law.methods.reduce((sum, { visits }) => sum + visits.length, 0);
  return [
    "## A known law",
    "",
    `${formatCount(law.trained)} patients of the simulated Alzheimer's law (one study, dropout at random given the worsening seen) train; ${formatCount(law.tested)} new patients with complete courses are predicted. True gain: from the exact covariances of the law, the best predictor against ANCOVA on baseline and APOE ε4.`,
    "",
    `- Coverage: ${bands.length - outside} of ${bands.length} bands are within ±1 point of nominal; the largest distance is ${formatFixed(100 * Math.max(...bands), 2)} points.`,
    `- Gain: ${places - far} of ${places} are within ${ERRORS} Monte Carlo standard errors of the true value.`,
    "",
    ...image,
    ...markdownTable(
      ["method", "visit", "gain, %", "standard error", "true gain, %", "50 % band, %", "80 % band, %", "95 % band, %"],
      law.methods.flatMap(({ name, visits }) =>
        visits.map((row) => [
          name,
          row.visitId.replace("week", "week "),
          formatFixed(100 * row.gain, 2),
          formatFixed(100 * row.gainError, 2),
          formatFixed(100 * row.trueGain, 2),
          ...row.coverage.map(({ share }) => formatFixed(100 * share, 2)),
        ]),
      ),
    ),
    "",
    "Parameters of the Gaussian joint model; standard errors as if nobody had left:",
    "",
    ...markdownTable(
      ["quantity", "truth", "estimate", "difference in standard errors"],
      law.recovery.map(({ quantity, truth, estimate, standardError }) => [
        quantity,
        formatSignificant(truth, 4),
        formatSignificant(estimate, 4),
        formatFixed((estimate - truth) / standardError, 2),
      ]),
    ),
    "",
  ];
}

/** How often a gain is claimed where there is none. */
export function noiseSection(noise: NoiseResults): string[] {
  const share = (count: number, of: number) => {
    const { lower, upper } = clopperPearsonInterval(count, of);
    return `${count} of ${of}: ${formatFixed((100 * count) / of, 1)} % (${formatFixed(100 * lower, 1)} to ${formatFixed(100 * upper, 1)})`;
  };
  return [
    "## Pure noise",
    "",
    `Histories of ${noise.patients} patients with three visits and six covariates that mean nothing. A gain may be claimed in at most 5 %. A claim is made per endpoint and visit, the primary one being named before training, so that the last visit is what counts; any of three visits is without adjustment for their number.`,
    "",
    ...markdownTable(
      ["twins made by", "gain claimed at the last visit", "at any of three visits", "mean gain at the last visit, %"],
      noise.settings.map(({ name, repetitions, claimedAtLast, claimedAnywhere, meanGain }) => [
        name,
        share(claimedAtLast, repetitions),
        share(claimedAnywhere, repetitions),
        formatFixed(100 * meanGain, 1),
      ]),
    ),
    "",
  ];
}
