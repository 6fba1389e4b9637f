import type { AveragingRound, FederationRecord } from "../../lib/progression/federation/federation-record.ts";
import type { GainAtVisit } from "../../lib/progression/model-document.ts";
import type { IntervalEstimate } from "../../lib/trial/interval.ts";
import type { FederationRun, PooledRun } from "../federation.ts";

/** docs/evidence/federation.md. */
export function federationDocument(runs: readonly FederationRun[], pooled: readonly PooledRun[]): string {
  const studies = [...new Set(runs.map(({ data }) => data))];
  return `${[
    "# What a federation gives",
    "",
    "Made by `npm run evidence:federation`; all figures are in [federation.json](federation.json). Each data set is split into three sites; the sites answer requests that pass as JSON, as `understudy federate` does, and the result is compared with the pooled patients. Equations: [lib/progression/federation/METHODS.md](../../lib/progression/federation/METHODS.md).",
    "",
    "- **difference**: largest absolute difference of a group of parameters over its largest absolute value (FE14). From the fit to all pooled values it is what small cells cost (_fewer features_: a feature was left out in every pattern, e.g. a rare level); from the fit to the values that travelled it is rounding.",
    "- **loss**: mean log-density of a patient's outcomes, trained on the pooled patients less averaged, each on the patients trained on; distance of the twins' means in predictive SDs, root mean square (FE22).",
    "- **gain**: 1 − SSE/SSE of ANCOVA on baseline value. Federated: each site predicted by models of the other sites (FE8). Pooled: the ordinary training with the same member and prior weight, five folds by patient.",
    "- Prior weight 20, no strata; patients of all arms.",
    ...studies.flatMap((study) => section(study, runs, pooled)),
  ].join("\n")}\n`;
}

function section(study: string, runs: readonly FederationRun[], pooled: readonly PooledRun[]): string[] {
  const own = runs.filter(({ data }) => data === study);
  const first = own[0]!;
  return [
    "",
    `## ${study}`,
    "",
    `Control patients: ${first.record.sites.map(({ site, patients }) => `${site} ${patients}`).join(", ")} (${first.title}).`,
    "",
    "| federation | rounds | files, kB (largest; all) | left out, at most | difference from all values | from the values that travelled | loss, nats | distance of means, SD |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...own.map(({ title, record, bytes, travelled }) => {
      const { pooled: against, leftOut } = record;
      const other = against!.differences.some(({ relative }) => relative === null);
      const largest = Math.max(...against!.differences.map(({ relative }) => relative ?? 0)).toExponential(1);
      const loss = against!.loss;
      return `| ${title} | ${record.rounds} | ${kilobytes(bytes.largest)}; ${kilobytes(bytes.all)} | ${leftOut.values} values, ${leftOut.patients} patients | ${other ? "fewer features" : largest} | ${travelled === null ? "—" : travelled.toExponential(1)} | ${loss === null ? "—" : (loss.pooled - loss.federated).toFixed(4)} | ${loss === null ? "—" : loss.meanDifference.toFixed(4)} |`;
    }),
    "",
    `| gain, % | ${places(first.gain).join(" | ")} |`,
    `| --- | ${first.gain.map(() => "---:").join(" | ")} |`,
    ...own.map(({ title, gain }) => `| ${title} | ${gain.map(({ gain: each }) => percent(each)).join(" | ")} |`),
    ...pooled
      .filter(({ data }) => data === study)
      .map(({ member, gain }) => `| pooled, ${member} | ${gain.map(({ gain: each }) => percent(each)).join(" | ")} |`),
    ...own.flatMap(({ title, record }) => courseOf(title, record)),
  ];
}

function courseOf(title: string, { averaging, sites }: FederationRecord): string[] {
  if (averaging === undefined) return [];
  const { kept, rounds, localEpochs, course } = averaging;
  const keys = [...new Set(course.map(({ stage, round }) => `${stage} ${round}`))];
  return [
    "",
    `${title}: averages after ${localEpochs} passes; ${rounds.gaussian} rounds without and ${rounds.hidden} with hidden units, kept ${kept.gaussian} and ${kept.hidden}. Mean log-density (standardised outcomes) under the average of the other sites; in parentheses under that of all sites, and after the site's own passes:`,
    "",
    `| round | ${sites.map(({ site }) => site).join(" | ")} |`,
    `| --- | ${sites.map(() => "---:").join(" | ")} |`,
    ...keys.map((key) => {
      const rows = course.filter(({ stage, round }) => `${stage} ${round}` === key);
      const { stage, round } = rows[0]!;
      const rejected = stage === "hidden" && kept.hidden === 0;
      const mark = kept[stage] + 1 === round && !rejected ? "**kept** " : "";
      return `| ${mark}${stage === "gaussian" ? "without" : "with"} hidden units, ${round} | ${sites.map(({ site }) => cell(rows.find((row) => row.site === site))).join(" | ")} |`;
    }),
  ];
}

function cell(row: AveragingRound | undefined): string {
  const text = (value: number | null | undefined) => (value === null || value === undefined ? "—" : value.toFixed(4));
  return `${text(row?.heldOut)} (${text(row?.before)}, ${text(row?.after)})`;
}

function places(gain: readonly GainAtVisit[]): string[] {
  return gain.map(({ endpointId, visitId }) => `${endpointId}, ${visitId}`);
}

function percent({ value, lower, upper }: IntervalEstimate): string {
  return `${(100 * value).toFixed(1)} (${(100 * lower).toFixed(1)} to ${(100 * upper).toFixed(1)})`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}
