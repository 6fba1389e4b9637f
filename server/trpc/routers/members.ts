import { z } from "zod";
import { abilitiesOf } from "../../auth/authorized.ts";
import { roleSchema } from "../../auth/permissions.ts";
import { addMember } from "../../services/member/add-member.ts";
import { listMembers } from "../../services/member/list-members.ts";
import {
  addMemberInput,
  memberIdInput,
  memberSchema,
  roleAbilitiesSchema,
  setRoleInput,
  temporaryPasswordSchema,
} from "../../services/member/member-schemas.ts";
import { resetMemberPassword } from "../../services/member/reset-member-password.ts";
import { revokeMemberSessions } from "../../services/member/revoke-member-sessions.ts";
import { setMemberRole } from "../../services/member/set-member-role.ts";
import { procedure, router } from "../trpc.ts";

export const membersRouter = router({
  list: procedure.output(z.array(memberSchema)).query(({ ctx }) => listMembers(ctx)),
  roles: procedure
    .output(z.array(roleAbilitiesSchema))
    .query(() => roleSchema.options.map((role) => ({ role, may: abilitiesOf(role) }))),
  add: procedure
    .input(addMemberInput)
    .output(temporaryPasswordSchema)
    .mutation(({ ctx, input }) => addMember(ctx, input)),
  setRole: procedure
    .input(setRoleInput)
    .output(memberSchema)
    .mutation(({ ctx, input }) => setMemberRole(ctx, input)),
  revokeSessions: procedure
    .input(memberIdInput)
    .output(z.object({ revoked: z.literal(true) }))
    .mutation(({ ctx, input }) => revokeMemberSessions(ctx, input)),
  resetPassword: procedure
    .input(memberIdInput)
    .output(temporaryPasswordSchema)
    .mutation(({ ctx, input }) => resetMemberPassword(ctx, input)),
});
