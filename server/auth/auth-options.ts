import type { AuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { readAuthSecret, readEnvironment, trustRequestHost } from "../env.ts";
import { getRuntime } from "../runtime.ts";
import { signIn } from "../services/session/sign-in.ts";
import { signOut } from "../services/session/sign-out.ts";
import type { Actor } from "./actor.ts";
import { loadActor, SESSION_HOURS, type SessionClaims } from "./load-actor.ts";

declare module "next-auth" {
  interface Session {
    /** The member behind the session; null when it has expired or was revoked. */
    actor: (Actor & { kind: "user" }) | null;
  }
  interface User {
    sessionVersion: number;
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    claims?: SessionClaims;
  }
}

/** Built at the first request: nothing is read or opened while the module loads. */
export function authOptions(): AuthOptions {
  trustRequestHost();
  return {
    secret: readAuthSecret(readEnvironment()),
    session: { strategy: "jwt", maxAge: SESSION_HOURS * 3600 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      Credentials({
        name: "Understudy",
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(credentials, request) {
          const { email, password } = credentials ?? {};
          if (typeof email !== "string" || typeof password !== "string") return null;
          if (email.length > 200 || password.length > 200) return null;
          const { database } = await getRuntime();
          const address = clientAddress(request.headers ?? {});
          const result = await signIn(database.db, { email, password, address }, new Date());
          if (result.ok) {
            const { userId, name, sessionVersion } = result;
            return { id: userId, name, email: result.email, sessionVersion };
          }
          if (result.retryAfterSeconds === null) return null;
          throw new Error(`locked: Try again in ${describeWait(result.retryAfterSeconds)}.`);
        },
      }),
    ],
    events: {
      // The library only deletes the cookie of this browser; a copy of it must not stay good.
      async signOut({ token }) {
        if (token?.claims === undefined) return;
        const { database } = await getRuntime();
        await signOut(database.db, token.claims, new Date());
      },
    },
    callbacks: {
      jwt({ token, user }) {
        if (user !== undefined && "sessionVersion" in user) {
          token.claims = { userId: user.id, sessionVersion: user.sessionVersion, signedInAt: Date.now() };
        }
        return token;
      },
      async session({ session, token }) {
        const { database } = await getRuntime();
        const actor = token.claims === undefined ? null : await loadActor(database.db, token.claims, new Date());
        session.actor = actor;
        if (actor === null) delete session.user;
        else session.user = { name: actor.name, email: actor.email };
        return session;
      },
    },
  };
}

/** The address next to us in the chain: entries further left are the client's own claim. */
function clientAddress(headers: Record<string, unknown>): string {
  const forwarded = headers["x-forwarded-for"];
  return typeof forwarded === "string" ? (forwarded.split(",").at(-1)?.trim() ?? "unknown") : "unknown";
}

function describeWait(seconds: number): string {
  if (seconds < 120) return `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
