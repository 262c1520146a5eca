#include "assess/episodes.h"

#include <algorithm>
#include <cstddef>

#include "assess/robust.h"

namespace selfheal::assess {
namespace {

/// Robust deviations that make an episode, and at which it begins and ends.
constexpr double kPeak = 6;
constexpr double kEdge = 3;
/// More episodes than this are no exception.
constexpr std::size_t kMostEpisodes = 5;
/// An episode longer than this share of a day is a change of level: four
/// hours; one and a half where it is still going on at the end.
constexpr int kLongestPart = 6;
constexpr int kLongestPartAtEnd = 16;
/// A daily job may be this share of a day early or late: half an hour.
constexpr int kDayParts = 48;

/// Rows [first, last) whose highest value is `peak`, at row `top`; up to `core`
/// it is two thirds as high, now and then.
struct Episode {
  int first, last, top, core;
  double peak;
};

double HighestIn(const std::vector<double>& values, int first, int last) {
  return *std::max_element(values.begin() + first, values.begin() + last);
}

/// The run above `edge` that begins at `first`.
Episode EpisodeFrom(const std::vector<double>& values, int first, double edge,
                    double usual) {
  const auto value = [&values](int row) {
    return values[static_cast<std::size_t>(row)];
  };
  const int rows = static_cast<int>(values.size());
  Episode episode{first, first, first, first, value(first)};
  for (int& last = episode.last; last < rows && value(last) > edge; ++last) {
    if (value(last) > value(episode.top)) episode.top = last;
  }
  episode.peak = value(episode.top);
  for (int row = first; row < episode.last; ++row) {
    if (3 * (value(row) - usual) > 2 * (episode.peak - usual)) {
      episode.core = row + 1;
    }
  }
  return episode;
}

std::vector<Episode> FindEpisodes(const std::vector<double>& values,
                                  const Robust& usual) {
  const double edge = usual.center + kEdge * usual.scale;
  const double peak = usual.center + kPeak * usual.scale;
  std::vector<Episode> found;
  const int rows = static_cast<int>(values.size());
  for (int first = 0; first < rows; ++first) {
    if (values[static_cast<std::size_t>(first)] <= edge) continue;
    const Episode episode = EpisodeFrom(values, first, edge, usual.center);
    if (episode.peak > peak) found.push_back(episode);
    first = episode.last;
  }
  return found;
}

/// True where at least half of the other days are high at the same time.
bool ComesDaily(const std::vector<double>& values, const Episode& episode,
                double edge, int day) {
  if (day <= 0) return false;
  const int rows = static_cast<int>(values.size());
  const int slack = std::max(1, day / kDayParts);
  int days = 0;
  int high = 0;
  for (int at = episode.top % day; at < rows; at += day) {
    if (at == episode.top) continue;
    ++days;
    const int first = std::max(0, at - slack);
    const int last = std::min(rows, at + slack + 1);
    high += HighestIn(values, first, last) > edge ? 1 : 0;
  }
  return days > 0 && 2 * high >= days;
}

/// True for what may as well be a new level.
bool IsLevel(const Episode& episode, int rows, int day) {
  const int longest =
      day / (episode.last == rows ? kLongestPartAtEnd : kLongestPart);
  return day > 0 && episode.core - episode.first > longest;
}

}  // namespace

std::vector<bool> EarlierIncidents(const std::vector<double>& values,
                                   const EpisodeOptions& options) {
  std::vector<bool> held(values.size(), false);
  const Robust usual = RobustOf(values);
  if (!(usual.scale > 0)) return held;
  const double edge = usual.center + kEdge * usual.scale;
  std::vector<Episode> episodes = FindEpisodes(values, usual);
  const int day = options.rows_per_day;
  std::erase_if(episodes, [&](const Episode& episode) {
    return IsLevel(episode, static_cast<int>(values.size()), day) ||
           ComesDaily(values, episode, edge, day);
  });
  if (episodes.size() > kMostEpisodes) return held;
  std::stable_sort(
      episodes.begin(), episodes.end(),
      [](const Episode& a, const Episode& b) { return a.peak > b.peak; });
  double left =
      std::clamp(options.share, 0.0, 0.5) * static_cast<double>(values.size());
  for (const Episode& episode : episodes) {
    const int last =
        std::min(static_cast<int>(values.size()),
                 std::max(episode.last, episode.core + options.shoulder));
    left -= last - episode.first;
    if (left < 0) break;
    std::fill(held.begin() + episode.first, held.begin() + last, true);
  }
  return held;
}

}  // namespace selfheal::assess
