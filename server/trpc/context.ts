import { auth } from "../auth/auth.ts";
import { serviceContext } from "../runtime.ts";
import type { TrpcContext } from "./trpc.ts";

/** Context of a request: the service context of whoever is signed in. */
export async function createContext(): Promise<TrpcContext> {
  const actor = await auth();
  return {
    service: actor === null ? null : await serviceContext(actor),
    log: (id, thrown) => console.error(`error ${id}:`, thrown),
  };
}
