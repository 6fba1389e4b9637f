import type { CountedRejections } from "./sequential-size.ts";

/** R: sizes of one row, on the objects of the design program. */
export const rSize = (fewest: number) => `function(s) {
  arms <- function(n) n * c(s$ratio, 1) / (1 + s$ratio)
  single <- solve_size(function(n) power_at(s, arms(n)[1], arms(n)[2], effect_of(s), alpha) - power, ${fewest})
  total <- single * (drift / (qnorm(1 - alpha) + qnorm(power)))^2
  share <- function(d) { x <- crossing(b$u, b$l, d, b$i); stops <- x$up + x$down + x$accepted; stops[K] <- 1 - sum(stops[-K]); sum(t * stops) }
  sizes <- ceiling(arms(total) * (1 - 1e-10))
  data.frame(fixed = single, unrounded = total, experimental = sizes[1], control = sizes[2], subjects = sum(sizes),
             expectedNull = total * share(0), expectedHalf = total * share(drift / 2), expected = total * share(drift))
}`;

/** R: power of one row. */
export function rPower(twoSided: boolean, counted: CountedRejections): string {
  return `function(s) {
  x <- crossing(b$u, b$l, drift_of(s, s$total), b$i)
  reject <- x$up${twoSided && counted === "either-direction" ? " + x$down" : ""}
  futility <- ${twoSided ? "x$accepted" : "x$down"}
  stops <- x$up + x$down + x$accepted
  stops[K] <- 1 - sum(stops[-K])
  data.frame(answer = sum(reject), expected = s$total * sum(t * stops),
             earlyStop = sum(stops[-K]), futility = sum(futility[-K]))
}`;
}
