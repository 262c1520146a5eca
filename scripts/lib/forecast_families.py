"""Generated metrics for the forecast, by another hand than those of
bench/support/judge_families.cc: what was trained on those is checked on these.

Nothing is ever trained on them. Twelve families, one value a minute; a failure
is the median of three newest values reaching the threshold within the horizon.
"""
import numpy as np

FUTURE = 150
DAY = 1440


def _steps(rng, n):
    """Minutes since something began, 0 before; it began in the last hours."""
    start = n - FUTURE - rng.integers(10, 180)
    return np.maximum(0, np.arange(n) - start)


def linear_leak(rng, n, unit):
    return unit * rng.uniform(0.05, 1.2) * _steps(rng, n)


def exponential_leak(rng, n, unit):
    doubling = rng.uniform(20, 120)
    return unit * rng.uniform(0.5, 4) * (2 ** np.minimum(_steps(rng, n) / doubling, 12) - 1)


def _teeth(rng, n, unit):
    """Heap between collections: climbs, falls, with uneven periods."""
    height, period = unit * rng.uniform(5, 40), rng.uniform(10, 50)
    ends = np.cumsum(period * rng.uniform(0.85, 1.15, int(n / period * 1.5) + 4))
    ends = ends[ends < n + period]
    starts = np.r_[0, ends]
    at = np.searchsorted(starts, np.arange(n), side="right") - 1
    return height * (np.arange(n) - starts[at]) / period


def gc_sawtooth(rng, n, unit):
    return _teeth(rng, n, unit)


def gc_sawtooth_leak(rng, n, unit):
    return _teeth(rng, n, unit) + unit * rng.uniform(0.03, 0.4) * _steps(rng, n)


def ornstein_uhlenbeck(rng, n, unit):
    theta, sigma = rng.uniform(0.02, 0.3), unit * rng.uniform(0.5, 3)
    x = np.zeros(n)
    kicks = sigma * rng.standard_normal(n)
    for i in range(1, n):
        x[i] = (1 - theta) * x[i - 1] + kicks[i]
    return x


def level_shift(rng, n, unit):
    at = n - FUTURE + rng.integers(-90, 16)
    return unit * rng.uniform(8, 40) * rng.choice([1, 1, -1]) * (np.arange(n) >= at)


def diurnal(rng, n, unit):
    phase = 2 * np.pi * (np.arange(n) / DAY + rng.random())
    second = rng.uniform(0, 0.4) * np.sin(2 * phase + rng.uniform(0, 6))
    return unit * rng.uniform(8, 40) * (np.sin(phase) + second)


def restart_leak(rng, n, unit):
    life, slope = rng.integers(30, 240), unit * rng.uniform(0.1, 1)
    return slope * ((np.arange(n) + rng.integers(life)) % life)


def bursts(rng, n, unit):
    x = np.zeros(n)
    for start in np.flatnonzero(rng.random(n) < rng.uniform(0.004, 0.03)):
        length = rng.integers(2, 15)
        x[start:start + length] += unit * rng.uniform(8, 40)
    return x


def saturating(rng, n, unit):
    return unit * rng.uniform(10, 50) * (1 - np.exp(-_steps(rng, n) / rng.uniform(10, 60)))


def steady(_, n, __):
    return np.zeros(n)


def ramp_steps(rng, n, unit):
    every = rng.integers(6, 30)
    return unit * rng.uniform(2, 10) * (_steps(rng, n) // every)


FAMILIES = [linear_leak, exponential_leak, gc_sawtooth, gc_sawtooth_leak,
            ornstein_uhlenbeck, level_shift, diurnal, restart_leak, bursts,
            saturating, steady, ramp_steps]
GROWS = {linear_leak, exponential_leak, gc_sawtooth_leak, restart_leak,
         saturating, ramp_steps, diurnal}


def _filtered(x):
    """Median of each value and its two predecessors."""
    return np.median(np.stack([x[2:], x[1:-1], x[:-2]]), axis=0)


def case(rng, family, window, horizon, history):
    """One case, or None where the metric is past its threshold already."""
    unit = 10 ** rng.uniform(-1, 3)
    n = 2 + history + window + FUTURE
    noise = unit * rng.uniform(0.1, 1)
    base = unit * rng.uniform(20, 120)
    clean = base + family(rng, n, unit)
    x = clean + noise * rng.standard_normal(n)
    smooth = _filtered(x)                  # smooth[i] belongs to x[i + 2]
    now = n - FUTURE - 3                   # Its index of the newest value.
    past, level = smooth[max(0, now - window + 1):now + 1], smooth[now]
    ahead = smooth[now + 1:]
    if family in GROWS and rng.random() < 0.75:
        # A limit that the metric is on its way to, sooner or later.
        after = clean[now + 3:now + 3 + int(4 * 25 ** rng.random())]
        threshold = level + (after.max() - level) * rng.uniform(0.8, 1.2)
    else:
        # A limit with room above what the last hour showed.
        threshold = past.max() + (past.max() - past.min()) * rng.uniform(0.02, 0.6)
    if threshold <= level + 3 * noise:     # Noise alone would pass it.
        return None
    crossed = np.flatnonzero(ahead[:horizon] >= threshold)
    values = x[2:n - FUTURE]
    given = {"history": values[:history], "window": values[history:],
             "threshold": threshold, "direction": "above"}
    if rng.random() < 0.3:                 # Free bytes rather than used ones.
        given = {"history": -given["history"], "window": -given["window"],
                 "threshold": -threshold, "direction": "below"}
    return given, int(crossed[0]) + 1 if len(crossed) else 0


def cases(seed, count, window=60, horizon=15):
    """(family name, input, minutes to the failure or 0) of `count` cases."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        family = FAMILIES[len(found) % len(FAMILIES)]
        history = int(rng.choice([0, 240, DAY, 2 * DAY], p=[0.5, 0.2, 0.2, 0.1]))
        made = case(rng, family, window, horizon, history)
        if made is not None:
            found.append((family.__name__, *made))
    return found
