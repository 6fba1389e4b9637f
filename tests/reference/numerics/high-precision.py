"""Distribution functions in 30 digits with mpmath: python3 high-precision.py > high-precision.json

Needed where the double-precision reference loses digits (lower tail of the F quantile, noncentral t tails) and for
parameters larger than the reference has.
"""
import json
import sys
import time

import mpmath as mp

mp.mp.dps = 30
cases = []


def add(name, arguments, value):
    print(f"{time.process_time():7.1f}", name, arguments, file=sys.stderr)
    cases.append({"function": name, "arguments": arguments, "value": mp.nstr(value, 18)})


def integral(f, points):
    """mpmath stops at an absolute error, so tiny integrals are scaled up first."""
    scale = 1 / max(f((a + b) / 2) for a, b in zip(points, points[1:]))
    return mp.quad(lambda x: f(x) * scale, points, method="gauss-legendre", maxdegree=7) / scale


def ibeta_series(a, b, x):
    """x^a (1-x)^b / (a B(a,b)) * sum of (a+b)_n / (a+1)_n x^n: positive terms only."""
    term = total = mp.mpf(1)
    n = 0
    while term > total * mp.mpf(10) ** -28:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return mp.e ** (a * mp.log(x) + b * mp.log(1 - x) - mp.log(a) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b)) * total


def ibeta_quadrature(a, b, lower, upper):
    """Integral of the density from the far side of the nearer limit; for large shapes, where the series is slow."""
    constant = mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
    f = lambda x: mp.e ** (constant + (a - 1) * mp.log(x) + (b - 1) * mp.log(1 - x))
    mean = a / (a + b)
    sd = mp.sqrt(a * b / (a + b + 1)) / (a + b)
    inner = [mean + k * sd for k in range(-30, 31, 3)]
    points = [lower, *[u for u in inner if lower < u < upper], upper]
    return integral(f, points)


def ibeta(a, b, x):
    a, b, x = mp.mpf(a), mp.mpf(b), mp.mpf(x)
    if min(a, b) > 1000 or (min(a, b) > 1 and max(a, b) > 20000):
        return ibeta_quadrature(a, b, mp.mpf(0), x)
    return ibeta_series(a, b, x) if x <= (a + 1) / (a + b + 2) else 1 - ibeta_series(b, a, 1 - x)


def ibeta_upper(a, b, x):
    a, b, x = mp.mpf(a), mp.mpf(b), mp.mpf(x)
    if min(a, b) > 1000 or (min(a, b) > 1 and max(a, b) > 20000):
        return ibeta_quadrature(a, b, x, mp.mpf(1))
    return ibeta_series(b, a, 1 - x) if x > (a + 1) / (a + b + 2) else 1 - ibeta_series(a, b, x)


def t_upper(t, df):
    t, df = mp.mpf(t), mp.mpf(df)
    if df > 1000:
        constant = mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(df * mp.pi) / 2
        f = lambda u: mp.e ** (constant - (df + 1) / 2 * mp.log1p(u * u / df))
        step = 1 / (1 + t)
        return integral(f, [t, *[t + k * step for k in (1, 2, 4, 8, 16, 32, 64)]])
    tail = ibeta_upper(mp.mpf(1) / 2, df / 2, t * t / (df + t * t)) / 2
    return tail if t >= 0 else 1 - tail


def nct_density(t, df, delta):
    return nct_integral(t, df, delta, lambda z, s: s * mp.npdf(z))


def nct_lower(t, df, delta):
    return nct_integral(t, df, delta, lambda z, s: mp.erfc(-z / mp.sqrt(2)) / 2)


def nct_integral(t, df, delta, factor):
    t, df, delta = mp.mpf(t), mp.mpf(df), mp.mpf(delta)
    logc = mp.log(2) + (df / 2) * mp.log(df / 2) - mp.loggamma(df / 2)
    # In u = log s the integrand is smooth at both ends; ncdf through erfc keeps its digits far out.
    f = lambda u: factor(t * mp.e**u - delta, mp.e**u) * mp.e ** (logc + df * u - df * mp.e ** (2 * u) / 2)
    sd = 1 / mp.sqrt(2 * df)
    low = -70 / df - 20 * sd
    points = sorted({low, *[low * k / 20 for k in range(20)], *[k * sd for k in range(-16, 17, 2)], mp.log(1 + 30 * sd)})
    return integral(f, [u for u in points if low <= u <= mp.log(1 + 30 * sd)])


for df in [0.3, 1, 2.5, 30, 1e4, 1e7]:
    for t in [1e-6, 0.5, 3, 12, 35]:
        v = t_upper(t, df)
        if v > mp.mpf("1e-290"):
            add("studentTUpperTail", [t, df], v)
for df in [1e4, 1e6, 1e8]:
    add("studentTUpperTail", [1.96, df], t_upper(1.96, df))
for a, b, x in [(0.01, 0.02, 0.3), (1e-3, 5, 1e-8), (0.5, 1e5, 1e-5), (1e4, 1e4, 0.49), (2e5, 3e5, 0.4), (1e5, 10, 0.9999), (3, 1e6, 1e-5), (250.5, 0.5, 0.97), (7, 9, 1e-30)]:
    x = mp.mpf(x)
    add("betaCdf", [float(x), a, b], ibeta(a, b, x))
    add("betaUpperTail", [float(x), a, b], ibeta_upper(a, b, x))
for shape, x in [(0.01, 1e-9), (0.01, 3), (0.5, 40), (1e4, 9800), (1e4, 10300), (1e6, 1001000), (1e6, 998000), (50, 1e-3), (2.5, 600)]:
    add("gammaCdf", [x, shape, 1], mp.gammainc(shape, 0, mp.mpf(x), regularized=True))
    add("gammaUpperTail", [x, shape, 1], mp.gammainc(shape, mp.mpf(x), mp.inf, regularized=True))
for k, n, p in [(3, 1000, 0.02), (480, 1000, 0.55), (0, 50, 0.3), (49, 50, 0.9), (90000, 100000, 0.905)]:
    pm = mp.mpf(p)
    add("binomialCdf", [k, n, p], ibeta(n - k, k + 1, 1 - pm))
    add("binomialUpperTail", [k, n, p], ibeta(k + 1, n - k, pm))
for df1, df2 in [(1, 5), (1, 1000), (4, 30)]:
    for p in ["1e-12", "1e-9", "1e-6", "1e-4", "0.001", "0.005", "0.01", "0.025"]:
        pv = mp.mpf(float(p))
        a, b = mp.mpf(df1) / 2, mp.mpf(df2) / 2
        start = (pv * a * mp.beta(a, b)) ** (1 / a)
        x = mp.findroot(lambda u: mp.log(ibeta(a, b, mp.e ** u)) - mp.log(pv), mp.log(start))
        x = mp.e ** x
        add("fisherFQuantile", [float(p), df1, df2], x / (1 - x) * df2 / df1)
for df, delta in [(1, 0.5), (3, 6), (3, 3.2), (28, 6), (28, 3.2), (100, 2), (100, 6), (500, -1), (2.7, -2), (10, 12), (1000, 3.24), (20, 30)]:
    for t in [-3, -1, 0.5, 1.7, 4.5, 7, 30]:
        lower = nct_lower(t, df, delta)
        upper = nct_lower(-t, df, -delta)
        if t in (-1, 4.5):
            add("noncentralTDensity", [t, df, delta], nct_density(t, df, delta))
        if lower > mp.mpf("1e-60"):
            add("noncentralTCdf", [t, df, delta], lower)
        if upper > mp.mpf("1e-60"):
            add("noncentralTUpperTail", [t, df, delta], upper)
for df, lam, x in [(1, 1, 80), (1, 7.8, 80), (4, 30, 0.1), (20, 7.8, 40), (3, 500, 400), (10, 0.5, 90)]:
    weights = lambda j: mp.e ** (-mp.mpf(lam) / 2) * (mp.mpf(lam) / 2) ** j / mp.factorial(j)
    k = mp.mpf(df) / 2
    terms = range(int(lam + 200))
    add("noncentralChiSquareDensity", [x, df, lam], sum(weights(j) * mp.mpf(x) ** (k + j - 1) * mp.e ** (-mp.mpf(x) / 2) / 2 ** (k + j) / mp.gamma(k + j) for j in terms))
    add("noncentralChiSquareCdf", [x, df, lam], sum(weights(j) * mp.gammainc(k + j, 0, mp.mpf(x) / 2, regularized=True) for j in terms))
    add("noncentralChiSquareUpperTail", [x, df, lam], sum(weights(j) * mp.gammainc(k + j, mp.mpf(x) / 2, mp.inf, regularized=True) for j in terms))
for df1, df2, lam, x in [(1, 30, 7.8, 0.025), (1, 30, 7.8, 20), (4, 30, 7.8, 0.75), (4, 30, 7.8, 10), (3, 200, 14, 2.65)]:
    y = mp.mpf(df1) * x / (mp.mpf(df1) * x + df2)
    weights = lambda j: mp.e ** (-mp.mpf(lam) / 2) * (mp.mpf(lam) / 2) ** j / mp.factorial(j)
    add("noncentralFCdf", [x, df1, df2, lam], sum(weights(j) * ibeta(mp.mpf(df1) / 2 + j, mp.mpf(df2) / 2, y) for j in range(150)))
    add("noncentralFUpperTail", [x, df1, df2, lam], sum(weights(j) * ibeta_upper(mp.mpf(df1) / 2 + j, mp.mpf(df2) / 2, y) for j in range(150)))
for x in [-37, -12.3, -5.7, -0.68, 0.001, 6.1]:
    add("normalCdf", [x], mp.ncdf(mp.mpf(x)))
for x in [1e-12, 1e-8, 0.3, 0.4769, 0.4771, 2]:
    add("erf", [x], mp.erf(mp.mpf(x)))
for x in [1e-5, 0.1, 0.9, 1.5, 2.0001, 9.99, 10.5, 3000.25]:
    add("logGamma", [x], mp.loggamma(mp.mpf(x)))
for a, b in [(0.3, 0.4), (1e6, 2.5), (1e5, 1e5), (12, 1e-4)]:
    add("logBeta", [a, b], mp.log(mp.beta(mp.mpf(a), mp.mpf(b))))
print(json.dumps({"source": f"mpmath {mp.__version__}, 30 digits", "cases": cases}, indent=0))
