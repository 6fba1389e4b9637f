import { eq } from "drizzle-orm";
import { study } from "../../../drizzle/schema/index.ts";
import type { Db } from "../../db/client.ts";

/** Notes that something of the study changed. */
export async function touchStudy(tx: Db, studyId: string, now: Date): Promise<void> {
  await tx.update(study).set({ updatedAt: now }).where(eq(study.id, studyId));
}
