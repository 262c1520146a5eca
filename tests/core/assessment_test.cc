#include "core/assessment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace selfheal {
namespace {

using Names = std::vector<std::string>;

Assessment Whole() {
  Assessment out;
  out.factors = {{"memory", 6.1}};
  out.forecast.emplace();
  out.forecast->component = "memory";
  out.members = {{"forest", 0.7}, {"nearest", std::nan("")}};
  out.reasons = {"memory rises"};
  return out;
}

TEST(Differences, OfTheSameAreNone) {
  EXPECT_EQ(Differences(Whole(), Whole()), Names());
}

TEST(Differences, NameTheFieldOfOneBit) {
  struct Case {
    const char* name;
    std::function<void(Assessment&)> alter;
  };
  const auto next = [](double value) { return std::nextafter(value, 1e9); };
  for (const Case& one : std::vector<Case>{
           {"outcome", [](auto& a) { a.outcome = Judgement::kConfirmed; }},
           {"score", [&](auto& a) { a.score = next(a.score); }},
           {"score", [](auto& a) { a.score = -0.0; }},
           {"statistic", [&](auto& a) { a.statistic = next(a.statistic); }},
           {"confidence", [&](auto& a) { a.confidence = next(a.confidence); }},
           {"factors", [&](auto& a) { a.factors[0].contribution = next(6.1); }},
           {"factors", [](auto& a) { a.factors[0].metric = "cpu"; }},
           {"factors", [](auto& a) { a.factors.clear(); }},
           {"forecast", [](auto& a) { a.forecast.reset(); }},
           {"forecast", [](auto& a) { a.forecast->eta = seconds(1); }},
           {"forecast", [&](auto& a) { a.forecast->probability = next(0); }},
           {"members", [&](auto& a) { a.members[0].second = next(0.7); }},
           {"members", [](auto& a) { a.members[1].second = 0; }},
           {"reasons", [](auto& a) { a.reasons[0] += "."; }},
           {"seed", [](auto& a) { ++a.seed; }},
           {"judge_version", [](auto& a) { a.judge_version = "9"; }}}) {
    Assessment other = Whole();
    one.alter(other);
    EXPECT_EQ(Differences(Whole(), other), Names{one.name});
  }
}

TEST(Differences, WhatIsNotFiniteHasOneForm) {
  Assessment infinite = Whole();
  infinite.members[1].second = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Differences(Whole(), infinite), Names());
}

}  // namespace
}  // namespace selfheal
