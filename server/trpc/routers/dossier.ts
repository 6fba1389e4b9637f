import { z } from "zod";
import { attestPoint } from "../../services/dossier/attest-point.ts";
import { buildDossier } from "../../services/dossier/build-dossier.ts";
import {
  attestInput,
  buildDossierInput,
  dossierDetailSchema,
  dossierIdInput,
  dossierRowSchema,
  dossierStateSchema,
  lockDossierInput,
  makingSchema,
  signDossierInput,
} from "../../services/dossier/dossier-schemas.ts";
import { getDossier } from "../../services/dossier/get-dossier.ts";
import { listDossiers } from "../../services/dossier/list-dossiers.ts";
import { lockDossier } from "../../services/dossier/lock-dossier.ts";
import { getMaking } from "../../services/dossier/make-files.ts";
import { signDossier } from "../../services/dossier/sign-dossier.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

const stateOutput = z.object({ state: dossierStateSchema });

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
  making: procedure
    .input(dossierIdInput)
    .output(makingSchema.nullable())
    .query(({ ctx, input }) => getMaking(ctx, input.dossierId)),
  lock: procedure
    .input(lockDossierInput)
    .output(stateOutput)
    .mutation(({ ctx, input }) => lockDossier(ctx, input)),
  sign: procedure
    .input(signDossierInput)
    .output(stateOutput)
    .mutation(({ ctx, input }) => signDossier(ctx, input)),
});
