import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createRng } from "../../../lib/numerics/philox.ts";
import { sha256Hex } from "../../../lib/numerics/sha256.ts";

describe("sha256Hex", () => {
  it("gives the NIST examples", () => {
    expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
  });

  it("agrees with node:crypto at every length around the block size", () => {
    const rng = createRng(7);
    for (let length = 0; length <= 200; length++) {
      const bytes = Uint8Array.from({ length }, () => rng.integer(256));
      expect(sha256Hex(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });

  it("encodes text as UTF-8", () => {
    const text = "α spending — 試験 🧪";
    expect(sha256Hex(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
  });

  it("hashes 10 MB as node:crypto does", () => {
    const bytes = new Uint8Array(10_000_000).map((_, i) => (i * 31) & 255);
    expect(sha256Hex(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
  });
});
