"use client";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchStreamLink, TRPCClientError } from "@trpc/client";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import type { AppRouter } from "../../server/trpc/root.ts";
import { noteConnection } from "./connection.ts";
import { isRenewingSession } from "./session-renewal.ts";
import { TRPCProvider } from "./trpc.ts";

function trpcCode(error: unknown): string | null {
  if (!(error instanceof TRPCClientError)) return null;
  const data: unknown = error.data;
  return typeof data === "object" && data !== null && "code" in data && typeof data.code === "string"
    ? data.code
    : null;
}

/** An ended session sends the person to sign in and back to the page they were on. */
function onFailure(error: unknown) {
  // Without a code no server has answered; other errors never reached one.
  if (error instanceof TRPCClientError) noteConnection(trpcCode(error) !== null);
  if (trpcCode(error) !== "UNAUTHORIZED" || isRenewingSession() || window.location.pathname.startsWith("/sign-in"))
    return;
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?callbackUrl=${encodeURIComponent(here)}`);
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: onFailure, onSuccess: () => noteConnection(true) }),
    mutationCache: new MutationCache({ onError: onFailure, onSuccess: () => noteConnection(true) }),
    defaultOptions: {
      queries: {
        staleTime: 3_000,
        refetchOnWindowFocus: false,
        // A refusal stays a refusal; only a lost connection is worth another try.
        retry: (failures, error) => trpcCode(error) === null && failures < 2,
      },
    },
  });
}

export function TrpcQueryProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      // Streamed, so that a slow answer does not hold back the quick ones of the same batch. By POST, because a whole sizing
      // or calculation is asked about, which no address can hold.
      links: [httpBatchStreamLink({ url: "/api/trpc", transformer: superjson, methodOverride: "POST" })],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
