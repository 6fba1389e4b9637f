import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "../../server/trpc/root.ts";

/** What a signed-in browser can ask of the server, without a browser. */
export interface ApiClient {
  readonly trpc: TRPCClient<AppRouter>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

type SignIn = Pick<{ address: string; email: string; password: string }, "address" | "email" | "password">;

/** Signs in the way the form does: CSRF token first, then the credentials, then the session's cookie with every request. */
export async function signInByHttp({ address, email, password }: SignIn): Promise<ApiClient> {
  const cookies = new Map<string, string>();
  const request = async (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    // A connection of its own for every request: one kept open may be closed by the server just as it is used again.
    headers.set("connection", "close");
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const csrf = (await (await request(`${address}/api/auth/csrf`)).json()) as { csrfToken: string };
  const answer = await request(`${address}/api/auth/callback/credentials`, {
    method: "POST",
    body: new URLSearchParams({ csrfToken: csrf.csrfToken, email, password, json: "true" }),
  });
  if (!answer.ok) throw new Error(`signing in failed: ${answer.status} ${await answer.text()}`);
  return {
    trpc: createTRPCClient<AppRouter>({
      links: [
        httpLink({
          url: `${address}/api/trpc`,
          transformer: superjson,
          fetch: (url, init) => request(String(url), init as RequestInit),
        }),
      ],
    }),
    fetch: (path, init) => request(`${address}${path}`, init),
  };
}

/** Stops what the samples of a new installation are still computing, so that a test has the processors for itself. */
export async function cancelEverything(client: ApiClient): Promise<void> {
  for (const study of await client.trpc.study.list.query()) {
    const jobs = await client.trpc.job.list.query({ studyId: study.id, active: true });
    for (const job of jobs) await client.trpc.job.cancel.mutate({ jobId: job.id });
  }
  for (const study of await client.trpc.study.list.query()) {
    await waitUntil(async () => (await client.trpc.job.list.query({ studyId: study.id, active: true })).length === 0);
  }
}

/** Waits for a job to end; fails with its own reason when it does not end as "done". */
export async function jobDone(client: ApiClient, jobId: string, timeoutMs = 300_000): Promise<void> {
  await waitUntil(async () => {
    const job = await client.trpc.job.get.query({ jobId });
    if (job.status === "failed" || job.status === "cancelled")
      throw new Error(`${job.kind} ${job.status}: ${job.error}`);
    return job.status === "done";
  }, timeoutMs);
}

export async function waitUntil(condition: () => Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain`);
    await new Promise((done) => setTimeout(done, 200));
  }
}
