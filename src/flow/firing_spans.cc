#include "flow/firing_spans.h"

namespace selfheal {
namespace {

/// Two samples further apart belong to two episodes (Prometheus' look-back).
constexpr std::chrono::minutes kSplit{5};

}  // namespace

Labels AlertLabels(const Series& series) {
  Labels labels = series.labels;
  labels.erase("__name__");
  labels.erase("alertstate");
  return labels;
}

bool GoesOn(const FiringSpan& span, const FiringSpan& next, seconds step) {
  return next.began - (span.ended - step) <= kSplit;
}

std::vector<FiringSpan> FiringSpans(const Series& series, seconds step) {
  std::vector<FiringSpan> spans;
  for (const Sample& sample : series.samples) {
    const FiringSpan one{sample.at, sample.at + step};
    if (!spans.empty() && GoesOn(spans.back(), one, step)) {
      spans.back().ended = one.ended;
    } else {
      spans.push_back(one);
    }
  }
  return spans;
}

}  // namespace selfheal
