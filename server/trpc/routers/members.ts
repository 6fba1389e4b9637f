import { z } from "zod";
import {
  addMemberInput,
  memberIdInput,
  memberSchema,
  setRoleInput,
  temporaryPasswordSchema,
} from "../../services/member/member-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const membersRouter = router({
  list: procedure.output(z.array(memberSchema)).query(({ ctx }) => pending(ctx)),
  add: procedure
    .input(addMemberInput)
    .output(temporaryPasswordSchema)
    .mutation(({ ctx, input }) => pending(ctx, input)),
  setRole: procedure
    .input(setRoleInput)
    .output(memberSchema)
    .mutation(({ ctx, input }) => pending(ctx, input)),
  revokeSessions: procedure
    .input(memberIdInput)
    .output(z.object({ revoked: z.literal(true) }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
  resetPassword: procedure
    .input(memberIdInput)
    .output(temporaryPasswordSchema)
    .mutation(({ ctx, input }) => pending(ctx, input)),
});
