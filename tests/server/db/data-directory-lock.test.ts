import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lockDataDirectory } from "../../../server/db/data-directory-lock.ts";

describe("the lock of the data directory", () => {
  const folder = mkdtempSync(join(tmpdir(), "understudy-lock-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(["linux", "darwin"] as const)(
    "refuses a second instance in one sentence and is free again after release (%s)",
    async (platform) => {
      if (platform === "linux" && process.platform !== "linux") return;
      const data = join(folder, platform);
      const lock = await lockDataDirectory(data, platform);
      await expect(lockDataDirectory(data, platform)).rejects.toThrow(
        `Another Understudy is already running on the data directory ${data}. Stop it, or set UNDERSTUDY_DATA to another directory.`,
      );
      await lock.release();
      await (await lockDataDirectory(data, platform)).release();
    },
  );

  it("passes over the file of a process that is gone", async () => {
    const data = join(folder, "stale");
    await (await lockDataDirectory(data, "darwin")).release();
    writeFileSync(join(data, "server.pid"), "999999999");
    await (await lockDataDirectory(data, "darwin")).release();
  });

  it("says which directory cannot be written, and what to do", async () => {
    const blocked = join(folder, "a-file");
    writeFileSync(blocked, "");
    chmodSync(blocked, 0o600);
    await expect(lockDataDirectory(join(blocked, "data"))).rejects.toThrow(
      /cannot be written \(ENOTDIR\).*UNDERSTUDY_DATA/,
    );
  });
});
