#include "collect/collector.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace selfheal {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
/// A window whose last points are all missing is stale.
constexpr std::size_t kStaleSteps = 2;
/// Prometheus refuses more points in one answer.
constexpr long long kMaxPoints = 11000;

Time FloorTo(Time time, seconds step) {
  const auto count = time.time_since_epoch() / step;
  return Time(step * count);
}

bool IsMissingAtEnd(const SampleGrid& grid) {
  const std::size_t n = std::min(kStaleSteps, grid.values.size());
  for (std::size_t i = grid.values.size() - n; i < grid.values.size(); ++i) {
    if (!std::isnan(grid.values[i])) return false;
  }
  return true;
}

std::optional<double> ParseNumber(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

/// The window frame, and behind it the baseline frame.
std::vector<RangeQuery> Frames(const Rule& rule, Time now) {
  const Time end = FloorTo(now, rule.step);
  const Time start = end - rule.step * (rule.window - 1);
  const Time base_end = FloorTo(start - rule.baseline_step, rule.baseline_step);
  long long rows = rule.baseline / rule.baseline_step;
  if (rows > kMaxPoints) rows = kMaxPoints;
  const Time base_start = base_end - rule.baseline_step * (rows - 1);
  return {{.expr = "", .start = start, .end = end, .step = rule.step},
          {.expr = "",
           .start = base_start,
           .end = base_end,
           .step = rule.baseline_step}};
}

/// What one evidence query asks, and where its answers are in the batch.
struct Slot {
  std::size_t first = 0;  ///< Index of the first frame's query.
  std::optional<std::size_t> limit;
};

struct Batch {
  std::vector<RangeQuery> queries;
  std::vector<Slot> slots;
};

/// Adds what `scope` is asked to `batch`, a slot a query of the rule.
Result<void> AddScope(const Rule& rule, const TargetScope& scope,
                      const std::vector<RangeQuery>& frames, Batch& batch) {
  for (const EvidenceQuery& evidence : rule.evidence) {
    auto expr = ExpandQuery(evidence.query, scope);
    if (!expr.ok()) return expr.error().With("evidence " + evidence.name);
    Slot slot{.first = batch.queries.size(), .limit = std::nullopt};
    for (RangeQuery query : frames) {
      query.expr = *expr;
      batch.queries.push_back(std::move(query));
    }
    if (evidence.limit && !ParseNumber(*evidence.limit)) {
      auto limit = ExpandQuery(*evidence.limit, scope);
      if (!limit.ok()) return limit.error().With("limit of " + evidence.name);
      slot.limit = batch.queries.size();
      RangeQuery query = frames.front();
      query.expr = *limit;
      query.start = query.end;
      batch.queries.push_back(std::move(query));
    }
    batch.slots.push_back(slot);
  }
  return {};
}

/// The answer at `index`, or null with the reason in `evidence.problems`.
const QueryAnswer* Usable(const std::vector<Result<QueryAnswer>>& answers,
                          std::size_t index, const std::string& name,
                          EvidenceWindow& evidence) {
  const Result<QueryAnswer>& answer = answers[index];
  if (!answer.ok()) {
    evidence.problems.push_back(name + ": " + answer.error().message);
    return nullptr;
  }
  for (const std::string& warning : answer->warnings) {
    evidence.problems.push_back(name + ": warning of Prometheus: " + warning);
  }
  return &*answer;
}

std::optional<double> LimitOf(const EvidenceQuery& query, const Slot& slot,
                              const Batch& batch,
                              const std::vector<Result<QueryAnswer>>& answers,
                              EvidenceWindow& evidence) {
  if (!query.limit) return std::nullopt;
  if (!slot.limit) return ParseNumber(*query.limit);
  const QueryAnswer* answer =
      Usable(answers, *slot.limit, "limit of " + query.name, evidence);
  if (answer == nullptr) return std::nullopt;
  std::string problem;
  const SampleGrid grid = ToGrid(*answer, batch.queries[*slot.limit], &problem);
  if (!problem.empty() || grid.values.empty() ||
      !std::isfinite(grid.values.back())) {
    return std::nullopt;
  }
  return grid.values.back();
}

MetricWindow ReadMetric(const EvidenceQuery& query, const Slot& slot,
                        std::size_t frames, const Batch& batch,
                        const std::vector<Result<QueryAnswer>>& answers,
                        EvidenceWindow& evidence) {
  MetricWindow metric{.name = query.name,
                      .query = batch.queries[slot.first].expr,
                      .unit = query.unit,
                      .bad = query.bad,
                      .log_transform = query.log_transform,
                      .optional = query.optional,
                      .window = {},
                      .baseline = {},
                      .limit = {},
                      .problem = ""};
  const QueryAnswer* answer = Usable(answers, slot.first, query.name, evidence);
  if (answer == nullptr) {
    metric.problem = "no answer";
    return metric;
  }
  metric.window = ToGrid(*answer, batch.queries[slot.first], &metric.problem);
  if (metric.problem.empty() && IsMissingAtEnd(metric.window)) {
    metric.problem = "stale: no sample in the last " +
                     std::to_string(kStaleSteps) + " steps";
  }
  if (frames > 1) {
    const QueryAnswer* history =
        Usable(answers, slot.first + 1, query.name, evidence);
    // A baseline that is absent or holed is short, not wrong; an ambiguous
    // one is wrong.
    std::string holes;
    if (history != nullptr && !history->series.empty()) {
      std::string* problem =
          history->series.size() > 1 && metric.problem.empty() ? &metric.problem
                                                               : &holes;
      metric.baseline =
          ToGrid(*history, batch.queries[slot.first + 1], problem);
    }
  }
  metric.limit = LimitOf(query, slot, batch, answers, evidence);
  return metric;
}

}  // namespace

SampleGrid ToGrid(const QueryAnswer& answer, const RangeQuery& query,
                  std::string* problem) {
  SampleGrid grid{.start = query.start, .step = query.step, .values = {}};
  if (answer.series.size() != 1) {
    *problem = answer.series.empty() ? "no series"
                                     : std::to_string(answer.series.size()) +
                                           " series where 1 is expected";
    return grid;
  }
  const auto points =
      static_cast<std::size_t>((query.end - query.start) / query.step) + 1;
  grid.values.assign(points, kMissing);
  for (const Sample& sample : answer.series.front().samples) {
    const auto offset = sample.at - query.start;
    if (offset < Duration::zero() || offset % query.step != Duration::zero()) {
      *problem = "a sample lies off the grid";
      continue;
    }
    const auto index = static_cast<std::size_t>(offset / query.step);
    if (index >= points) {
      *problem = "a sample lies off the grid";
      continue;
    }
    if (!std::isfinite(sample.value)) {
      *problem = "a value is not finite";
      continue;
    }
    grid.values[index] = sample.value;
  }
  return grid;
}

Result<std::vector<EvidenceWindow>> Collector::Ask(
    const Rule& rule, const std::vector<TargetScope>& scopes,
    const std::vector<RangeQuery>& frames, Time at) const {
  Batch batch;
  for (const TargetScope& scope : scopes) {
    auto added = AddScope(rule, scope, frames, batch);
    if (!added.ok()) return added.error();
  }
  const auto answers = source_.QueryRange(batch.queries, deadline_);
  SELFHEAL_CHECK(answers.size() == batch.queries.size());
  for (const auto& answer : answers) {
    if (!answer.ok() && answer.error().code != Code::kInvalidArgument) {
      return answer.error().With("collect evidence");
    }
  }
  std::vector<EvidenceWindow> windows;
  auto slot = batch.slots.begin();
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    EvidenceWindow evidence;
    evidence.at = at;
    for (const EvidenceQuery& query : rule.evidence) {
      evidence.metrics.push_back(
          ReadMetric(query, *slot++, frames.size(), batch, answers, evidence));
    }
    windows.push_back(std::move(evidence));
  }
  return windows;
}

Result<EvidenceWindow> Collector::Collect(const Rule& rule,
                                          const TargetScope& scope,
                                          Time now) const {
  const auto frames = Frames(rule, now);
  auto windows = Ask(rule, {scope}, frames, frames.front().end);
  if (!windows.ok()) return windows.error();
  return std::move(windows->front());
}

Result<std::vector<PodEvidence>> Collector::CollectPods(
    const Rule& rule, const ObjectRef& target, std::vector<PodEvidence> pods,
    Time now) const {
  Rule telling = rule;
  std::erase_if(telling.evidence, [](const EvidenceQuery& query) {
    return !TellsPods(query.bad, query.optional);
  });
  std::vector<TargetScope> scopes;
  for (const PodEvidence& pod : pods) scopes.push_back({target, {pod.name}});
  const auto frames = Frames(rule, now);
  auto windows = Ask(telling, scopes, frames, frames.front().end);
  if (!windows.ok()) return windows.error();
  for (std::size_t i = 0; i < pods.size(); ++i) {
    EvidenceWindow& window = (*windows)[i];
    for (MetricWindow& metric : window.metrics) {
      if (!window.problems.empty()) metric.problem = window.problems.front();
    }
    pods[i].metrics = std::move(window.metrics);
  }
  return pods;
}

Result<EvidenceWindow> Collector::CollectSpan(const Rule& rule,
                                              const TargetScope& scope,
                                              Time start, Time end,
                                              seconds step) const {
  const std::vector<RangeQuery> frames = {{.expr = "",
                                           .start = FloorTo(start, step),
                                           .end = FloorTo(end, step),
                                           .step = step}};
  auto windows = Ask(rule, {scope}, frames, frames.front().end);
  if (!windows.ok()) return windows.error();
  return std::move(windows->front());
}

}  // namespace selfheal
