import type { JobKind } from "../../../drizzle/schema/job.ts";
import {
  analysesOutOfDate,
  dossierOutOfDate,
  modelOutOfDate,
  runOutOfDate,
  type StudyNow,
  twinsOutOfDate,
} from "./out-of-date.ts";
import type { StudyOverview, StudyStep } from "./study-schemas.ts";
import type { StudyWork } from "./study-work.ts";

type Now = StudyNow & { readonly work: StudyWork };
type StepBody = Omit<StudyStep, "key">;

/** The study's path with the state of every step, in the order the work goes. */
export function studySteps(now: Now, events: number): StudyStep[] {
  return [
    { key: "data", ...dataStep(now.work) },
    { key: "model", ...modelStep(now) },
    { key: "twins", ...twinsStep(now) },
    { key: "sizing", ...sizingStep(now.work) },
    { key: "designs", ...designsStep(now.work) },
    { key: "simulations", ...simulationsStep(now) },
    { key: "analysis", ...analysisStep(now) },
    { key: "dossier", ...dossierStep(now) },
    { key: "audit", state: "done", detail: counted(events, "event") },
  ];
}

function dataStep({ history, enrolled }: StudyWork): StepBody {
  if (history === null && enrolled === null) return { state: "empty", detail: "no data set yet" };
  if (history === null) return { state: "draft", detail: "historical controls are missing" };
  const historical = `${counted(history.patients, "historical control")}`;
  if (enrolled === null) return { state: "draft", detail: `${historical}; no enrolled data set yet` };
  return { state: "done", detail: `${historical}, ${counted(enrolled.patients, "enrolled patient")}` };
}

function modelStep(now: Now): StepBody {
  const running = runningStep(now.work, "train-model");
  if (running !== null) return running;
  const { model } = now.work;
  if (model === null) return { state: "empty", detail: "no model trained yet" };
  return judged(
    modelOutOfDate(model, now),
    `version ${model.version}: ${model.summary?.decision.replaceAll("-", " ") ?? "frozen"}`,
  );
}

function twinsStep(now: Now): StepBody {
  const running = runningStep(now.work, "generate-twins");
  if (running !== null) return running;
  const { twins, enrolled } = now.work;
  if (twins === null) return { state: "empty", detail: "no twins yet" };
  return judged(twinsOutOfDate(twins, now), counted(enrolled?.patients ?? 0, "twin"));
}

function sizingStep({ sizing, model }: StudyWork): StepBody {
  if (sizing !== null) {
    const total = sizing.result.rows.find((row) => row.analysis === "ancova-with-score")?.total;
    const detail = `"${sizing.name}"${total === undefined ? "" : `: ${counted(total, "patient")}`}`;
    if (model?.frozenAt !== null && model !== null && model.frozenAt > sizing.createdAt) {
      return { state: "out-of-date", detail: `${detail}; the model is newer` };
    }
    return { state: "done", detail };
  }
  if (model?.summary?.sizing != null) return { state: "draft", detail: "inputs derived from the model, not saved yet" };
  return { state: "empty", detail: "no sizing yet" };
}

function designsStep({ designs, scenarios }: StudyWork): StepBody {
  if (designs.length + scenarios.length === 0) return { state: "empty", detail: "no designs yet" };
  const detail = `${counted(designs.length, "design")}, ${counted(scenarios.length, "scenario")}`;
  return { state: designs.length > 0 && scenarios.length > 0 ? "done" : "draft", detail };
}

function simulationsStep(now: Now): StepBody {
  const running = runningStep(now.work, "run-simulation");
  if (running !== null) return running;
  const { run } = now.work;
  if (run === null) return { state: "empty", detail: "no simulation yet" };
  const cells = run.spec.designs.length * run.spec.scenarios.length;
  return judged(runOutOfDate(run, now), `${counted(cells, "cell")} of ${counted(run.spec.replicates, "replicate")}`);
}

function analysisStep(now: Now): StepBody {
  const running = runningStep(now.work, "run-analyses");
  if (running !== null) return running;
  const { analyses, plannedCount } = now.work;
  if (plannedCount === 0) return { state: "empty", detail: "no analysis planned yet" };
  if (analyses === null) return { state: "draft", detail: `${plannedCount} planned, not run yet` };
  return judged(analysesOutOfDate(analyses, now), `${plannedCount} planned, run`);
}

function dossierStep(now: Now): StepBody {
  const running = runningStep(now.work, "build-dossier", "lock-dossier", "sign-dossier");
  if (running !== null) return running;
  const { dossier } = now.work;
  if (dossier === null) return { state: "empty", detail: "no dossier yet" };
  const version = `version ${dossier.version}`;
  if (dossier.state !== "draft") return { state: "locked", detail: `${version}, ${dossier.state}` };
  const open = dossier.checklist.filter((point) => point.status === "open").length;
  const outOfDate = dossierOutOfDate(dossier, now);
  if (outOfDate !== null) return { state: "out-of-date", detail: outOfDate };
  return { state: "draft", detail: `${version}; ${counted(open, "point")} open` };
}

function runningStep(work: StudyWork, ...kinds: readonly JobKind[]): StepBody | null {
  const job = work.activeJobs.find(({ kind }) => kinds.includes(kind));
  if (job === undefined) return null;
  if (job.status === "queued") return { state: "running", detail: "waiting for a worker" };
  return { state: "running", detail: `${Math.round(job.progress * 100)} % — ${job.message}` };
}

const judged = (outOfDate: string | null, detail: string): StepBody =>
  outOfDate === null ? { state: "done", detail } : { state: "out-of-date", detail: outOfDate };

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}

const invitations: Record<StudyStep["key"], string> = {
  data: "Import data",
  model: "Train a model",
  twins: "Generate twins",
  sizing: "Size the control arm",
  designs: "Describe designs and scenarios",
  simulations: "Simulate designs in scenarios",
  dossier: "Build the dossier",
  analysis: "Run the planned analyses",
  audit: "Look at the audit trail",
};

const renewals: Partial<Record<StudyStep["key"], string>> = {
  model: "Train the model again",
  twins: "Generate the twins again",
  sizing: "Size the control arm again",
  simulations: "Simulate again",
  analysis: "Run the analyses again",
  dossier: "Build the dossier again",
};

const unfinished: ReadonlySet<StudyStep["state"]> = new Set(["empty", "draft", "out-of-date"]);

/** Analyses are planned when they are wanted: an empty plan holds nothing up. A dossier is a draft until it is locked. */
const mayWait = ({ key, state }: StudyStep) =>
  (key === "analysis" && state === "empty") || (key === "dossier" && state === "draft");

/** What to do next: the first step that is not done, then the plan, then what is open in the dossier. */
export function nextStep(studyId: string, steps: readonly StudyStep[], planFrozen: boolean): StudyOverview["next"] {
  const href = (key: StudyStep["key"]) => `/studies/${studyId}/${key}`;
  const running = steps.find((step) => step.state === "running");
  if (running !== undefined) return { label: `Watch: ${running.detail}`, href: href(running.key) };
  const open = steps.find((step) => unfinished.has(step.state) && !mayWait(step));
  if (open !== undefined) {
    const renewed = open.state === "out-of-date" ? renewals[open.key] : undefined;
    return { label: renewed ?? invitations[open.key], href: href(open.key) };
  }
  if (!planFrozen) return { label: "Freeze the plan", href: `/studies/${studyId}` };
  const dossier = steps.find((step) => step.key === "dossier");
  return dossier?.state === "locked"
    ? { label: "Open the dossier", href: href("dossier") }
    : { label: "Answer the open points, then lock the dossier", href: href("dossier") };
}
