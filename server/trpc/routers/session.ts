import { z } from "zod";
import { changePasswordInput, meSchema } from "../../services/session/session-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const sessionRouter = router({
  me: procedure.output(meSchema).query(({ ctx }) => pending(ctx)),
  changePassword: procedure
    .input(changePasswordInput)
    .output(z.object({ changed: z.literal(true) }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
  revokeAll: procedure.output(z.object({ revoked: z.literal(true) })).mutation(({ ctx }) => pending(ctx)),
});
