#include "core/assessment.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace selfheal {
namespace {

bool Same(double a, double b) {
  if (!std::isfinite(a) && !std::isfinite(b)) return true;
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool Same(const Factor& a, const Factor& b) {
  return a.metric == b.metric && Same(a.contribution, b.contribution);
}

bool Same(const std::pair<std::string, double>& a,
          const std::pair<std::string, double>& b) {
  return a.first == b.first && Same(a.second, b.second);
}

bool Same(const Forecast& a, const Forecast& b) {
  return a.outcome == b.outcome && a.component == b.component &&
         Same(a.probability, b.probability) && a.eta == b.eta &&
         a.eta_low == b.eta_low && a.eta_high == b.eta_high &&
         a.reason == b.reason;
}

bool Same(const std::optional<Forecast>& a, const std::optional<Forecast>& b) {
  return a.has_value() == b.has_value() && (!a || Same(*a, *b));
}

template <typename T>
bool Same(const std::vector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const T& x, const T& y) { return Same(x, y); });
}

}  // namespace

std::string_view JudgementName(Judgement judgement) {
  switch (judgement) {
    case Judgement::kConfirmed:
      return "confirmed";
    case Judgement::kNotConfirmed:
      return "not_confirmed";
    case Judgement::kInconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

std::vector<std::string> Differences(const Assessment& a, const Assessment& b) {
  std::vector<std::string> names;
  const auto note = [&names](bool same, const char* name) {
    if (!same) names.emplace_back(name);
  };
  note(a.outcome == b.outcome, "outcome");
  note(Same(a.score, b.score), "score");
  note(Same(a.statistic, b.statistic), "statistic");
  note(Same(a.confidence, b.confidence), "confidence");
  note(Same(a.factors, b.factors), "factors");
  note(Same(a.forecast, b.forecast), "forecast");
  note(Same(a.members, b.members), "members");
  note(a.reasons == b.reasons, "reasons");
  note(a.causes == b.causes, "causes");
  note(a.seed == b.seed, "seed");
  note(a.judge_version == b.judge_version, "judge_version");
  return names;
}

}  // namespace selfheal
