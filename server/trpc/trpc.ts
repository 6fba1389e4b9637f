import { initTRPC, type TRPCError } from "@trpc/server";
import superjson from "superjson";
import { assertOwnPassword } from "../auth/own-password.ts";
import type { ServiceContext } from "../services/context.ts";
import { ServiceError } from "../services/errors.ts";
import { errorDetail, toTrpcError } from "./error-map.ts";
import { findUnstorableText } from "./unstorable-text.ts";

/** `service` is null when nobody is signed in. */
export interface TrpcContext {
  readonly service: ServiceContext | null;
  readonly log: (id: string, thrown: unknown) => void;
}

const t = initTRPC.context<TrpcContext>().create({
  transformer: superjson,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: {
      code: shape.data.code,
      httpStatus: shape.data.httpStatus,
      path: shape.data.path,
      detail: errorDetail(error),
    },
  }),
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** What a person with a given password can do: see who they are and choose their own. */
const BEFORE_OWN_PASSWORD: ReadonlySet<string> = new Set(["session.me", "session.changePassword"]);

/** The one procedure: a session and an own password are required, text can be stored, and every error is mapped. */
export const procedure = t.procedure.use(async ({ ctx, next, path, getRawInput }) => {
  const refuse = (thrown: unknown): never => {
    throw toTrpcError(thrown, ctx.log);
  };
  if (ctx.service === null) return refuse(new ServiceError("UNAUTHENTICATED", "Please sign in."));
  if (!BEFORE_OWN_PASSWORD.has(path)) {
    try {
      assertOwnPassword(ctx.service.actor);
    } catch (refusal) {
      return refuse(refusal);
    }
  }
  const place = findUnstorableText(await getRawInput());
  if (place !== null) {
    const requirement = "must not contain NUL characters or broken Unicode";
    return refuse(new ServiceError("INVALID", `${place}: ${requirement}.`, { argument: place, requirement }));
  }
  const result = await next({ ctx: ctx.service });
  if (result.ok) return result;
  return refuse(result.error satisfies TRPCError);
});
