import { z } from "zod";
import {
  attestInput,
  buildDossierInput,
  dossierDetailSchema,
  dossierIdInput,
  dossierRowSchema,
  dossierStateSchema,
  lockDossierInput,
  signDossierInput,
} from "../../services/dossier/dossier-schemas.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

const stateOutput = z.object({ state: dossierStateSchema });

export const dossierRouter = router({
  list: procedure
    .input(studyIdInput)
    .output(z.array(dossierRowSchema))
    .query(({ ctx, input }) => pending(ctx, input.studyId)),
  get: procedure
    .input(dossierIdInput)
    .output(dossierDetailSchema)
    .query(({ ctx, input }) => pending(ctx, input.dossierId)),
  build: procedure
    .input(buildDossierInput)
    .output(z.object({ dossierId: z.uuid(), jobId: z.uuid() }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
  attest: procedure
    .input(attestInput)
    .output(z.object({ attested: z.literal(true) }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
  lock: procedure
    .input(lockDossierInput)
    .output(stateOutput)
    .mutation(({ ctx, input }) => pending(ctx, input)),
  sign: procedure
    .input(signDossierInput)
    .output(stateOutput)
    .mutation(({ ctx, input }) => pending(ctx, input)),
});
