import type { Db } from "../../db/client.ts";
import type { StudyRecord } from "./access.ts";
import type { StudyNow } from "./out-of-date.ts";
import { type StudyWork, studyWork } from "./study-work.ts";

/** The study as it stands, for judging whether results still fit it. */
export async function studyNow(db: Db, study: StudyRecord): Promise<StudyNow & { readonly work: StudyWork }> {
  return { specification: study.specification, revision: study.revision, work: await studyWork(db, study.id) };
}
