"use client";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { StateLabel } from "../../../_components/feedback/state-label.tsx";
import { ChoiceBar } from "../../../_components/form/choice-bar.tsx";
import { useUrlValue } from "../../../_lib/url-state.ts";
import { Attestation } from "./attestation.tsx";
import { countPoints, countsText, groupPoints, type PointGroup, statuses, statusWords } from "./checklist-groups.ts";
import classes from "./dossier.module.css";
import type { ChecklistPoint, Dossier } from "./dossier-types.ts";

/** The report checklist by section: what was found in the generated files, and what people must answer. */
export function Checklist({ dossier }: { dossier: Dossier }) {
  const [shown, setShown] = useUrlValue("points", "all");
  const counts = countPoints(dossier.checklist);
  const groups = groupPoints(dossier.checklist, (point) => shown === "all" || point.status === shown);
  return (
    <Section
      title="Checklist"
      id="checklist"
      note="Read from the generated files; points that need a human reader name the role that must answer. ! marks a critical point."
      side={
        <ChoiceBar
          label="Show"
          value={shown}
          onChange={setShown}
          choices={[
            { value: "all", label: `all (${dossier.checklist.length})` },
            ...statuses.map((status) => ({ value: status, label: `${statusWords[status]} (${counts[status]})` })),
          ]}
        />
      }
    >
      {groups.length === 0 && <p style={{ margin: 0, fontSize: "0.875rem" }}>No such point.</p>}
      {groups.map((group) => (
        <Group key={`${shown}:${group.section}`} group={group} dossier={dossier} />
      ))}
    </Section>
  );
}

function Group({ group, dossier }: { group: PointGroup; dossier: Dossier }) {
  const startsOpen = group.counts.fail + group.counts.open > 0;
  return (
    <details className={classes.group} open={startsOpen}>
      <summary>
        <h3>{group.section}</h3>
        <span>{countsText(group.counts)}</span>
      </summary>
      <ul>
        {group.points.map((point) => (
          <Point key={point.id} point={point} dossier={dossier} />
        ))}
      </ul>
    </details>
  );
}

function Point({ point, dossier }: { point: ChecklistPoint; dossier: Dossier }) {
  return (
    <li className={classes.point} id={`point-${point.id}`}>
      <span className={classes.pointId}>
        {point.id}
        {point.critical && (
          <>
            <span aria-hidden>!</span>
            <span className="sr-only"> critical</span>
          </>
        )}
      </span>
      <div className={classes.pointBody}>
        <p>{point.text}</p>
        {point.evidence !== "" && <p className={classes.evidence}>{point.evidence}</p>}
        {point.kind === "human" && point.status === "open" && <Attestation point={point} dossier={dossier} />}
      </div>
      <StateLabel state={point.status} />
    </li>
  );
}
