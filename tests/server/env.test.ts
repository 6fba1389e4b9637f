import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readAuthSecret, readEnvironment } from "../../server/env.ts";

describe("the environment", () => {
  const folder = mkdtempSync(join(tmpdir(), "understudy-env-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const variables = (more: Record<string, string> = {}) => ({
    NODE_ENV: "test" as const,
    UNDERSTUDY_DATA: folder,
    ...more,
  });

  it("means the embedded database unless DATABASE_URL says otherwise", () => {
    expect(readEnvironment(variables()).databaseUrl).toBeNull();
    expect(readEnvironment(variables({ DATABASE_URL: "  " })).databaseUrl).toBeNull();
    expect(readEnvironment(variables({ DATABASE_URL: "postgres://db/x" })).databaseUrl).toBe("postgres://db/x");
  });

  it("refuses a number of threads that is none", () => {
    expect(readEnvironment(variables({ UNDERSTUDY_THREADS: "3" })).threads).toBe(3);
    expect(() => readEnvironment(variables({ UNDERSTUDY_THREADS: "many" }))).toThrow(
      "UNDERSTUDY_THREADS must be a whole number from 1 to 256; received many.",
    );
  });

  it("makes the secret once, for this user only", () => {
    const environment = readEnvironment(variables());
    const secret = readAuthSecret(environment, variables());
    expect(secret.length).toBeGreaterThanOrEqual(64);
    expect(readAuthSecret(environment, variables())).toBe(secret);
    expect(statSync(join(folder, "auth-secret")).mode & 0o777).toBe(0o600);
  });

  it("takes a given secret, unless it is too short", () => {
    const environment = readEnvironment(variables());
    const given = "x".repeat(40);
    expect(readAuthSecret(environment, variables({ NEXTAUTH_SECRET: given }))).toBe(given);
    expect(() => readAuthSecret(environment, variables({ NEXTAUTH_SECRET: "short" }))).toThrow(
      "at least 32 characters",
    );
  });
});
