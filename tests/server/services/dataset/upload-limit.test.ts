import { describe, expect, it } from "vitest";
import { readLimited } from "../../../../server/services/dataset/upload-limit.ts";

const stream = (...chunks: string[]) => new Blob(chunks).stream() as ReadableStream<Uint8Array>;

describe("the limit of uploads", () => {
  it("lets a body through as it came", async () => {
    expect(new TextDecoder().decode(await readLimited(stream("a,b\n", "1,2\n"), 8, 8))).toBe("a,b\n1,2\n");
    expect(await readLimited(null, null)).toHaveLength(0);
  });

  it("refuses an announced size before a byte is read, in a sentence with both sizes", async () => {
    const endless = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("was read")) });
    await expect(readLimited(endless, 2 * 1024 ** 3)).rejects.toMatchObject({
      code: "TOO_LARGE",
      message: expect.stringMatching(/^The file has 2 GiB; files up to 256 MiB can be imported\./),
    });
  });

  it("stops reading a body that is larger than it said", async () => {
    let pulled = 0;
    const liar = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    await expect(readLimited(liar, 10, 4096)).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect(pulled).toBeLessThan(10);
  });
});
