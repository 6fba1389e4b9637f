import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { toTrpcError } from "./error-map.ts";

/** The same refusals as over tRPC, for the routes that carry files. */
export function errorResponse(thrown: unknown): Response {
  const error = toTrpcError(thrown, (id, cause) => console.error(`error ${id}:`, cause));
  return Response.json({ message: error.message }, { status: getHTTPStatusCodeFromError(error) });
}
