import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createContext } from "../../../../server/trpc/context.ts";
import { appRouter } from "../../../../server/trpc/root.ts";
import { isSameOrigin } from "../../../../server/trpc/same-origin.ts";

/** Largest request body: a mapping, a study specification or a simulation request is far smaller. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

async function handle(request: Request): Promise<Response> {
  if (request.method === "POST" && !isSameOrigin(request))
    return new Response("Other origin refused.", { status: 403 });
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) {
    return new Response("The request is too large.", { status: 413 });
  }
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext,
    allowMethodOverride: true,
  });
}

export { handle as GET, handle as POST };
