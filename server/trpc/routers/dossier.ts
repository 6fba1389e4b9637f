import { z } from "zod";
import { attestPoint } from "../../services/dossier/attest-point.ts";
import { buildDossier } from "../../services/dossier/build-dossier.ts";
import {
  attestInput,
  buildDossierInput,
  dossierDetailSchema,
  dossierIdInput,
  dossierRowSchema,
  lockDossierInput,
  signDossierInput,
} from "../../services/dossier/dossier-schemas.ts";
import { getDossier } from "../../services/dossier/get-dossier.ts";
import { listDossiers } from "../../services/dossier/list-dossiers.ts";
import { lockDossier } from "../../services/dossier/lock-dossier.ts";
import { signDossier } from "../../services/dossier/sign-dossier.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

/** The job that makes the files; the dossier changes when it is done. */
const jobOutput = z.object({ jobId: z.uuid() });

export const dossierRouter = router({
  list: procedure
    .input(studyIdInput)
    .output(z.array(dossierRowSchema))
    .query(({ ctx, input }) => listDossiers(ctx, input.studyId)),
  get: procedure
    .input(dossierIdInput)
    .output(dossierDetailSchema)
    .query(({ ctx, input }) => getDossier(ctx, input.dossierId)),
  build: procedure
    .input(buildDossierInput)
    .output(z.object({ dossierId: z.uuid(), jobId: z.uuid() }))
    .mutation(({ ctx, input }) => buildDossier(ctx, input)),
  attest: procedure
    .input(attestInput)
    .output(z.object({ attested: z.literal(true) }))
    .mutation(({ ctx, input }) => attestPoint(ctx, input)),
  lock: procedure
    .input(lockDossierInput)
    .output(jobOutput)
    .mutation(({ ctx, input }) => lockDossier(ctx, input)),
  sign: procedure
    .input(signDossierInput)
    .output(jobOutput)
    .mutation(({ ctx, input }) => signDossier(ctx, input)),
});
