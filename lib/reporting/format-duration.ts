import { formatQuantity } from "./format-number.ts";

/** A duration in the unit one would say: "under 5 seconds", "about 40 seconds", "about 3 minutes", "about 2 hours". */
export function formatDuration(seconds: number): string {
  if (seconds < 5) return "under 5 seconds";
  if (seconds < 90) return `about ${Math.ceil(seconds / 5) * 5} seconds`;
  if (seconds < 5_400) return `about ${formatQuantity(Math.round(seconds / 60), "minute")}`;
  return `about ${formatQuantity(Math.round(seconds / 3_600), "hour")}`;
}
