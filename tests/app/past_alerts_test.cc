#include "app/past_alerts.h"

#include <gtest/gtest.h>

#include "app/told_source.h"

namespace selfheal::testing {
namespace {

const Time kFrom = *ParseTime("2026-11-01T00:00:00Z");
constexpr std::chrono::hours kHour{1};
constexpr std::chrono::minutes kMinute{1};

struct Firing {
  std::string name;
  Time from;
  Time to;
};

/// Answers `ALERTS` with `all`; refuses pieces of more than `most` points.
ToldSource Remembers(std::vector<Firing> all, int most,
                     std::vector<RangeQuery>* asked) {
  return ToldSource([=](const RangeQuery& query) -> Result<QueryAnswer> {
    asked->push_back(query);
    if ((query.end - query.start) / query.step >= most) {
      return Error{Code::kResourceExhausted, "too much"};
    }
    QueryAnswer answer;
    for (const Firing& one : all) {
      Series series = Ones(query,
                           {{"__name__", "ALERTS"},
                            {"alertname", one.name},
                            {"alertstate", "firing"}},
                           one.from, one.to);
      if (!series.samples.empty()) answer.series.push_back(std::move(series));
    }
    return answer;
  });
}

std::vector<Alert> Read(MetricSource& source, Time to) {
  auto alerts = PastAlerts(source, kFrom, to, seconds(1),
                           [](std::size_t, std::size_t) {});
  EXPECT_TRUE(alerts.ok());
  return alerts.ok() ? *alerts : std::vector<Alert>();
}

TEST(PastAlerts, AnEpisodeOverThePiecesIsOne) {
  std::vector<RangeQuery> asked;
  const Time week = kFrom + 7 * 24 * kHour;
  ToldSource source =
      Remembers({{"Long", week - kHour, week + kHour}}, 11000, &asked);
  const auto alerts = Read(source, kFrom + 30 * 24 * kHour);
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].starts_at, week - kHour);
  EXPECT_EQ(alerts[0].ends_at, week + kHour);
  EXPECT_EQ(alerts[0].labels, (Labels{{"alertname", "Long"}}));
  EXPECT_EQ(asked.size(), 5u);
  for (std::size_t i = 1; i < asked.size(); ++i) {
    EXPECT_EQ(asked[i].start, asked[i - 1].end + asked[i].step);
  }
}

TEST(PastAlerts, APieceThatIsTooLargeIsHalved) {
  std::vector<RangeQuery> asked;
  ToldSource source =
      Remembers({{"A", kFrom + kHour, kFrom + 2 * kHour}}, 400, &asked);
  EXPECT_EQ(Read(source, kFrom + 24 * kHour).size(), 1u);
  ToldSource never = Remembers({}, 1, &asked);
  const auto refused = PastAlerts(never, kFrom, kFrom + kHour, seconds(1),
                                  [](std::size_t, std::size_t) {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kResourceExhausted);
}

TEST(PastAlerts, WhatFiredBeforeIsNotNewAndWhatGoesOnHasNoEnd) {
  std::vector<RangeQuery> asked;
  const Time to = kFrom + 4 * kHour;
  ToldSource source =
      Remembers({{"Before", kFrom - kHour, kFrom + kHour},
                 {"Twice", kFrom + kHour, kFrom + kHour + 5 * kMinute},
                 {"Twice", kFrom + 2 * kHour, kFrom + 2 * kHour + kMinute},
                 {"Still", kFrom + 3 * kHour, to + kHour}},
                11000, &asked);
  const auto alerts = Read(source, to);
  ASSERT_EQ(alerts.size(), 3u);
  EXPECT_EQ(AlertName(alerts[0]), "Twice");
  EXPECT_EQ(alerts[1].starts_at, kFrom + 2 * kHour);
  EXPECT_EQ(alerts[1].ends_at, kFrom + 2 * kHour + kMinute);
  EXPECT_EQ(AlertName(alerts[2]), "Still");
  EXPECT_FALSE(alerts[2].ends_at);
}

}  // namespace
}  // namespace selfheal::testing
