#include "assess/cause_revision.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "core/duration.h"

namespace selfheal::assess {
namespace {

/// A fault that shows later has had time for other causes.
constexpr seconds kSoon{3600};
/// So many samples before the change are looked at; with fewer than the least
/// it is not known how it was.
constexpr std::size_t kLooked = 10;
constexpr std::size_t kLeast = 3;

struct Sample {
  Time at;
  double value = 0;
};

std::vector<Sample> SamplesOf(const MetricWindow& metric) {
  std::vector<Sample> samples;
  for (const SampleGrid* grid : {&metric.baseline, &metric.window}) {
    Time at = grid->start;
    for (const double value : grid->values) {
      if (std::isfinite(value)) samples.push_back({at, value});
      at += grid->step;
    }
  }
  return samples;
}

bool CanTell(const MetricWindow& metric) {
  return !metric.optional && metric.limit && metric.problem.empty() &&
         metric.bad != BadDirection::kEither;
}

bool IsPast(const MetricWindow& metric, double value) {
  return metric.bad == BadDirection::kRises ? value >= *metric.limit
                                            : value <= *metric.limit;
}

/// Whether the last samples before `change` were measured, and calm.
Judgement CalmBefore(const MetricWindow& metric, Time change) {
  std::vector<Sample> before = SamplesOf(metric);
  std::erase_if(before, [&](const Sample& one) { return one.at >= change; });
  if (before.size() < kLeast) return Judgement::kInconclusive;
  const auto last = before.end() - static_cast<std::ptrdiff_t>(
                                       std::min(before.size(), kLooked));
  return std::any_of(
             last, before.end(),
             [&](const Sample& one) { return IsPast(metric, one.value); })
             ? Judgement::kNotConfirmed
             : Judgement::kConfirmed;
}

/// When the metric went past its limit first after `change`.
std::optional<Time> OnsetAfter(const MetricWindow& metric, Time change) {
  for (const Sample& one : SamplesOf(metric)) {
    if (one.at >= change && IsPast(metric, one.value)) return one.at;
  }
  return std::nullopt;
}

/// Of the first revision the journal knows no field: there was none before.
bool IsFirst(const SpecChange& change) {
  return change.fields == std::vector<std::string>{"spec.template"};
}

bool IsRestart(const SpecChange& change) {
  return std::all_of(change.fields.begin(), change.fields.end(),
                     [](const std::string& field) {
                       return field.find("restartedAt") != std::string::npos;
                     });
}

}  // namespace

CauseView BeganWithRevision(const EvidenceWindow& evidence) {
  const auto change = std::find_if(
      evidence.changes.begin(), evidence.changes.end(),
      [](const SpecChange& one) { return !IsRestart(one) && !IsFirst(one); });
  if (change == evidence.changes.end()) {
    return {Judgement::kNotConfirmed, "no new revision came before it"};
  }
  const std::string revision = "revision " + std::to_string(change->revision);
  std::optional<Time> onset;
  std::string metric_name;
  int told = 0;
  for (const MetricWindow& metric : evidence.metrics) {
    if (!CanTell(metric)) continue;
    ++told;
    const Judgement calm = CalmBefore(metric, change->at);
    if (calm == Judgement::kInconclusive) {
      return {calm, metric.name + " was hardly measured before " + revision};
    }
    if (calm == Judgement::kNotConfirmed) {
      return {calm, metric.name + " was past its limit before " + revision};
    }
    const auto began = OnsetAfter(metric, change->at);
    if (!began || (onset && *onset <= *began)) continue;
    onset = began;
    metric_name = metric.name;
  }
  if (told == 0) {
    return {Judgement::kInconclusive, "no metric with a limit was measured"};
  }
  if (!onset || *onset > change->at + kSoon) {
    return {Judgement::kNotConfirmed,
            "no limit was passed within the hour after " + revision};
  }
  return {Judgement::kConfirmed, metric_name + " went past its limit " +
                                     FormatDuration(*onset - change->at) +
                                     " after " + revision + " came into use"};
}

}  // namespace selfheal::assess
