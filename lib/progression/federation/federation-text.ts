import { memberNames } from "../member-names.ts";
import type { FederatedMember } from "./federation-plan.ts";
import type { FederationRecord } from "./federation-record.ts";

/**
 * What a reader must know of a federation, one sentence a line: sites and rounds, what separates the fit from that of the pooled
 * patients, the course of averaged weights, the comparison with pooled patients or that there is none.
 *
 * @param member - Kind of the member.
 * @param record - Of the federation.
 */
export function federationSentences(member: FederatedMember["kind"], record: FederationRecord): string[] {
  return [
    `${memberNames[member]} from ${record.sites.length} sites in ${record.rounds} rounds of at most ${record.maximumRounds}`,
    equality(record),
    ...averagingSentences(record),
    ...againstPooled(record),
  ];
}

function againstPooled({ pooled }: FederationRecord): string[] {
  if (pooled === undefined)
    return ["the patients were never in one place: the difference from a fit to the pooled patients is not known"];
  const { patients, differences, loss } = pooled;
  return [
    ...differences.map(({ what, relative }) =>
      relative === null
        ? `${what}: not the same parameters as in the fit to the ${patients} pooled patients`
        : `${what}: differs from the fit to the ${patients} pooled patients by ${relative.toExponential(1)} of the largest element`,
    ),
    ...(loss === null
      ? []
      : [
          `log-density of a patient's outcomes: ${loss.federated.toFixed(3)} averaged, ${loss.pooled.toFixed(3)} trained on the ${patients} pooled patients (loss ${(loss.pooled - loss.federated).toFixed(3)} nats, on the training patients); the twins' means differ by ${loss.meanDifference.toFixed(3)} predictive SDs (root mean square)`,
        ]),
  ];
}

function averagingSentences({ averaging }: FederationRecord): string[] {
  if (averaging === undefined) return [];
  const { course, kept, localEpochs } = averaging;
  const stages = (["gaussian", "hidden"] as const).flatMap((stage) => {
    const own = course.filter((row) => row.stage === stage && row.heldOut !== null);
    const at = (round: number) => {
      const rows = own.filter((row) => row.round === round);
      const patients = rows.reduce((sum, row) => sum + row.patients, 0);
      return rows.reduce((sum, row) => sum + row.patients * row.heldOut!, 0) / patients;
    };
    if (own.length === 0) return [];
    const last = Math.max(...own.map(({ round }) => round));
    const what = stage === "gaussian" ? "without hidden units" : "with hidden units";
    return [
      `${what}: mean log-density of patients of sites left out ${at(1).toFixed(4)} at the start, ${at(kept[stage] + 1).toFixed(4)} after the ${kept[stage]} averages kept, ${at(last).toFixed(4)} after the last of ${last - 1}`,
    ];
  });
  return [`weights averaged after ${localEpochs} passes at each site`, ...stages];
}

function equality({ equalsPooledFit, searchedShrinkage, noise, leftOut, averaging }: FederationRecord): string {
  if (equalsPooledFit && searchedShrinkage === true)
    return "no value was left out and no noise added: the likelihood is that of the pooled patients, and the parameters are to the tolerance of the search for the shrinkage";
  if (equalsPooledFit)
    return "no value was left out and no noise added: the parameters are those of the pooled patients, to rounding";
  if (noise !== null)
    return `noise with ε = ${noise.epsilon} and δ = ${noise.delta} was added at every site: the parameters are not those of the pooled patients`;
  const none = leftOut.values === 0 && leftOut.patients === 0;
  const left = none
    ? "no value was left out"
    : `at most ${leftOut.values} values and ${leftOut.patients} patients were left out so that no sum is over few patients`;
  return averaging === undefined
    ? `${left}: the parameters are not exactly those of the pooled patients`
    : `${left}; averaged weights are not those of a training on the pooled patients`;
}
