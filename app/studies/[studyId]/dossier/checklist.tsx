"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { StateLabel } from "../../../_components/feedback/state-label.tsx";
import { ChoiceBar } from "../../../_components/form/choice-bar.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlValue } from "../../../_lib/url-state.ts";
import { Attestation } from "./attestation.tsx";
import { countPoints, countsText, groupPoints, type PointGroup, statuses, statusWords } from "./checklist-groups.ts";
import classes from "./dossier.module.css";
import type { ChecklistPoint, Dossier } from "./dossier-types.ts";

/** The report checklist by section: what was found in the generated files, and what people must answer. */
export function Checklist({ dossier }: { dossier: Dossier }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  const [shown, setShown] = useUrlValue("points", "left");
  const counts = countPoints(dossier.checklist);
  const groups = groupPoints(dossier.checklist, (point) => isShown(point, shown));
  const open = dossier.checklist.filter((point) => point.status === "open");
  const mine = open.filter((point) => point.role === me.data?.role);
  return (
    <Section
      title="Checklist"
      id="checklist"
      note={
        <>
          Read from the generated files; points that need a human reader name the role that must answer. ! marks a
          critical point.
          {dossier.state === "draft" &&
            me.data !== undefined &&
            open.length > 0 &&
            ` You are signed in as ${me.data.role}: ${mine.length} of the ${open.length} open points wait for this role${othersText(open, me.data.role)}.`}
          {dossier.state === "draft" && mine.length === 0 && open.length > 0 && me.data?.role === "admin" && (
            <>
              {" "}
              People with these roles are added under <Link href="/members">Members</Link>.
            </>
          )}
        </>
      }
      side={
        <ChoiceBar
          label="Show"
          value={shown}
          onChange={setShown}
          choices={[
            { value: "left", label: `fail or open (${counts.fail + counts.open})` },
            { value: "all", label: `all (${dossier.checklist.length})` },
            ...statuses.map((status) => ({ value: status, label: `${statusWords[status]} (${counts[status]})` })),
          ]}
        />
      }
    >
      {groups.map((group) => (
        <Group
          key={`${shown}:${group.section}`}
          group={group}
          dossier={dossier}
          startsOpen={shown !== "all" && group.points.length > 0}
        />
      ))}
    </Section>
  );
}

/** ", 17 for statistician, 6 for regulatory". */
function othersText(open: readonly ChecklistPoint[], own: string): string {
  const roles = [...new Set(open.map(({ role }) => role))].filter((role) => role !== "" && role !== own);
  return roles.map((role) => `, ${open.filter((point) => point.role === role).length} for ${role}`).join("");
}

function isShown(point: ChecklistPoint, shown: string): boolean {
  if (shown === "left") return point.status === "fail" || point.status === "open";
  return shown === "all" || point.status === shown;
}

function Group(props: { group: PointGroup; dossier: Dossier; startsOpen: boolean }) {
  const { group, dossier } = props;
  return (
    <details className={classes.group} open={props.startsOpen}>
      <summary>
        <h3>{group.section}</h3>
        <span>{countsText(group.counts)}</span>
      </summary>
      <ul>
        {group.points.map((point) => (
          <Point key={point.id} point={point} dossier={dossier} />
        ))}
        {group.points.length === 0 && <li className={classes.none}>No such point in this section.</li>}
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
