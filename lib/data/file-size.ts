/** Largest file that is read, in the app and on the command line: 256 MiB. */
export const defaultMaxBytes = 256 * 1024 * 1024;

/** The sentence for a file that is too large; for callers that know the size before they read. */
export function describeTooLarge(bytes: number, limit: number): string {
  return `The file has ${formatBytes(bytes)}; files up to ${formatBytes(limit)} can be imported. Leave out columns, parameters or visits that the study does not need, and import the smaller file.`;
}

/** A size in the largest binary unit of which it has at least one, e.g. "256 MiB". */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1).replace(/\.0$/, "")} ${units[unit]}`;
}
