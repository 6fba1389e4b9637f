/** R source of what the recursion takes from the information fractions `t`. */
export const R_CLOCK = "K <- length(t); dt <- diff(c(0, t)); spend_time <- t";

/**
 * R source of the recursion of METHODS.md eq. (G5)–(G7), base R only: `t` holds the information fractions. Constant text;
 * values enter programs in front of it as literals.
 */
export const R_RECURSION = `${R_CLOCK}
gauss <- local({ # Gauss-Legendre rule on (-1, 1) by Golub and Welsch
  n <- 16; i <- seq_len(n - 1); b <- i / sqrt(4 * i^2 - 1)
  m <- matrix(0, n, n); m[cbind(i, i + 1)] <- b; m[cbind(i + 1, i)] <- b
  e <- eigen(m, symmetric = TRUE); o <- order(e$values)
  list(x = e$values[o], w = 2 * e$vectors[1, o]^2)
})
panels <- function(low, high, width) {
  n <- ceiling((high - low) / width); half <- (high - low) / (2 * n)
  centre <- low + (2 * seq_len(n) - 1) * half
  list(s = as.vector(outer(half * gauss$x, centre, "+")), w = rep(half * gauss$w, n))
}
at_start <- function() list(s = 0, w = 1) # every trial begins with score 0
upper_tail <- function(g, z, k, drift = 0)
  sum(g$w * pnorm((z * sqrt(t[k]) - g$s - drift * dt[k]) / sqrt(dt[k]), lower.tail = FALSE))
lower_tail <- function(g, z, k, drift = 0)
  sum(g$w * pnorm((z * sqrt(t[k]) - g$s - drift * dt[k]) / sqrt(dt[k])))
# scores at analysis k of the trials that continue
go_on <- function(g, low, high, k, drift = 0, inner = 0) {
  reach <- 8.5 * sqrt(t[k]); width <- 3 * sqrt(min(dt[k], dt[min(k + 1, length(dt))])); h <- list(s = numeric(0), w = numeric(0))
  for (part in if (inner > 0) list(c(low, -inner), c(inner, high)) else list(c(low, high))) {
    from <- max(part[1] * sqrt(t[k]), drift * t[k] - reach); to <- min(part[2] * sqrt(t[k]), drift * t[k] + reach)
    if (to > from) { p <- panels(from, to, width); h <- list(s = c(h$s, p$s), w = c(h$w, p$w)) }
  }
  if (length(h$s) == 0 || length(g$s) == 0) return(list(s = numeric(0), w = numeric(0)))
  move <- outer(h$s, g$s + drift * dt[k], function(a, b) dnorm(a, b, sqrt(dt[k])))
  list(s = h$s, w = h$w * drop(move %*% g$w))
}
inside <- function(g, a, k, drift = 0) if (a > 0) max(0, upper_tail(g, -a, k, drift) - upper_tail(g, a, k, drift)) else 0
# probability of leaving through each bound at each analysis
crossing <- function(u, l, drift = 0, inner = numeric(length(u))) {
  g <- at_start(); up <- down <- accepted <- numeric(length(u))
  for (k in seq_along(u)) {
    up[k] <- upper_tail(g, u[k], k, drift); down[k] <- lower_tail(g, l[k], k, drift); accepted[k] <- inside(g, inner[k], k, drift)
    if (k < length(u)) g <- go_on(g, l[k], u[k], k, drift, inner[k])
  }
  list(up = up, down = down, accepted = accepted)
}
spend_upper <- function(g, k, error) {
  if (error < 1e-100) return(Inf)
  if (error >= sum(g$w)) return(-Inf)
  uniroot(function(z) log(pmax(upper_tail(g, z, k), 1e-300) / error), c(-10, 36), tol = 1e-13)$root
}
spend_lower <- function(g, k, error, drift) {
  if (error < 1e-100) return(-Inf)
  if (error >= sum(g$w)) return(Inf)
  m <- drift * sqrt(t[k])
  uniroot(function(z) log(pmax(lower_tail(g, z, k, drift), 1e-300) / error), m + c(-36, 10), tol = 1e-13)$root
}
walk <- function(upper_at, lower_at) { # bounds one after another, without effect
  g <- at_start(); u <- numeric(K); error <- 0
  for (k in seq_len(K)) {
    u[k] <- if (tested[k]) upper_at(k, g) else Inf
    error <- error + upper_tail(g, u[k], k)
    if (k < K) { low <- lower_at(k, u[k]); g <- go_on(g, low[1], u[k], k, 0, if (length(low) > 1) low[2] else 0) }
  }
  list(u = u, error = error)
}
by_spending <- function(spend, new_lower) {
  spent <- 0
  walk(function(k, g) { e <- spend(spend_time[k]) - spent; spent <<- spend(spend_time[k]); spend_upper(g, k, e) }, new_lower())$u
}
by_shape <- function(delta, new_lower) { # u = c t^(delta - 1/2)
  at <- function(c) walk(function(k, g) c * t[k]^(delta - 0.5), new_lower(c))
  at(uniroot(function(c) log(at(c)$error / alpha), c(0, 10), tol = 1e-13)$root)$u
}
by_interim_bound <- function(b, new_lower) { # Haybittle-Peto
  spent <- 0
  walk(function(k, g) if (k < K) { spent <<- spent + upper_tail(g, b, k); b } else
    spend_upper(g, k, alpha - spent), new_lower())$u
}`;
