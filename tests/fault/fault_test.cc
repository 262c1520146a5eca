// Every call through a port goes wrong once: fails, or is the last thing that
// the process does, before or after its effect. Never an action without an
// intent, never two, and always an end.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "sim/pipeline/stories.h"

namespace selfheal::testing {
namespace {

constexpr seconds kLimit{2 * 3600};

/// A judge that takes a twentieth of the time; it decides the same here.
std::string Describe(Pipeline& pipeline) {
  std::string text;
  for (const Incident& incident : pipeline.All()) {
    text +=
        std::string(PhaseName(incident.phase)) + ": " + incident.reason + "\n";
    for (const Execution& e : incident.executions) {
      text += "  " + e.phase + " #" + std::to_string(e.attempt) + " " +
              (e.outcome ? std::string(OutcomeName(*e.outcome)) : "open") +
              ": " + e.detail + "\n";
    }
  }
  return text;
}

/// Watches what reaches the API server while a story is told.
class Watcher {
 public:
  explicit Watcher(Pipeline& pipeline) : pipeline_(pipeline) {
    pipeline.cluster.on_apply = [this](const WireRequest& request) {
      const auto intents = pipeline_.store.state().intents;
      const auto written = std::count_if(
          intents.begin(), intents.end(), [&](const StoredIntent& intent) {
            return intent.request == request && !intent.outcome;
          });
      if (written == 0) ++without_intent_;
    };
  }

  void Check(Story story) const {
    EXPECT_EQ(without_intent_, 0) << "an action without an intent";
    std::set<std::string> bodies;
    for (const WireRequest& request : pipeline_.cluster.accepted()) {
      EXPECT_TRUE(bodies.insert(request.path + request.body).second)
          << "twice: " << request.path;
    }
    // An undo adds one at most; nothing else may.
    EXPECT_LE(bodies.size(), static_cast<std::size_t>(MutationsOf(story)) + 1);
    std::set<std::string> uids;
    for (const StoredIntent& intent : pipeline_.store.state().intents) {
      uids.insert(intent.purpose.intent_id);
    }
    EXPECT_EQ(uids.size(), pipeline_.store.state().intents.size());
    for (const ActionRow& row : pipeline_.store.state().actions) {
      EXPECT_NE(row.result, ActionResult::kInFlight) << "a slot is held";
    }
  }

 private:
  Pipeline& pipeline_;
  int without_intent_ = 0;
};

TEST(Fault, WithoutFaultsEachStoryEndsWell) {
  for (const Story story : kStories) {
    Pipeline pipeline(QuickConfig());
    Watcher watcher(pipeline);
    Begin(pipeline, story);
    EXPECT_TRUE(pipeline.Run(kLimit)) << Describe(pipeline);
    EXPECT_EQ(pipeline.Only().phase, Phase::kMitigated) << Describe(pipeline);
    EXPECT_EQ(pipeline.cluster.accepted().size(),
              static_cast<std::size_t>(MutationsOf(story)));
    watcher.Check(story);
  }
}

/// The calls of a story without faults, counted from its alert on.
int CallsOf(Story story) {
  Pipeline pipeline(QuickConfig());
  Begin(pipeline, story);
  const int before = pipeline.gate.calls();
  EXPECT_TRUE(pipeline.Run(kLimit));
  return pipeline.gate.calls() - before;
}

using Call = std::tuple<Story, Gate::Mode>;

class FaultAt : public ::testing::TestWithParam<Call> {};

TEST_P(FaultAt, EveryCallOfThePorts) {
  const auto [story, mode] = GetParam();
  const int calls = CallsOf(story);
  ASSERT_GT(calls, 10);
  // All of the way to the first request; then waiting repeats itself.
  for (int n = 1; n <= calls; n += kCallStride * (n < 50 ? 1 : 11)) {
    Pipeline pipeline(QuickConfig());
    Watcher watcher(pipeline);
    Begin(pipeline, story);
    pipeline.gate.Arm(mode, n);
    EXPECT_TRUE(pipeline.Run(kLimit));
    watcher.Check(story);
    ASSERT_FALSE(HasFailure()) << "call " << n << "\n" << Describe(pipeline);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Ports, FaultAt,
    ::testing::Combine(::testing::ValuesIn(kStories),
                       ::testing::Values(Gate::Mode::kFail,
                                         Gate::Mode::kDieBefore,
                                         Gate::Mode::kDieAfter)));

/// Fails, or has its effect (at once, or with the next write) and says that it
/// failed.
enum class StoreFault { kFails, kAnswerLost, kLate };

class StoreFaultAt
    : public ::testing::TestWithParam<std::tuple<Story, StoreFault>> {};

TEST_P(StoreFaultAt, EveryCallOfTheStore) {
  const auto [story, fault] = GetParam();
  int calls = 0;
  {
    Pipeline pipeline(QuickConfig());
    Begin(pipeline, story);
    const int before = pipeline.store.calls();
    EXPECT_TRUE(pipeline.Run(kLimit));
    calls = pipeline.store.calls() - before;
  }
  for (int n = 1; n <= calls; n += kCallStride * (n < 40 ? 1 : 11)) {
    Pipeline pipeline(QuickConfig());
    Watcher watcher(pipeline);
    Begin(pipeline, story);
    if (fault == StoreFault::kFails) pipeline.store.FailCall(n);
    if (fault == StoreFault::kAnswerLost) pipeline.store.LoseAnswer(n);
    if (fault == StoreFault::kLate) pipeline.store.CommitLate(n);
    EXPECT_TRUE(pipeline.Run(kLimit));
    watcher.Check(story);
    ASSERT_FALSE(HasFailure()) << "call " << n << "\n" << Describe(pipeline);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Store, StoreFaultAt,
    ::testing::Combine(::testing::ValuesIn(kStories),
                       ::testing::Values(StoreFault::kFails,
                                         StoreFault::kAnswerLost,
                                         StoreFault::kLate)));

/// Whatever becomes of a mutating request, it is never sent with a refreshed
/// precondition while its outcome is unknown.
TEST(Fault, EveryTroubleOfEveryMutatingRequest) {
  using Trouble = SimCluster::Trouble;
  for (const Story story : kStories) {
    for (const Trouble trouble :
         {Trouble::kSwallow, Trouble::kDrop, Trouble::kConflict,
          Trouble::kNotSent, Trouble::kRefuse}) {
      for (int nth = 0; nth < MutationsOf(story); ++nth) {
        Pipeline pipeline(QuickConfig());
        Watcher watcher(pipeline);
        Begin(pipeline, story);
        pipeline.cluster.troubles.assign(static_cast<std::size_t>(nth),
                                         Trouble::kNone);
        pipeline.cluster.troubles.push_back(trouble);
        EXPECT_TRUE(pipeline.Run(kLimit)) << Describe(pipeline);
        watcher.Check(story);
        const bool ends_well = trouble != Trouble::kRefuse;
        EXPECT_EQ(pipeline.Only().phase,
                  ends_well ? Phase::kMitigated : Phase::kEscalated)
            << static_cast<int>(story) << " " << static_cast<int>(trouble)
            << " " << nth << "\n"
            << Describe(pipeline);
      }
    }
  }
}

}  // namespace
}  // namespace selfheal::testing
