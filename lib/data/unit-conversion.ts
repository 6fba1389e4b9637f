/** value in the new unit = factor × value in the old + offset. */
export interface UnitConversion {
  readonly factor: number;
  readonly offset: number;
}

type Quantity = "mass" | "volume" | "amount" | "length" | "time" | "pressure" | "temperature" | "activity" | "share";

interface KnownUnit {
  readonly quantity: Quantity;
  readonly factor: number;
  readonly offset: number;
}

const units = new Map<string, KnownUnit>();

function know(quantity: Quantity, factor: number, names: string, offset = 0): void {
  for (const name of names.split(" ")) units.set(name.toLowerCase(), { quantity, factor, offset });
}

/**
 * Units whose conversion depends on nothing else, to a base unit of each quantity. No month or year (their length is a
 * convention), no international unit (it depends on the substance), no letters that mean two units ("m" is a metre).
 * Exact by definition but for mmHg (conventional millimetre of mercury, 133.322387415 Pa).
 */
know("mass", 1, "g gram");
know("mass", 1e3, "kg kilogram");
know("mass", 1e-3, "mg");
know("mass", 1e-6, "ug mcg");
know("mass", 1e-9, "ng");
know("mass", 1e-12, "pg");
know("mass", 453.59237, "lb lbs pound pounds");
know("volume", 1, "L liter litre");
know("volume", 0.1, "dL");
know("volume", 1e-2, "cL");
know("volume", 1e-3, "mL cc");
know("volume", 1e-6, "uL");
know("amount", 1, "mol");
know("amount", 1e-3, "mmol");
know("amount", 1e-6, "umol");
know("amount", 1e-9, "nmol");
know("amount", 1e-12, "pmol");
know("length", 1, "m");
know("length", 1e-2, "cm");
know("length", 1e-3, "mm");
know("length", 0.0254, "in inch inches");
know("length", 0.3048, "ft foot feet");
know("time", 1, "s sec second seconds");
know("time", 60, "min minute minutes");
know("time", 3600, "h hr hour hours");
know("time", 86_400, "d day days");
know("time", 604_800, "week weeks wk");
know("pressure", 1, "Pa");
know("pressure", 1e3, "kPa");
know("pressure", 133.322387415, "mmHg");
know("temperature", 1, "degC °C celsius");
know("temperature", 5 / 9, "degF °F fahrenheit", -160 / 9);
know("activity", 1, "U");
know("activity", 60, "ukat");
know("share", 1, "fraction proportion");
know("share", 0.01, "% percent");

/**
 * Conversion between two units that needs no more than their names, e.g. mg/dL to g/L or °F to °C; null where there is none.
 * Between mass and amount of substance there is none: it depends on the substance.
 *
 * @param from - Name as written; capitals, blanks around it and the two forms of µ do not matter.
 */
export function knownConversion(from: string, to: string): UnitConversion | null {
  if (isSameUnit(from, to)) return { factor: 1, offset: 0 };
  const [old, wanted] = [parse(from), parse(to)];
  if (old === null || wanted === null || old.dimension !== wanted.dimension) return null;
  return { factor: old.factor / wanted.factor, offset: (old.offset - wanted.offset) / wanted.factor };
}

/** Whether two names are the same unit written alike. */
export function isSameUnit(first: string, second: string): boolean {
  return plain(first) === plain(second);
}

/** Unit of the values of a file, from a unit on the analysis scale: "log mg/dL" is measured in "mg/dL". */
export function unitBeforeLog(unit: string): string {
  return unit.replace(/^(log|ln|loge)\s+/i, "").trim();
}

function plain(unit: string): string {
  return unit.trim().replace(/[µμ]/g, "u").replace(/\s+/g, " ").toLowerCase();
}

/** A unit, or one divided by others: "mg/dL", "mL/min". */
function parse(unit: string): { dimension: string; factor: number; offset: number } | null {
  const parts = plain(unit)
    .split("/")
    .map((part) => units.get(part.trim()));
  const [first, ...below] = parts;
  if (first === undefined || below.some((part) => part === undefined)) return null;
  const divisors = below.flatMap((part) => (part === undefined ? [] : [part]));
  const divided = divisors.length > 0;
  // A difference of temperatures is not a temperature: °F/min has no offset, and nobody's file has it.
  if (divided && [first, ...divisors].some((part) => part.quantity === "temperature")) return null;
  return {
    dimension: [first.quantity, ...divisors.map((part) => part.quantity).sort()].join("/"),
    factor: divisors.reduce((factor, part) => factor / part.factor, first.factor),
    offset: first.offset,
  };
}
