import { describe, expect, it } from "vitest";
import { hashPassword, randomPassword, verifyPassword } from "../../../server/auth/password.ts";

describe("passwords", () => {
  it("verify against their own hash and no other", async () => {
    const hash = await hashPassword("a long enough password");
    expect(await verifyPassword("a long enough password", hash)).toBe(true);
    expect(await verifyPassword("a long enough passworD", hash)).toBe(false);
    expect(hash).not.toContain("a long enough");
  });

  it("have a salt each, and carry their cost", async () => {
    const [first, second] = await Promise.all([hashPassword("same"), hashPassword("same")]);
    expect(first).not.toBe(second);
    expect(first).toMatch(/^scrypt\$15\$8\$3\$/);
  });

  it("are the same however their accents were typed", async () => {
    expect(await verifyPassword("cafe\u0301 au lait", await hashPassword("caf\u00e9 au lait"))).toBe(true);
  });

  it("never match a hash that is not one", async () => {
    expect(await verifyPassword("", "")).toBe(false);
    expect(await verifyPassword("x", "plain$x")).toBe(false);
  });

  it("made at random differ and can be read aloud", () => {
    const made = new Set(Array.from({ length: 200 }, randomPassword));
    expect(made.size).toBe(200);
    for (const password of made) expect(password).toMatch(/^([a-hj-km-np-z2-9]{4}-){4}[a-hj-km-np-z2-9]{4}$/);
  });
});
