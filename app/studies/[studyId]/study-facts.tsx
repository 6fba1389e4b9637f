import type { ReactNode } from "react";
import { benefitText, endpointLabel, placeLabel } from "../../../lib/reporting/figures/figure-labels.ts";
import { formatSignificant, formatUtc } from "../../../lib/reporting/format-number.ts";
import { SourceMark } from "../../_components/provenance/source-mark.tsx";
import type { Study } from "../../_components/shell/study-context.tsx";
import classes from "./overview.module.css";

/** The specification at a glance: estimand, endpoints, visits, arms, sources. */
export function StudyFacts({ study }: { study: Study }) {
  const specification = study.specification;
  const { estimand } = specification;
  const mark = (field: string) =>
    specification.defaults?.includes(field) === true && (
      <>
        {" "}
        <SourceMark source="default" note="The program's default; edit the specification to state your own." />
      </>
    );
  const primaryEndpoint = specification.endpoints.find(({ id }) => id === specification.primary.endpointId);
  return (
    <dl className={classes.facts}>
      <Fact name="Plan">
        revision {study.revision},{" "}
        {study.planFrozenAt === null ? "not frozen yet" : `frozen ${formatUtc(study.planFrozenAt)}`}
      </Fact>
      <Fact name="Question of interest">
        {specification.questionOfInterest}
        {mark("questionOfInterest")}
      </Fact>
      <Fact name="Treatment">
        {estimand.treatment}
        {mark("estimand")}
      </Fact>
      <Fact name="Population">
        {estimand.population}
        {mark("estimand")}
      </Fact>
      <Fact name="Variable">
        {estimand.variable}
        {mark("estimand")}
      </Fact>
      <Fact name="Intercurrent events">
        {estimand.intercurrentEvents.length === 0 ? (
          "none stated"
        ) : (
          <ul>
            {estimand.intercurrentEvents.map((event) => (
              <li key={event.event}>
                {event.event}: {event.strategy} ({event.rationale})
              </li>
            ))}
          </ul>
        )}
        {mark("estimand")}
      </Fact>
      <Fact name="Summary measure">
        {estimand.summaryMeasure}
        {mark("estimand")}
      </Fact>
      <Fact name="Primary">
        {placeLabel(specification, specification.primary)}
        {primaryEndpoint !== undefined && `, ${benefitText(primaryEndpoint.benefit)}`}
      </Fact>
      <Fact name="Target effect">
        {formatSignificant(specification.targetEffect, 3)} {primaryEndpoint?.unit ?? ""} (experimental minus control)
        {mark("targetEffect")}
      </Fact>
      <Fact name="Endpoints">
        {specification.endpoints.map(({ id }) => endpointLabel(specification, id)).join(" · ")}
      </Fact>
      <Fact name="Visits">
        {specification.visits.map((visit) => `${visit.label} (day ${visit.targetDay})`).join(" · ")}
      </Fact>
      <Fact name="Arms">{specification.arms.map((arm) => `${arm.label} (${arm.role})`).join(" · ")}</Fact>
      <Fact name="Strata">{specification.strata.length === 0 ? "none" : specification.strata.join(" · ")}</Fact>
      <Fact name="Missing data">
        {specification.missingDataStatement}
        {mark("missingDataStatement")}
      </Fact>
      <Fact name="Sources considered">
        {specification.sourceLog.length === 0
          ? "none logged"
          : specification.sourceLog.map((source) => `${source.name} (${source.decision})`).join(" · ")}
      </Fact>
    </dl>
  );
}

function Fact(props: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{props.name}</dt>
      <dd>{props.children === "" ? "not stated" : props.children}</dd>
    </>
  );
}
