/** R source of Fisher's combination test (METHODS.md eq. (G37)–(G39)), base R only; `w` holds the weights. */
export const R_FISHER = `gauss <- local({ # Gauss-Legendre rule on (-1, 1) by Golub and Welsch
  n <- 16; i <- seq_len(n - 1); b <- i / sqrt(4 * i^2 - 1)
  m <- matrix(0, n, n); m[cbind(i, i + 1)] <- b; m[cbind(i + 1, i)] <- b
  e <- eigen(m, symmetric = TRUE); o <- order(e$values)
  list(x = e$values[o], w = 2 * e$vectors[1, o]^2)
})
integral <- function(f, low, high) {
  if (!(high > low)) return(0)
  n <- ceiling((high - low) / 2); half <- (high - low) / (2 * n); centre <- low + (2 * seq_len(n) - 1) * half
  sum(rep(half * gauss$w, n) * f(as.vector(outer(half * gauss$x, centre, "+"))))
}
score_of <- function(e) qnorm(exp(-e), lower.tail = FALSE)
# P(reject later | product so far): backwards over the stages, splines in s = -log product
reject_later <- function(w, c, product, held, mean = rep(0, length(w) - held), p_stop = rep(1, length(w) - 1)) {
  b <- -log(c); floor <- c(-log(pmin(1, p_stop)), 0); K <- length(w); after <- NULL; flat <- Inf
  for (k in K:(held + 1)) {
    curve <- local({ k <- k; after <- after; flat <- flat; m <- mean[k - held]; function(s) sapply(s, function(s) {
      from <- max(floor[k], (b[k] - s) / w[k])
      now <- if (from <= 0) 1 else pnorm(score_of(from) - m, lower.tail = FALSE)
      if (k == K || from <= floor[k]) return(now)
      low <- max(if (floor[k] > 0) score_of(floor[k]) else -Inf, m - 8.5); high <- min(score_of(from), m + 8.5)
      f <- function(z) dnorm(z - m) * after(s - w[k] * pnorm(z, lower.tail = FALSE, log.p = TRUE))
      cut <- min(max(score_of(max((flat - s) / w[k], 1e-300)), low), high)
      now + integral(f, low, cut) + integral(f, cut, high)
    }) })
    if (k == held + 1) return(curve(-log(product)))
    end <- min(b[k - 1], b[k] - w[k] * floor[k])
    if (!is.finite(end)) end <- max(b[is.finite(b)])
    x <- end * (1 - cos(pi * (0:100) / 100)) / 2; y <- curve(x)
    after <- local({ f <- splinefun(x, y, method = "fmm"); end <- end; y_end <- curve(end)
      function(s) ifelse(s < end, f(s), y_end) })
    flat <- end
  }
}
product_tail <- function(sum, w) { # P(sum of w_j e_j >= sum), Moschopoulos (1985)
  r <- min(w) / w; scale <- prod(r); share <- 1; moments <- numeric(0)
  total <- pgamma(sum / min(w), length(w), lower.tail = FALSE); k <- 0
  while (scale < 1 && share[k + 1] * scale > 1e-18 && k < 5000) {
    k <- k + 1; moments[k] <- sum_of((1 - r)^k)
    share[k + 1] <- sum_of(moments * rev(share[1:k])) / k
    total <- total + share[k + 1] * pgamma(sum / min(w), length(w) + k, lower.tail = FALSE)
  }
  scale * total
}
sum_of <- base::sum
product_bound <- function(level, w) if (length(w) == 1) level^w else
  exp(-uniroot(function(x) log(product_tail(x, w) / level), c(0, -(log(level) - 3 * length(w)) * max(w)), tol = 1e-13)$root)
equal_levels <- function(alpha, w, p_stop = rep(1, length(w) - 1)) {
  at <- function(level) sapply(seq_along(w), function(k) product_bound(level, w[1:k]))
  at(exp(uniroot(function(x) reject_later(w, at(exp(x)), 1, 0, p_stop = p_stop) / alpha - 1,
    log(alpha) + c(-log(length(w)) - 1, 1e-9), tol = 1e-10)$root))
}
spent_levels <- function(spent, w, p_stop = rep(1, length(w) - 1)) {
  c <- numeric(0)
  for (k in seq_along(w)) c[k] <- if (spent[k] <= c(0, spent)[k]) 0 else
    exp(uniroot(function(x) reject_later(w[1:k], c(c, exp(x)), 1, 0, p_stop = p_stop[seq_len(k - 1)]) - spent[k],
      c((log(spent[k]) - 3 * length(w)) * max(w), -1e-9), tol = 1e-11)$root)
  c
}`;
