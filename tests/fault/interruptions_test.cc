// What comes between the parts of a step: it ends, tells a person where
// something is left half done, and holds no budget afterwards.
#include <gtest/gtest.h>

#include "sim/pipeline/stories.h"

namespace selfheal::testing {
namespace {

constexpr seconds kLimit{2 * 3600};

void ExpectNothingIsHeld(Pipeline& pipeline) {
  for (const ActionRow& row : pipeline.store.state().actions) {
    EXPECT_NE(row.result, ActionResult::kInFlight) << row.action_id;
  }
}

/// The canary of a leak is applied; then `change`, once.
void AfterTheCanary(Pipeline& pipeline, std::function<void()> change) {
  pipeline.on_round = [&pipeline, change, done = false]() mutable {
    if (done || pipeline.cluster.accepted().empty()) return;
    done = true;
    change();
  };
  Begin(pipeline, Story::kLeak);
  EXPECT_TRUE(pipeline.Run(kLimit));
}

TEST(Interruptions, DryRunInTheMiddleOfAStepEndsItAndTellsAPerson) {
  Pipeline pipeline(QuickConfig());
  AfterTheCanary(pipeline, [&] { pipeline.config.dry_run = true; });
  EXPECT_EQ(pipeline.cluster.accepted().size(), 1u);
  EXPECT_EQ(pipeline.Only().phase, Phase::kEscalated);
  EXPECT_EQ(pipeline.Only().reason,
            "dry_run is true: the rest of the step is not sent");
  EXPECT_FALSE(pipeline.store.state().breakers.empty());
  ExpectNothingIsHeld(pipeline);
}

TEST(Interruptions, DisabledInTheMiddleOfAStep) {
  Pipeline pipeline(QuickConfig());
  AfterTheCanary(pipeline, [&] { pipeline.config.enabled = false; });
  EXPECT_EQ(pipeline.cluster.accepted().size(), 1u);
  EXPECT_EQ(pipeline.Only().phase, Phase::kEscalated);
  ExpectNothingIsHeld(pipeline);
}

TEST(Interruptions, AClusterThatIsLostInTheMiddleOpensTheBreaker) {
  Pipeline pipeline(QuickConfig());
  AfterTheCanary(pipeline, [&] {
    pipeline.cluster.unlisted = Error{Code::kUnavailable, "503"};
  });
  EXPECT_EQ(pipeline.Only().phase, Phase::kEscalated);
  EXPECT_FALSE(pipeline.store.state().breakers.empty());
  ExpectNothingIsHeld(pipeline);
}

TEST(Interruptions, AClusterThatCannotBeListedForAPlanIsGivenUpInTime) {
  Pipeline pipeline(QuickConfig());
  Begin(pipeline, Story::kCrash);
  const Time begun = pipeline.clock.Now();
  pipeline.cluster.unlisted = Error{Code::kUnavailable, "503"};
  EXPECT_TRUE(pipeline.Run(kLimit));
  EXPECT_EQ(pipeline.Only().phase, Phase::kEscalated);
  EXPECT_LE(*pipeline.Only().closed_at - begun, seconds(60));
  EXPECT_TRUE(pipeline.cluster.accepted().empty());
}

TEST(Interruptions, ACanaryIsKnownByItsUidWhateverTheClocksSay) {
  Pipeline pipeline(QuickConfig());
  pipeline.cluster.clock_behind = seconds(20);
  Begin(pipeline, Story::kLeak);
  EXPECT_TRUE(pipeline.Run(kLimit));
  EXPECT_EQ(pipeline.Only().phase, Phase::kMitigated) << pipeline.Only().reason;
}

TEST(Interruptions, WhatIsOnlyTriedAsksNobody) {
  Config config = QuickConfig();
  config.dry_run = true;
  Pipeline pipeline(config);
  auto rules = std::make_shared<RuleSet>(*pipeline.rules);
  rules->runbooks.at("memory-leak").risk = Risk::kHigh;
  pipeline.rules = rules;
  Begin(pipeline, Story::kLeak);
  EXPECT_TRUE(pipeline.Run(kLimit));
  EXPECT_EQ(pipeline.Only().phase, Phase::kCancelled);
  EXPECT_FALSE(pipeline.Only().approval.has_value());
}

}  // namespace
}  // namespace selfheal::testing
