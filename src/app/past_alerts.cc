#include "app/past_alerts.h"

#include <algorithm>
#include <map>

#include "flow/firing_spans.h"

namespace selfheal {
namespace {

constexpr seconds kStep{60};
/// 10,080 points; Prometheus gives 11,000.
constexpr std::chrono::hours kPiece{7 * 24};
constexpr std::chrono::hours kSmallestPiece{1};

using Spans = std::map<Labels, std::vector<FiringSpan>>;

Time Align(Time time) {
  return Time(time.time_since_epoch() - time.time_since_epoch() % kStep);
}

void Add(const QueryAnswer& answer, Spans& spans) {
  for (const Series& series : answer.series) {
    std::vector<FiringSpan>& known = spans[AlertLabels(series)];
    for (const FiringSpan& span : FiringSpans(series, kStep)) {
      if (!known.empty() && GoesOn(known.back(), span, kStep)) {
        known.back().ended = span.ended;
      } else {
        known.push_back(span);
      }
    }
  }
}

Result<QueryAnswer> Piece(MetricSource& source, Time start, Time end,
                          Duration deadline) {
  const RangeQuery query{
      .expr = kFiringAlerts, .start = start, .end = end, .step = kStep};
  auto answer = std::move(source.QueryRange({&query, 1}, deadline).front());
  if (!answer.ok()) return answer.error().With("ALERTS");
  if (!answer->warnings.empty()) {
    return Error{Code::kUnavailable, "ALERTS: " + answer->warnings.front()};
  }
  return answer;
}

std::vector<Alert> AlertsOf(const Spans& all, Time from, Time to) {
  std::vector<Alert> alerts;
  for (const auto& [labels, spans] : all) {
    for (const FiringSpan& span : spans) {
      if (span.began < from) continue;
      Alert alert;
      alert.labels = labels;
      alert.fingerprint = Fingerprint(labels);
      alert.starts_at = span.began;
      if (span.ended < to) alert.ends_at = span.ended;
      alerts.push_back(std::move(alert));
    }
  }
  std::stable_sort(
      alerts.begin(), alerts.end(),
      [](const Alert& a, const Alert& b) { return a.starts_at < b.starts_at; });
  return alerts;
}

}  // namespace

Result<std::vector<Alert>> PastAlerts(MetricSource& source, Time from, Time to,
                                      Duration deadline,
                                      const OnProgress& progress) {
  Spans spans;
  // From a little earlier, so that what fired before shows as such.
  const Time first = Align(from - 2 * kStep);
  const Time last = Align(to - kStep);
  Duration piece = kPiece;
  for (Time start = first; start <= last;) {
    const Time end = std::min<Time>(Align(start + piece) - kStep, last);
    const auto answer = Piece(source, start, end, deadline);
    if (!answer.ok() && answer.error().code == Code::kResourceExhausted &&
        piece > kSmallestPiece) {
      piece /= 2;
      continue;
    }
    if (!answer.ok()) return answer.error();
    Add(*answer, spans);
    start = end + kStep;
    progress(static_cast<std::size_t>((start - first) / kStep),
             static_cast<std::size_t>((last - first) / kStep) + 1);
  }
  return AlertsOf(spans, from, to);
}

}  // namespace selfheal
