#include "execute/executor.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_audit_store.h"
#include "tests/support/guard_world.h"

namespace selfheal {
namespace {

using guard::GuardWorld;
using guard::Scene;

class ExecutorTest : public ::testing::Test {
 protected:
  Intent Make(GuardWorld& world) {
    auto permit = std::move(world.Check().permit);
    auto intent = audit_.RecordIntent(std::move(*permit), world.incident, {});
    audit_.intents.clear();
    return *std::move(intent);
  }
  RunResult Run(Scene scene, ApplyReply reply) {
    GuardWorld world(scene);
    const Intent intent = Make(world);
    client_.replies = {std::move(reply)};
    Executor executor(client_, world.cluster,
                      [this](const Intent&) { return last_metre_; });
    return executor.Run(intent);
  }

  testing::FakeClusterClient client_;
  testing::FakeAuditStore audit_;
  Result<void> last_metre_;
};

TEST_F(ExecutorTest, SendsTheStoredBytesOnce) {
  GuardWorld world(Scene::kScale);
  const Intent intent = Make(world);
  Executor executor(client_, world.cluster,
                    [](const Intent&) { return Result<void>(); });
  EXPECT_EQ(executor.Run(intent).outcome, ExecutionOutcome::kApplied);
  ASSERT_EQ(client_.sent.size(), 1u);
  EXPECT_EQ(client_.sent[0], intent.request());
}

TEST_F(ExecutorTest, WhatTheLastMetreRefusesIsNeverSent) {
  for (const auto& [code, stale] : {std::pair(Code::kAborted, true),
                                    std::pair(Code::kPermissionDenied, false),
                                    std::pair(Code::kUnavailable, false)}) {
    last_metre_ = Error{code, "no"};
    const RunResult result =
        Run(Scene::kScale, {ApplyResult::kApplied, 200, "ok"});
    EXPECT_EQ(result.outcome, ExecutionOutcome::kRefused);
    EXPECT_EQ(result.stale, stale);
    EXPECT_NE(result.detail.find("last metre"), std::string::npos);
  }
  EXPECT_TRUE(client_.sent.empty());
}

TEST_F(ExecutorTest, ClassifiesEveryAnswer) {
  const struct {
    Scene scene;
    ApplyResult answer;
    ExecutionOutcome outcome;
    bool stale;
  } cases[] = {
      {Scene::kScale, ApplyResult::kApplied, ExecutionOutcome::kApplied, false},
      {Scene::kScale, ApplyResult::kGone, ExecutionOutcome::kRefused, false},
      {Scene::kCanary, ApplyResult::kGone, ExecutionOutcome::kAlreadyTrue,
       false},
      {Scene::kRestartPod, ApplyResult::kGone, ExecutionOutcome::kAlreadyTrue,
       false},
      {Scene::kScale, ApplyResult::kConflict, ExecutionOutcome::kRefused, true},
      {Scene::kScale, ApplyResult::kNotSent, ExecutionOutcome::kRefused, true},
      {Scene::kScale, ApplyResult::kRefused, ExecutionOutcome::kRefused, false},
      {Scene::kScale, ApplyResult::kUnknown, ExecutionOutcome::kUnknown,
       false}};
  for (const auto& c : cases) {
    const RunResult result = Run(c.scene, {c.answer, 0, "why"});
    EXPECT_EQ(result.outcome, c.outcome) << static_cast<int>(c.answer);
    EXPECT_EQ(result.stale, c.stale) << static_cast<int>(c.answer);
  }
}

TEST_F(ExecutorTest, ResolvesByTheObjectAlone) {
  GuardWorld world(Scene::kScale);
  Executor executor(client_, world.cluster,
                    [](const Intent&) { return Result<void>(); });
  const Mutation mutation = world.mutation;
  EXPECT_EQ(executor.Resolve(mutation).outcome, ExecutionOutcome::kRefused)
      << "the resourceVersion is still the one of the intent";
  world.EditWorkload([](ClusterObject& o) {
    o.resource_version = "9999";
    std::get<WorkloadState>(o.state).replicas = 6;
  });
  EXPECT_EQ(executor.Resolve(mutation).outcome, ExecutionOutcome::kApplied);
  world.EditWorkload(
      [](ClusterObject& o) { std::get<WorkloadState>(o.state).replicas = 5; });
  const auto other = executor.Resolve(mutation);
  EXPECT_EQ(other.outcome, ExecutionOutcome::kUnknown);
  EXPECT_TRUE(other.readable);
  world.cluster.FailGet(world.deployment, {Code::kUnavailable, "down"});
  EXPECT_FALSE(executor.Resolve(mutation).readable);
}

TEST_F(ExecutorTest, AnObjectThatIsGoneIsReadable) {
  GuardWorld world(Scene::kCanary);
  Executor executor(client_, world.cluster,
                    [](const Intent&) { return Result<void>(); });
  const Mutation mutation = world.mutation;
  world.cluster.Remove(ObjectOf(mutation));
  const auto found = executor.Resolve(mutation);
  EXPECT_TRUE(found.readable);
  EXPECT_EQ(found.outcome, ExecutionOutcome::kApplied);
}

}  // namespace
}  // namespace selfheal
