#include "assess/cause_memory.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace selfheal::assess {
namespace {

/// In shares of the limit: what a restart gives back, what a leak takes, what
/// is near the limit, and how flat "without climbing" is.
constexpr double kDrop = 0.15;
constexpr double kClimb = 0.25;
constexpr double kNear = 0.8;
constexpr double kFlat = 0.1;
/// Correlations that count as a straight line, and as following the load.
constexpr double kStraight = 0.9;
constexpr double kFollows = 0.7;
constexpr std::size_t kLeast = 8;  ///< Points that show a trend.
constexpr std::size_t kShort = 4;  ///< Fewer: at the limit at once.

/// Shares of the limit with their load; load is NaN where there is none.
struct Point {
  double place = 0;
  double used = 0;
  double load = 0;
};
using Points = std::vector<Point>;

double Correlation(const Points& points, double Point::* x) {
  double n = 0, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (const Point& one : points) {
    const double a = one.*x;
    if (!std::isfinite(a)) continue;
    n += 1;
    sx += a;
    sy += one.used;
    sxx += a * a;
    syy += one.used * one.used;
    sxy += a * one.used;
  }
  const double spread = (n * sxx - sx * sx) * (n * syy - sy * sy);
  if (n < static_cast<double>(kLeast) || spread <= 1e-12) return 0;
  return (n * sxy - sx * sy) / std::sqrt(spread);
}

const MetricWindow* MemoryOf(const EvidenceWindow& evidence) {
  const MetricWindow* found = nullptr;
  for (const MetricWindow& metric : evidence.metrics) {
    if (!metric.problem.empty() || !metric.limit || *metric.limit <= 0) {
      continue;
    }
    if (metric.name == "memory_usage_percent") return &metric;
    if (found == nullptr && metric.name.starts_with("memory")) found = &metric;
  }
  return found;
}

const MetricWindow* RequestsOf(const EvidenceWindow& evidence) {
  for (const MetricWindow& metric : evidence.metrics) {
    if (metric.name == "request_rate_per_second" && metric.problem.empty()) {
      return &metric;
    }
  }
  return nullptr;
}

Points PointsOf(const SampleGrid& memory, double limit,
                const SampleGrid* load) {
  Points points;
  for (std::size_t i = 0; i < memory.values.size(); ++i) {
    if (!std::isfinite(memory.values[i])) continue;
    const bool loaded = load != nullptr && i < load->values.size();
    points.push_back({static_cast<double>(i), memory.values[i] / limit,
                      loaded ? load->values[i] : std::nan("")});
  }
  return points;
}

/// From one restart to the next.
std::vector<Points> Lives(const Points& points) {
  std::vector<Points> lives;
  for (const Point& one : points) {
    const bool restarted = !lives.empty() && !lives.back().empty() &&
                           lives.back().back().used - one.used > kDrop;
    if (lives.empty() || restarted) lives.emplace_back();
    lives.back().push_back(one);
  }
  return lives;
}

bool Climbs(const Points& life) {
  return life.size() >= kLeast &&
         life.back().used - life.front().used >= kClimb &&
         Correlation(life, &Point::place) >= kStraight &&
         Correlation(life, &Point::load) < kFollows;
}

bool StandsNearTheLimit(const Points& points) {
  if (points.size() < kLeast) return false;
  std::vector<double> used;
  for (const Point& one : points) used.push_back(one.used);
  std::sort(used.begin(), used.end());
  const double low = used[used.size() / 4];
  const double high = used[used.size() * 3 / 4];
  return low >= kNear - kFlat && high >= kNear && high - low <= 2 * kFlat;
}

/// Restarted more than once, and at the limit again within a few samples.
bool FillsAtOnce(const std::vector<Points>& lives) {
  std::size_t full = 0;
  for (const Points& life : lives) {
    if (life.size() < kShort && life.back().used >= kNear) ++full;
  }
  return full >= 2 && 2 * full >= lives.size();
}

bool FollowsLoad(const Points& points) {
  const auto peak = std::max_element(
      points.begin(), points.end(),
      [](const Point& a, const Point& b) { return a.used < b.used; });
  return peak != points.end() && peak->used >= kNear &&
         Correlation(points, &Point::load) >= kFollows;
}

/// What shows, and in which words; no cause = nothing does.
struct Shown {
  std::optional<Cause> cause;
  const char* how = "neither climbs nor stands near its limit";
};

Shown Look(const Points& fine, const Points& coarse) {
  const auto lives = Lives(fine);
  auto all = Lives(coarse);
  all.insert(all.end(), lives.begin(), lives.end());
  if (FollowsLoad(fine)) {
    return {Cause::kLowLimit, "follows the load up to the limit"};
  }
  if (std::any_of(all.begin(), all.end(), Climbs)) {
    return {Cause::kLeak, "climbs steadily between two restarts"};
  }
  if (StandsNearTheLimit(fine)) {
    return {Cause::kLowLimit, "stands near the limit without climbing"};
  }
  if (FillsAtOnce(lives)) {
    return {Cause::kLowLimit, "is at the limit soon after each restart"};
  }
  return {};
}

}  // namespace

CauseView MemoryView(const EvidenceWindow& evidence, Cause cause) {
  const MetricWindow* memory = MemoryOf(evidence);
  if (memory == nullptr) {
    return {Judgement::kInconclusive,
            "memory was not measured against a limit"};
  }
  const MetricWindow* load = RequestsOf(evidence);
  const auto points = [&](SampleGrid MetricWindow::* grid) {
    return PointsOf(memory->*grid, *memory->limit,
                    load == nullptr ? nullptr : &(load->*grid));
  };
  const Points fine = points(&MetricWindow::window);
  const std::string name = memory->name;
  if (fine.size() < kLeast) {
    return {Judgement::kInconclusive, name + " has too few points"};
  }
  const Shown shown = Look(fine, points(&MetricWindow::baseline));
  return {
      shown.cause == cause ? Judgement::kConfirmed : Judgement::kNotConfirmed,
      name + " " + shown.how};
}

}  // namespace selfheal::assess
