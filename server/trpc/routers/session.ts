import { z } from "zod";
import { changePassword } from "../../services/session/change-password.ts";
import { getMe } from "../../services/session/get-me.ts";
import { changePasswordInput, meSchema } from "../../services/session/session-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const sessionRouter = router({
  me: procedure.output(meSchema).query(({ ctx }) => getMe(ctx)),
  changePassword: procedure
    .input(changePasswordInput)
    .output(z.object({ changed: z.literal(true) }))
    .mutation(({ ctx, input }) => changePassword(ctx, input)),
});
