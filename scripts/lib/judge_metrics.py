#!/usr/bin/env python3
"""Measures of detectors and forecasts. numpy only."""
import numpy as np


def runs_of(labels):
    """Inclusive (first, last) of each run of 1."""
    edges = np.diff(np.concatenate([[0], np.asarray(labels, int), [0]]))
    return list(zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1))


def average_precision(score, labels):
    """Area under precision over recall, ties taken together."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(np.asarray(labels)[order])
    last_of_tie = np.append(score[order][1:] != score[order][:-1], True)
    hits = hits[last_of_tie]
    precision = hits / (np.flatnonzero(last_of_tie) + 1)
    return float(np.sum(np.diff(np.append(0, hits)) * precision) / hits[-1])


def auroc(score, labels):
    positive = np.asarray(labels).astype(bool)
    _, inverse, counts = np.unique(score, return_inverse=True,
                                   return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n1, n0 = positive.sum(), (~positive).sum()
    return float((rank[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def _soft_labels(labels, runs, width):
    soft = labels.astype(float)
    for first, last in runs:
        after = np.arange(last + 1, min(last + width // 2 + 1, len(labels)))
        before = np.arange(max(first - width // 2, 0), first)
        if len(after):
            soft[after] += np.sqrt(1 - (after - last) / width)
        if len(before):
            soft[before] += np.sqrt(1 - (first - before) / width)
    return np.minimum(soft, 1)


def _widened(runs, half, length):
    merged = [[max(runs[0][0] - half, 0), 0]]
    for (_, last), (following, _) in zip(runs, runs[1:]):
        if last + half < following - half:
            merged[-1][1] = last + half
            merged.append([following - half, 0])
    merged[-1][1] = min(runs[-1][1] + half, length - 1)
    return merged


def vus_pr(score, labels, max_window=60, thresholds=250):
    """Volume under the precision-recall surface over buffer widths.

    Source: Paparrizos et al., "Volume Under the Surface", VLDB 2022.
    """
    labels = np.asarray(labels, int)
    n, runs = len(labels), runs_of(labels)
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    cuts = ranked[np.linspace(0, n - 1, thresholds).astype(int)]
    predicted = np.searchsorted(-ranked, -cuts, side="right")
    areas = []
    for width in range(max_window + 1):
        soft = _soft_labels(labels, runs, width)
        spans = _widened(runs, width // 2, n)
        peaks = np.sort([score[a:b + 1].max() for a, b in spans])
        seen = 1 - np.searchsorted(peaks, cuts, side="left") / len(spans)
        hits = np.cumsum(soft[order])[predicted - 1]
        grown = np.cumsum((soft * (1 - labels))[order])[predicted - 1]
        recall = np.minimum(hits / (labels.sum() + grown / 2), 1) * seen
        areas.append(np.sum(np.diff(np.append(0, recall)) * hits / predicted))
    return float(np.mean(areas))


def event_recall(score, labels, steps_per_day, alarms_per_day=1.0, duty=0.02):
    """Best share of events found with at most so many false alarms a day and
    at most `duty` of normal time in alarm; and the median delay in steps."""
    labels = np.asarray(labels, int)
    gap, buffer = max(1, steps_per_day // 48), max(1, steps_per_day // 288)
    normal, events = labels == 0, runs_of(labels)
    budget = alarms_per_day * normal.sum() / steps_per_day
    best = (0.0, float("nan"))
    levels = 1 - np.geomspace(1e-4, 0.2, 80)
    for cut in np.unique(np.quantile(score, levels))[::-1]:
        on = score >= cut
        if (on & normal).sum() > duty * normal.sum():
            break
        rows = np.flatnonzero(on)
        if not len(rows):
            continue
        breaks = np.flatnonzero(np.diff(rows) > gap)
        firsts = np.append(rows[0], rows[breaks + 1])
        lasts = np.append(rows[breaks], rows[-1])
        false = sum(not any(a <= last + buffer and b >= first - buffer
                            for first, last in events)
                    for a, b in zip(firsts, lasts))
        if false > budget:
            continue
        delays = [np.flatnonzero(on[a:b + 1 + buffer]) for a, b in events]
        delays = [d[0] for d in delays if len(d)]
        best = (len(delays) / len(events),
                float(np.median(delays)) if delays else float("nan"))
    return best


def probability_report(p, y):
    """Brier skill, AUROC, recall at 5 % FPR, calibration error, accuracy."""
    positive, base = y == 1, y.mean()
    skill = 1 - np.mean((p - y) ** 2) / (base * (1 - base))
    recall = (p[positive] > np.quantile(p[~positive], 0.95)).mean()
    bins = np.minimum((p * 10).astype(int), 9)
    error = sum(abs(p[bins == b].mean() - y[bins == b].mean())
                * (bins == b).mean() for b in range(10) if (bins == b).any())
    balanced = ((p[positive] >= 0.5).mean() + (p[~positive] < 0.5).mean()) / 2
    return (f"base rate {base:.3f}, Brier skill {skill:.3f}, "
            f"AUROC {auroc(p, y):.3f}, recall at 5 % FPR {recall:.3f}, "
            f"ECE {error:.4f}, balanced accuracy {balanced:.3f}")
