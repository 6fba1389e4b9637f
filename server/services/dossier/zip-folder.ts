import { crc32 } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const VERSION = 20;
/** File names are UTF-8. */
const FLAGS = 0x0800;

/**
 * A zip archive of one folder. Entries are stored, not compressed (a PDF is compressed already), so that the archive of
 * the same files is the same bytes. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7–4.3.16.
 */
export function zipFolder(folder: string, entries: readonly ZipEntry[], modified: Date): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const path = Buffer.from(`${folder}/${name}`, "utf8");
    const shared = sharedFields(bytes, modified, path.length);
    const local = Buffer.concat([u32(LOCAL_HEADER), u16(VERSION), shared, path]);
    parts.push(local, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const place = Buffer.concat([u16(0), u16(0), u16(0), u32(0), u32(offset)]);
    directory.push(Buffer.concat([u32(CENTRAL_HEADER), u16(VERSION), u16(VERSION), shared, place, path]));
    offset += local.length + bytes.length;
  }
  const central = Buffer.concat(directory);
  const count = u16(entries.length);
  const end = [u32(END_OF_DIRECTORY), u16(0), u16(0), count, count, u32(central.length), u32(offset), u16(0)];
  return new Uint8Array(Buffer.concat([...parts, central, ...end]));
}

/** Flags to length of the extra field: the same in both headers. */
function sharedFields(bytes: Uint8Array, modified: Date, nameLength: number): Buffer {
  const stored = u16(0);
  const size = u32(bytes.length);
  const { time, date } = dosTime(modified);
  return Buffer.concat([
    u16(FLAGS),
    stored,
    u16(time),
    u16(date),
    u32(crc32(bytes)),
    size,
    size,
    u16(nameLength),
    u16(0),
  ]);
}

/** MS-DOS date and time, UTC. */
function dosTime(moment: Date): { time: number; date: number } {
  const time = (moment.getUTCHours() << 11) | (moment.getUTCMinutes() << 5) | (moment.getUTCSeconds() >> 1);
  const date = ((moment.getUTCFullYear() - 1980) << 9) | ((moment.getUTCMonth() + 1) << 5) | moment.getUTCDate();
  return { time, date };
}

function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
}
