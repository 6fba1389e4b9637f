/** "1 row", "2 rows", "1,945 rows"; `plural` where it is not formed with s. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${groupThousands(count)} ${count === 1 ? noun : plural}`;
}

/** Items in a sentence: at most `limit` of them, then how many more there are. */
export function listed(items: readonly (string | number)[], limit = 8): string {
  const shown = items.slice(0, limit).join(", ");
  return items.length <= limit ? shown : `${shown} and ${groupThousands(items.length - limit)} more`;
}

function groupThousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
