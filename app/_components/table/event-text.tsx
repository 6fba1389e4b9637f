import { ShortHash } from "./short-hash.tsx";

const hashes = /([0-9a-f]{64})/;

/** Text of an event with its hashes shortened; a click copies the whole hash. */
export function EventText({ text }: { text: string }) {
  return text.split(hashes).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one unchanging text
      <ShortHash key={index} value={part} />
    ),
  );
}
