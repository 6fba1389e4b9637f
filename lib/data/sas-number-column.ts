import { daySeconds, isoDate, isoDatetime, isoTime, sasEpochDays } from "./calendar.ts";
import type { RawColumn } from "./raw-table.ts";
import { sasValueMeaning } from "./sas-format.ts";

/** Missing code of a value that its format cannot show, e.g. a date beyond the year 9999. */
const UNREADABLE = "invalid";

/**
 * A column of SAS numbers as number, date, datetime or time, as its display format says. SAS counts dates in days and
 * datetimes in seconds from 1960-01-01, times in seconds from midnight.
 *
 * @param values - NaN where missing; shape [rows].
 * @param missingCodes - null where known; shape [rows].
 */
export function sasNumberColumn(
  identity: Pick<RawColumn, "name" | "label" | "displayFormat">,
  values: Float64Array,
  missingCodes: readonly (string | null)[],
): RawColumn {
  const meaning = sasValueMeaning(identity.displayFormat);
  switch (meaning) {
    case "number":
      return { ...identity, kind: "number", values, missingCodes, written: null };
    case "time": {
      const texts = Array.from(values, (seconds) => (Number.isNaN(seconds) ? "" : isoTime(seconds)));
      return { ...identity, kind: "time", values: texts, seconds: values, missingCodes };
    }
    case "date":
    case "datetime": {
      const codes = [...missingCodes];
      const days = new Float64Array(values.length).fill(Number.NaN);
      const texts: string[] = [];
      values.forEach((value, row) => {
        if (codes[row] !== null) {
          texts.push("");
          return;
        }
        const wholeDays = Math.floor(meaning === "date" ? value : value / daySeconds);
        const secondsOfDay = meaning === "date" ? 0 : value - wholeDays * daySeconds;
        const day = wholeDays + sasEpochDays;
        const text = meaning === "date" ? isoDate(day) : isoDatetime(day, secondsOfDay);
        texts.push(text ?? "");
        if (text === null) codes[row] = UNREADABLE;
        else days[row] = day + secondsOfDay / daySeconds;
      });
      return { ...identity, kind: meaning, values: texts, days, missingCodes: codes };
    }
  }
}
