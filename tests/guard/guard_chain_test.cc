// budget: one table of what each guard stops, a row a guard
#include "guard/guard_chain.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <stdexcept>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

using Names = std::vector<std::string>;

std::string Reasons(const Verdict& verdict) {
  std::string text;
  for (const Finding& finding : verdict.findings) {
    text += finding.guard + ": " + std::string(FindingName(finding.outcome)) +
            ": " + finding.reason + "\n";
  }
  return text;
}

TEST(GuardChain, AllowsEverySoundScene) {
  for (const Scene scene : kAllScenes) {
    GuardWorld world(scene);
    GuardResult result = world.Check();
    EXPECT_EQ(result.verdict.outcome, FindingOutcome::kAllow)
        << static_cast<int>(scene) << "\n"
        << Reasons(result.verdict);
    ASSERT_TRUE(result.permit.has_value());
    EXPECT_EQ(result.permit->purpose().intent_id, "intent");
    EXPECT_EQ(UidOf(result.permit->mutation()), UidOf(world.mutation));
    EXPECT_EQ(result.permit->request(), world.Request().request);
    EXPECT_EQ(result.permit->issued_at(), world.now());
    EXPECT_EQ(result.permit->deadline(), world.now() + seconds(10));
  }
}

TEST(GuardChain, EveryFindingHasItsGuardAndASentence) {
  GuardWorld world(Scene::kCanary);
  const Verdict verdict = world.Preview();
  ASSERT_EQ(verdict.findings.size(), AllGuards().size());
  std::set<std::string> names;
  for (std::size_t i = 0; i < verdict.findings.size(); ++i) {
    EXPECT_EQ(verdict.findings[i].guard, AllGuards()[i].name);
    EXPECT_FALSE(verdict.findings[i].reason.empty());
    names.insert(verdict.findings[i].guard);
  }
  EXPECT_EQ(names.size(), AllGuards().size());
}

/// One spoiled thing a guard, chosen so that no other guard objects: were the
/// guard deleted, the action would go ahead.
const std::map<std::string, std::function<void(GuardWorld&)>>& Spoilers() {
  static const std::map<std::string, std::function<void(GuardWorld&)>> map = {
      {"kill_switch", [](GuardWorld& w) { w.switches.TurnOn("process"); }},
      {"clock",
       [](GuardWorld& w) { w.surroundings.state.clock.wall = seconds(31); }},
      {"namespaces", [](GuardWorld& w) { w.policy.namespaces = {"other"}; }},
      {"rights",
       [](GuardWorld& w) {
         w.surroundings.state.missing_rights = {{ActionKind::kRollingRestart,
                                                 {.verb = "create",
                                                  .group = "",
                                                  .resource = "pods",
                                                  .subresource = "eviction",
                                                  .ns = "shop"}}};
       }},
      {"protected",
       [](GuardWorld& w) { w.policy.guards.excluded_namespaces = {"shop"}; }},
      {"opt_out",
       [](GuardWorld& w) {
         w.EditWorkload([](ClusterObject& o) {
           o.labels["selfheal.dev/enabled"] = "false";
         });
       }},
      {"plan", [](GuardWorld& w) { w.purpose.plan_hash = "another"; }},
      {"identity",
       [](GuardWorld& w) {
         w.EditWorkload([](ClusterObject& o) { o.deleting = true; });
       }},
      {"confirmation",
       [](GuardWorld& w) {
         w.incident.assessment->outcome = Judgement::kInconclusive;
       }},
      {"freshness",
       [](GuardWorld& w) {
         w.evidence.at = w.now() - seconds(301);
         w.assessed_at = w.evidence.at;
       }},
      {"blind", [](GuardWorld& w) { w.policy.guards.require_watchdog = true; }},
      {"storm",
       [](GuardWorld& w) {
         for (int i = 0; i < 5; ++i) {
           w.history.state.episodes.push_back(
               {{ObjectKind::kDeployment, "ns" + std::to_string(i), "x"},
                w.now()});
         }
       }},
      {"breaker",
       [](GuardWorld& w) {
         w.history.state.breakers = {{"global", w.now(), "why", {}}};
       }},
      {"in_flight",
       [](GuardWorld& w) {
         ActionRow row;
         row.target = {ObjectKind::kDeployment, "shop", "other"};
         row.kind = ActionKind::kScaleOut;
         row.started_at = w.now() - seconds(10);
         w.history.state.actions = {row};
       }},
      {"cooldown",
       [](GuardWorld& w) {
         ActionRow row;
         row.target = w.deployment;
         row.kind = ActionKind::kScaleOut;
         row.runbook = "other";
         row.started_at = w.now() - seconds(400);
         row.finished_at = w.now() - seconds(299);
         row.result = ActionResult::kMitigated;
         w.history.state.actions = {row};
       }},
      {"restarts",
       [](GuardWorld& w) {
         for (int i = 1; i <= 3; ++i) {
           ActionRow row;
           row.target = w.deployment;
           row.kind = ActionKind::kRestartPod;
           row.runbook = "other";
           row.started_at = w.now() - seconds(900) * i;
           row.finished_at = row.started_at;
           row.result = ActionResult::kMitigated;
           w.history.state.actions.push_back(row);
         }
       }},
      {"rate",
       [](GuardWorld& w) {
         for (int i = 1; i <= 3; ++i) {
           ActionRow row;
           row.target = {ObjectKind::kDeployment, "elsewhere", "x"};
           row.kind = ActionKind::kScaleOut;
           row.started_at = w.now() - seconds(100) * i;
           row.finished_at = row.started_at;
           row.result = ActionResult::kMitigated;
           w.history.state.actions.push_back(row);
         }
       }},
      {"same_runbook",
       [](GuardWorld& w) {
         for (int i = 5; i <= 6; ++i) {
           ActionRow row;
           row.target = w.deployment;
           row.kind = ActionKind::kRollingRestart;
           row.runbook = w.runbook.name;
           row.started_at = w.now() - seconds(3600) * i;
           row.finished_at = row.started_at;
           row.result = ActionResult::kNotMitigated;
           w.history.state.actions.push_back(row);
         }
       }},
      {"scale_limits",
       [](GuardWorld& w) { w.policy.guards.scale.percent = 1; }},
      {"availability",
       [](GuardWorld& w) {
         for (std::size_t i = 2; i < w.pods.size(); ++i) {
           w.cluster.Edit(w.pods[i], [](ClusterObject& o) {
             std::get<PodState>(o.state).ready = false;
           });
         }
       }},
      {"rollout",
       [](GuardWorld& w) {
         w.EditWorkload([](ClusterObject& o) {
           std::get<WorkloadState>(o.state).paused = true;
         });
       }},
      {"revisions",
       [](GuardWorld& w) {
         ObjectRef old = w.replica_set;
         old.name = "cart-old";
         w.cluster.Edit(old, [](ClusterObject& o) {
           std::get<WorkloadState>(o.state).revision = "5";
         });
       }},
      {"memory_limits",
       [](GuardWorld& w) { w.plan.steps.front().action = SetResources{49}; }},
      {"gitops",
       [](GuardWorld& w) {
         w.EditWorkload([](ClusterObject& o) {
           o.annotations["argocd.argoproj.io/tracking-id"] =
               "shop:apps/Deployment:shop/cart";
         });
       }},
      {"approval",
       [](GuardWorld& w) { w.runbook.guards.require_approval = true; }},
  };
  return map;
}

TEST(GuardChain, EachGuardAloneStopsSomething) {
  for (const GuardEntry& guard : AllGuards()) {
    const std::string name(guard.name);
    if (name.find("node") != name.npos) continue;  // node_guards_test.cc
    const auto spoiler = Spoilers().find(name);
    ASSERT_NE(spoiler, Spoilers().end()) << name << " has no case";
    Scene scene = Scene::kCanary;
    if (name == "scale_limits") scene = Scene::kScale;
    if (name == "revisions" || name == "gitops") scene = Scene::kRollback;
    if (name == "memory_limits") scene = Scene::kMemory;
    GuardWorld world(scene);
    spoiler->second(world);
    EXPECT_EQ(world.Objections(), Names{name}) << Reasons(world.Preview());

    // The same chain without this guard lets it through: the guard counts.
    std::vector<GuardEntry> others;
    for (const GuardEntry& other : AllGuards()) {
      if (other.name != guard.name) others.push_back(other);
    }
    EXPECT_EQ(world.PreviewWith(others).outcome, FindingOutcome::kAllow)
        << name;
    EXPECT_FALSE(world.Check().permit.has_value()) << name;
  }
}

TEST(GuardChain, NoGuardsDeny) {
  GuardWorld world(Scene::kCanary);
  EXPECT_EQ(world.PreviewWith({}).outcome, FindingOutcome::kDeny);
  GuardChain empty(
      world.policy,
      {world.cluster, world.history, world.switches, world.surroundings},
      world.clock, {});
  EXPECT_FALSE(empty.Check(world.Request()).permit.has_value());
}

TEST(GuardChain, AGuardThatThrowsDenies) {
  GuardWorld world(Scene::kCanary);
  const GuardEntry table[] = {
      {"throws",
       [](const GuardInput&) -> Finding { throw std::runtime_error("boom"); }},
      {"throws_int", [](const GuardInput&) -> Finding { throw 7; }},
      {"allows", [](const GuardInput&) { return Allow("fine"); }}};
  const Verdict verdict = world.PreviewWith(table);
  EXPECT_EQ(verdict.outcome, FindingOutcome::kDeny);
  ASSERT_EQ(verdict.findings.size(), 3u);
  EXPECT_EQ(verdict.findings[0].reason, "the guard failed: boom");
  EXPECT_EQ(verdict.findings[1].outcome, FindingOutcome::kDeny);
  EXPECT_FALSE(verdict.retry_at.has_value());
}

TEST(GuardChain, NoPermitWhereTheProductMustNotAct) {
  GuardWorld world(Scene::kCanary);
  world.policy.dry_run = true;
  GuardResult dry = world.Check();
  EXPECT_EQ(dry.verdict.outcome, FindingOutcome::kAllow);
  EXPECT_FALSE(dry.permit.has_value());
  world.policy.dry_run = false;
  world.policy.enabled = false;
  EXPECT_FALSE(world.Check().permit.has_value());
}

TEST(GuardChain, RetryOnlyWhereEveryDenialWaits) {
  GuardWorld world(Scene::kCanary);
  Spoilers().at("in_flight")(world);
  Verdict verdict = world.Preview();
  ASSERT_TRUE(verdict.retry_at.has_value());
  EXPECT_EQ(*verdict.retry_at, world.now() + seconds(5));
  world.EditWorkload(
      [](ClusterObject& o) { std::get<WorkloadState>(o.state).updated = 2; });
  verdict = world.Preview();
  ASSERT_TRUE(verdict.retry_at.has_value());
  EXPECT_EQ(*verdict.retry_at, world.now() + seconds(10));  // The latest.
  world.switches.TurnOn("file");
  EXPECT_FALSE(world.Preview().retry_at.has_value());
}

TEST(GuardChain, ApprovalNeverOutweighsADenial) {
  GuardWorld world(Scene::kCanary);
  world.runbook.guards.require_approval = true;
  EXPECT_EQ(world.Preview().outcome, FindingOutcome::kNeedsApproval);
  world.switches.TurnOn("file");
  EXPECT_EQ(world.Preview().outcome, FindingOutcome::kDeny);
}

TEST(GuardChain, StormOpensTheGlobalBreakerOnce) {
  GuardWorld world(Scene::kCanary);
  Spoilers().at("storm")(world);
  EXPECT_TRUE(world.history.state.breakers.empty());
  static_cast<void>(world.Preview());
  EXPECT_TRUE(world.history.state.breakers.empty())
      << "a preview has no effect";
  static_cast<void>(world.Check());
  ASSERT_EQ(world.history.state.breakers.size(), 1u);
  const BreakerRow row = world.history.state.breakers[0];
  EXPECT_EQ(row.scope, "global");
  EXPECT_EQ(row.closes_at, world.now() + seconds(1800));

  // A second trip on the same day is closed by a person alone.
  world.history.state.breakers.clear();
  world.history.state.last_storm = world.now() - seconds(3600);
  static_cast<void>(world.Check());
  ASSERT_EQ(world.history.state.breakers.size(), 1u);
  EXPECT_FALSE(world.history.state.breakers[0].closes_at.has_value());
}

TEST(GuardChain, AStormDeniesEvenIfItsBreakerCantBeWritten) {
  GuardWorld world(Scene::kCanary);
  Spoilers().at("storm")(world);
  world.history.write_fault = Error{Code::kUnavailable, "disk full"};
  const GuardResult result = world.Check();
  EXPECT_EQ(result.verdict.outcome, FindingOutcome::kDeny);
  EXPECT_NE(Reasons(result.verdict).find("disk full"), std::string::npos);
}

TEST(GuardChain, BudgetsOfThePermitAreTightenedByTheRunbookOnly) {
  GuardWorld world(Scene::kCanary);
  world.runbook.guards.cooldown = seconds(900);
  world.runbook.guards.max_restarts_per_hour = 1;
  Budgets budgets = world.Check().permit->budgets();
  EXPECT_EQ(budgets.cooldown, seconds(900));
  EXPECT_EQ(budgets.scale_cooldown, seconds(900));
  EXPECT_EQ(budgets.max_restarts_per_hour, 1);
  world.runbook.guards.cooldown = seconds(1);
  world.runbook.guards.max_restarts_per_hour = 99;
  world.policy.guards.max_actions_in_flight = 50;
  budgets = world.Check().permit->budgets();
  EXPECT_EQ(budgets.cooldown, seconds(300));
  EXPECT_EQ(budgets.scale_cooldown, seconds(180));
  EXPECT_EQ(budgets.max_restarts_per_hour, 3);
  EXPECT_EQ(budgets.max_in_flight, 3);
}

TEST(GuardChain, AFactThatFailsDenies) {
  const Error down{Code::kUnavailable, "connection refused"};
  for (const Scene scene : kAllScenes) {
    GuardWorld all(scene);
    all.cluster.FailAll(down);
    EXPECT_FALSE(all.Check().permit.has_value());
    EXPECT_FALSE(all.Preview().retry_at.has_value());
    GuardWorld store(scene);
    store.history.fault = down;
    EXPECT_FALSE(store.Check().permit.has_value());
    for (const ObjectRef& ref : {store.ns, store.deployment}) {
      GuardWorld world(scene);
      world.cluster.FailGet(ref, down);
      const GuardResult result = world.Check();
      EXPECT_FALSE(result.permit.has_value()) << ToString(ref);
      EXPECT_NE(Reasons(result.verdict).find("connection refused"),
                std::string::npos);
    }
  }
}

TEST(GuardChain, AListThatFailsDeniesWhereItIsNeeded) {
  const Error down{Code::kUnavailable, "connection refused"};
  for (const ObjectKind kind :
       {ObjectKind::kPod, ObjectKind::kPodDisruptionBudget}) {
    for (const Scene scene : {Scene::kRestartPod, Scene::kCanary, Scene::kWhole,
                              Scene::kUndoRestart}) {
      GuardWorld world(scene);
      world.cluster.FailList(kind, down);
      EXPECT_FALSE(world.Check().permit.has_value());
    }
  }
  for (const Scene scene : {Scene::kScale, Scene::kScaleHpa, Scene::kUndoHpa}) {
    GuardWorld world(scene);
    world.cluster.FailList(ObjectKind::kHorizontalPodAutoscaler, down);
    EXPECT_FALSE(world.Check().permit.has_value());
  }
}

TEST(GuardChain, NullPartsOfARequestDeny) {
  for (const Scene scene : kAllScenes) {
    GuardWorld world(scene);
    const bool undo = IsUndoScene(scene);
    GuardChain chain(
        world.policy,
        {world.cluster, world.history, world.switches, world.surroundings},
        world.clock);
    for (int part = 0; part < 5; ++part) {
      GuardRequest request = world.Request();
      if (part == 0) request.incident = nullptr;
      if (part == 1) request.rule = nullptr;
      if (part == 2) request.runbook = nullptr;
      if (part == 3) request.plan = nullptr;
      if (part == 4) request.evidence = nullptr;
      // What took an action back needs neither rule nor evidence, nor a
      // runbook.
      const bool needed = !undo || part == 0 || part == 3;
      EXPECT_EQ(chain.Check(request).permit.has_value(), !needed) << part;
    }
  }
}

TEST(GuardChain, ReadsFewObjects) {
  for (const Scene scene : kAllScenes) {
    GuardWorld world(scene);
    static_cast<void>(world.Preview());
    EXPECT_LE(world.cluster.reads(), 8);
  }
}

TEST(Combine, TakesTheStrictest) {
  const Time now{};
  EXPECT_EQ(Combine({}, now).outcome, FindingOutcome::kDeny);
  EXPECT_EQ(Combine({Allow("a")}, now).outcome, FindingOutcome::kAllow);
  Finding ask = Allow("b");
  ask.outcome = FindingOutcome::kNeedsApproval;
  EXPECT_EQ(Combine({Allow("a"), ask}, now).outcome,
            FindingOutcome::kNeedsApproval);
  EXPECT_EQ(Combine({ask, Deny("c")}, now).outcome, FindingOutcome::kDeny);
  EXPECT_FALSE(Combine({Wait("d", now), Deny("c")}, now).retry_at.has_value());
}

}  // namespace
}  // namespace selfheal::guard
