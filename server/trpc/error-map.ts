import { randomUUID } from "node:crypto";
import { TRPCError } from "@trpc/server";
import { ZodError, z } from "zod";
import { DomainError, type DomainErrorCode } from "../../lib/errors/domain-error.ts";
import { ServiceError, type ServiceErrorCode } from "../services/errors.ts";

const domainCodes = {
  INVALID_INPUT: "BAD_REQUEST",
  INSUFFICIENT_DATA: "UNPROCESSABLE_CONTENT",
  NOT_ESTIMABLE: "UNPROCESSABLE_CONTENT",
  NOT_CONVERGED: "UNPROCESSABLE_CONTENT",
  UNSUPPORTED_COMBINATION: "UNPROCESSABLE_CONTENT",
} as const satisfies Record<DomainErrorCode, TRPCError["code"]>;

const serviceCodes = {
  UNAUTHENTICATED: "UNAUTHORIZED",
  FORBIDDEN: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  CONFLICT: "CONFLICT",
  INVALID: "BAD_REQUEST",
  TOO_LARGE: "PAYLOAD_TOO_LARGE",
  TOO_MANY_REQUESTS: "TOO_MANY_REQUESTS",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
} as const satisfies Record<ServiceErrorCode, TRPCError["code"]>;

/** What a form needs to mark its fields; travels as `error.data.detail`. */
export const errorDetailSchema = z.object({
  fields: z.array(
    z.object({
      argument: z.string(),
      requirement: z.string(),
      received: z.string().nullable(),
      hint: z.string().nullable(),
    }),
  ),
});
export type ErrorDetail = z.infer<typeof errorDetailSchema>;

/** Turns whatever a service threw into what the client may see. */
export function toTrpcError(thrown: unknown, log: (id: string, thrown: unknown) => void): TRPCError {
  const cause = thrown instanceof TRPCError && thrown.cause !== undefined ? thrown.cause : thrown;
  if (cause instanceof DomainError) {
    return new TRPCError({ code: domainCodes[cause.code], message: cause.message, cause });
  }
  if (cause instanceof ServiceError) {
    return new TRPCError({ code: serviceCodes[cause.code], message: cause.message, cause });
  }
  if (thrown instanceof TRPCError) {
    if (thrown.code === "BAD_REQUEST" && cause instanceof ZodError) {
      return new TRPCError({ code: "BAD_REQUEST", message: describeZodError(cause), cause });
    }
    if (thrown.code !== "INTERNAL_SERVER_ERROR") return thrown;
  }
  const id = randomUUID();
  log(id, cause);
  return new TRPCError({
    code: "INTERNAL_SERVER_ERROR",
    message: `Something went wrong on our side. It was logged under ${id}.`,
  });
}

/** One sentence with every fault of the input. */
export function describeZodError(error: ZodError): string {
  return error.issues
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`))
    .join(" · ");
}

/** The fields a form can mark; empty when the error concerns none. */
export function errorDetail(error: TRPCError): ErrorDetail {
  const cause = error.cause;
  if (cause instanceof DomainError) {
    const { argument, received, requirement, hint } = cause.detail;
    return { fields: [{ argument, requirement, received: String(received), hint: hint ?? null }] };
  }
  if (cause instanceof ServiceError && cause.detail !== null) {
    return { fields: [{ ...cause.detail, received: null, hint: null }] };
  }
  if (cause instanceof ZodError) {
    return {
      fields: cause.issues.map((issue) => ({
        argument: issue.path.join("."),
        requirement: issue.message,
        received: null,
        hint: null,
      })),
    };
  }
  return { fields: [] };
}
