"use client";
import { Button } from "@mantine/core";
import { formatUtc } from "../../../../lib/reporting/format-number.ts";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { Verdict, type VerdictTone } from "../../../_components/feedback/verdict.tsx";
import { useUrlState } from "../../../_lib/url-state.ts";
import { countPoints } from "./checklist-groups.ts";
import classes from "./dossier.module.css";
import type { Dossier } from "./dossier-types.ts";
import { LockModal } from "./lock-modal.tsx";
import { isUnderWay, RequestState } from "./request-state.tsx";
import { SignModal } from "./sign-modal.tsx";

/** Where the version stands and what can be done with it next. */
export function DossierState({ dossier }: { dossier: Dossier }) {
  const { params, write } = useUrlState();
  const busy = isUnderWay(dossier.request);
  const counts = countPoints(dossier.checklist);
  const failing = dossier.checklist.filter((point) => point.critical && point.status === "fail");
  const tone: VerdictTone = failing.length > 0 ? "failure" : dossier.state === "draft" ? "warning" : "good";
  return (
    <div>
      {dossier.outOfDate !== null && (
        <Notice tone="warning" title="Out of date">
          {dossier.outOfDate}{" "}
          {dossier.state === "draft"
            ? "Build a new version before locking."
            : "This version stays as it is; build a new one to bring the study up to date."}
        </Notice>
      )}
      <Verdict tone={tone} word={stateWords[dossier.state]}>
        {stateSentence(dossier)} {counts.pass} checklist points pass, {counts.fail} fail, {counts.open} are open
        {failing.length > 0 && `; ${failing.length} of the failing points are critical`}.
      </Verdict>
      <RequestState dossier={dossier} />
      <div className={classes.actions}>
        {dossier.state === "draft" && (
          <Button
            size="sm"
            disabled={dossier.outOfDate !== null || busy}
            onClick={() => write({ lock: "yes" }, "push")}
          >
            Lock version {dossier.version}
          </Button>
        )}
        {dossier.state !== "draft" && (
          <Button size="sm" disabled={busy} onClick={() => write({ sign: "yes" }, "push")}>
            Sign version {dossier.version}
          </Button>
        )}
      </div>
      {dossier.state === "draft" && !busy && (
        <LockModal dossier={dossier} opened={params.get("lock") === "yes"} onClose={() => write({ lock: null })} />
      )}
      {dossier.state !== "draft" && !busy && params.get("sign") === "yes" && (
        <SignModal dossier={dossier} onClose={() => write({ sign: null })} />
      )}
    </div>
  );
}

const stateWords = { draft: "Draft", locked: "Locked", signed: "Signed" } as const;

function stateSentence(dossier: Dossier): string {
  const since = dossier.lockedAt === null ? "" : ` since ${formatUtc(dossier.lockedAt)}`;
  switch (dossier.state) {
    case "draft":
      if (isUnderWay(dossier.request)) return "It is being locked: no checklist point can be answered meanwhile.";
      return "People can still answer checklist points; what they say enters the record when it is locked.";
    case "locked":
      return `Nothing in it changes${since}; it can be signed.`;
    case "signed":
      return `Nothing in it changes${since}; ${dossier.signatures.length === 1 ? "one person has" : `${dossier.signatures.length} signatures have been given`}${dossier.signatures.length === 1 ? " signed" : ""}.`;
  }
}
