import { z } from "zod";
import { permissionSchema, roleSchema } from "../../auth/permissions.ts";

export const passwordSchema = z.string().min(12, "at least 12 characters").max(200, "at most 200 characters");

export const meSchema = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  /** What this role may not do, each with the sentence that would refuse it; what is not named is allowed. */
  refusals: z.partialRecord(permissionSchema, z.string()),
  workspaceId: z.uuid(),
  workspaceName: z.string(),
  /** True until the person has replaced the password they were given. */
  temporaryPassword: z.boolean(),
  storage: z.enum(["embedded", "postgres"]),
});
export type Me = z.infer<typeof meSchema>;

export const changePasswordInput = z.object({ current: z.string().max(200), next: passwordSchema });
export type ChangePasswordInput = z.infer<typeof changePasswordInput>;
