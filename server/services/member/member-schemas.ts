import { z } from "zod";
import { roleSchema } from "../../auth/permissions.ts";

export const memberSchema = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  temporaryPassword: z.boolean(),
  createdAt: z.iso.datetime(),
});
export type Member = z.infer<typeof memberSchema>;

/** A role and what it may do beyond reading everything in the workspace. */
export const roleAbilitiesSchema = z.object({ role: roleSchema, may: z.array(z.string()) });

export const addMemberInput = z.object({
  name: z.string().trim().min(1, "required").max(120),
  email: z.email("an e-mail address, e.g. ada@example.org").max(200),
  role: roleSchema,
});
export type AddMemberInput = z.infer<typeof addMemberInput>;

export const memberIdInput = z.object({ userId: z.uuid() });
export const setRoleInput = memberIdInput.extend({ role: roleSchema });
export const temporaryPasswordSchema = z.object({ userId: z.uuid(), temporaryPassword: z.string() });
