import { federatedMember, federationOf, wasKept } from "../../progression/federation/federation-of.ts";
import type { FederationRecord } from "../../progression/federation/federation-record.ts";
import { federationSentences } from "../../progression/federation/federation-text.ts";
import { formatCount, formatFixed, formatInput, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { bullets, columns, heading, paragraph, prose, see, table } from "../prose.ts";

/** How a model came about whose patients never were in one place; nothing for a model trained on one data set. */
export function federationBlocks({ record: { model, datasets } }: DossierContext): ReportBlock[] {
  const record = federationOf(model);
  if (record === undefined) return [];
  const own = datasets.find(({ role }) => role === "historical-control");
  const among = record.sites.find(({ dataHash }) => dataHash === own?.dataHash);
  return [
    heading(2, "credibility-federation", "Federation"),
    paragraph`The model was learnt at ${formatCount(record.sites.length)} sites whose patients stayed where they are (${see("table-federation-sites")}); files with sums${record.averaging === undefined ? "" : " and weights of networks"} were exchanged in ${formatCount(record.rounds)} rounds, at most ${formatCount(record.maximumRounds)} by the plan; ${see("table-federation")} says what left the sites. ${among === undefined ? "The historical data set of this report is none of the sites' data sets: it describes the population and gives the nearest historical patients, but the model has not learnt from it." : `The historical data set of this report is that of site ${among.site}; the other sites' patients are not described in it.`} Equations: (FE1) to (FE23) of lib/progression/federation/METHODS.md in the program’s source.`,
    sitesTable(record),
    table({
      id: "table-federation",
      title: "Federation: what left the sites",
      population: "",
      columns: columns("Item", "Value"),
      rows: [
        ["Plan (SHA-256)", record.planHash],
        ["Rounds used (planned at most)", `${formatCount(record.rounds)} (${formatCount(record.maximumRounds)})`],
        ["Smallest number of patients in a sum", formatCount(record.minimumCell)],
        [
          "Left out so that no sum is over few patients",
          `at most ${formatCount(record.leftOut.values)} values, ${formatCount(record.leftOut.patients)} patients`,
        ],
        ["Noise (Gaussian mechanism)", noiseText(record)],
      ],
    }),
    bullets(...federationSentences(federatedMember(model), record).map((sentence) => prose`${capital(sentence)}.`)),
    ...courseBlocks(record),
    paragraph`Every figure of the evaluation is from predicting each site by models of the other sites, from sums alone. Not available without single patients: calibration by groups, the histogram of the probability integral transform, subgroups, run-in, comparison of members, and out-of-fold predictions to download.`,
  ];
}

function sitesTable({ sites }: FederationRecord): ReportBlock {
  return table({
    id: "table-federation-sites",
    title: "Sites of the federation",
    population: `Control patients of ${formatCount(sites.length)} sites; N = ${formatCount(totalPatients(sites))}`,
    columns: columns("Site", ">Control patients", "Data set (SHA-256)"),
    rows: sites.map(({ site, patients, dataHash }) => [site, formatCount(patients), dataHash]),
  });
}

/** Control patients of all sites. */
export function totalPatients(sites: FederationRecord["sites"]): number {
  return sites.reduce((sum, { patients }) => sum + patients, 0);
}

function courseBlocks({ averaging, sites }: FederationRecord): ReportBlock[] {
  if (averaging === undefined || averaging.course.length === 0) return [];
  const rounds = [...new Set(averaging.course.map(({ stage, round }) => `${stage} ${round}`))];
  return [
    paragraph`${see("table-federation-rounds")} gives the mean log-density of a patient's outcomes (standardised; the loss is its negative) by round and site: under the average of the other sites, which has not seen the patients, and, in parentheses, under the average of all sites and after the site's own passes.`,
    table({
      id: "table-federation-rounds",
      title: "Federated averaging: mean log-density by round and site",
      population: "",
      columns: columns("Round", ...sites.map(({ site }) => `>${site}`)),
      rows: rounds.map((key) => {
        const rows = averaging.course.filter(({ stage, round }) => `${stage} ${round}` === key);
        const { stage, round } = rows[0]!;
        const kept = wasKept(averaging, rows[0]!) ? "▶ " : "";
        return [
          `${kept}${stage === "gaussian" ? "without" : "with"} hidden units, ${formatCount(round)}`,
          ...sites.map(({ site }) => {
            const row = rows.find((each) => each.site === site);
            return `${decimal(row?.heldOut)} (${decimal(row?.before)}, ${decimal(row?.after)})`;
          }),
        ];
      }),
      notes: [
        "▶: the average that the round began with was kept. The last round of a stage only scores the last average.",
      ],
    }),
  ];
}

function noiseText({ noise }: FederationRecord): string {
  if (noise === null) return "none";
  return `ε = ${formatInput(noise.epsilon)}, δ = ${formatInput(noise.delta)} for all ${formatCount(noise.releases)} releases of a site together; SD ${formatFixed(noise.standardDeviation, 2)} of the sums in units of half the planned ranges`;
}

function decimal(value: number | null | undefined): string {
  return value === null || value === undefined ? MISSING : formatFixed(value, 4);
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
