#include "tests/assess/measures.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <utility>

namespace selfheal::testing {
namespace {

/// Rows after an event that still see it behind them: neither one nor normal.
constexpr int kShoulder = 30;

using Event = std::pair<int, int>;  ///< First and last row.

std::vector<Event> EventsOf(const std::vector<int>& labels) {
  std::vector<Event> events;
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    if (labels[static_cast<std::size_t>(i)] == 0) continue;
    if (!events.empty() && events.back().second == i - 1) {
      events.back().second = i;
    } else {
      events.emplace_back(i, i);
    }
  }
  return events;
}

std::vector<std::size_t> Descending(const std::vector<double>& score) {
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(
      order.begin(), order.end(),
      [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
  return order;
}

double Highest(const std::vector<double>& score, int first, int last) {
  first = std::max(first, 0);
  last = std::min(last, static_cast<int>(score.size()) - 1);
  return *std::max_element(score.begin() + first, score.begin() + last + 1);
}

/// Labels with shoulders that fall over half of `width` rows.
std::vector<double> Softened(const std::vector<int>& labels,
                             const std::vector<Event>& events, int width) {
  std::vector<double> soft(labels.begin(), labels.end());
  for (const auto& [first, last] : events) {
    for (int away = 1; away <= width / 2; ++away) {
      const double part = std::sqrt(1 - static_cast<double>(away) / width);
      for (const int at : {first - away, last + away}) {
        if (at < 0 || at >= static_cast<int>(soft.size())) continue;
        double& value = soft[static_cast<std::size_t>(at)];
        value = std::min(1.0, value + part);
      }
    }
  }
  return soft;
}

/// Area under the precision-recall curve of one buffer width.
double AreaOf(const std::vector<double>& score, const std::vector<int>& labels,
              const std::vector<Event>& events, int width) {
  const std::vector<double> soft = Softened(labels, events, width);
  std::vector<double> peaks;
  for (const auto& [first, last] : events) {
    peaks.push_back(Highest(score, first - width / 2, last + width / 2));
  }
  const double positives = std::accumulate(labels.begin(), labels.end(), 0.0);
  double hits = 0, grown = 0, before = 0, area = 0;
  int predicted = 0;
  for (const std::size_t row : Descending(score)) {
    hits += soft[row];
    grown += soft[row] * (1 - labels[row]);
    ++predicted;
    const auto seen =
        std::count_if(peaks.begin(), peaks.end(),
                      [&](double peak) { return peak >= score[row]; });
    const double recall = std::min(1.0, hits / (positives + grown / 2)) *
                          static_cast<double>(seen) /
                          static_cast<double>(peaks.size());
    area += (recall - before) * hits / predicted;
    before = recall;
  }
  return area;
}

}  // namespace

double AveragePrecision(const std::vector<double>& score,
                        const std::vector<int>& labels) {
  const std::vector<std::size_t> order = Descending(score);
  double hits = 0, counted = 0, area = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    hits += labels[order[i]];
    if (i + 1 < order.size() && score[order[i + 1]] == score[order[i]])
      continue;
    area += (hits - counted) * hits / static_cast<double>(i + 1);
    counted = hits;
  }
  return area / hits;
}

double VusPr(const std::vector<double>& score, const std::vector<int>& labels,
             int widest) {
  const std::vector<Event> events = EventsOf(labels);
  double sum = 0;
  for (int width = 0; width <= widest; ++width) {
    sum += AreaOf(score, labels, events, width);
  }
  return sum / (widest + 1);
}

double EventRecall(const std::vector<double>& score,
                   const std::vector<int>& labels, double share) {
  std::vector<double> normal;
  int since = kShoulder;
  for (std::size_t i = 0; i < score.size(); ++i) {
    since = labels[i] == 0 ? since + 1 : 0;
    if (since > kShoulder) normal.push_back(score[i]);
  }
  std::sort(normal.begin(), normal.end(), std::greater<>());
  const double cut = normal[static_cast<std::size_t>(
      share * static_cast<double>(normal.size()))];
  const std::vector<Event> events = EventsOf(labels);
  const auto found =
      std::count_if(events.begin(), events.end(), [&](const Event& event) {
        return Highest(score, event.first, event.second) > cut;
      });
  return static_cast<double>(found) / static_cast<double>(events.size());
}

}  // namespace selfheal::testing
