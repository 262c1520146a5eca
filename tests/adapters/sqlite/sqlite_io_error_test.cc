// Every write, sync and cut of the file fails once, or from then on, during
// every operation of the store: what it answered is there after reopening, what
// it refused may be asked again, and it goes on by itself.
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/sqlite_world.h"
#include "core/ids.h"
#include "support/faulty_disk.h"
#include "support/permits.h"

namespace selfheal::testing {
namespace {

using Fault = FaultyDisk::Fault;

const Time kThen{std::chrono::hours(24 * 365 * 50)};

Incident Cart() {
  Incident incident;
  incident.id = NewUlid(kThen);
  incident.target = {ObjectKind::kDeployment, "shop", "cart"};
  incident.opened_at = kThen;
  return incident;
}

/// What the operations below work on.
struct Scene {
  /// Stores it, while the disk is well.
  void Prepare() {
    IncidentUpdate update;
    update.incident = &incident;
    EXPECT_TRUE(store.Save(update).ok());
    EXPECT_TRUE(store.Append(OneAlert("first"), kThen).ok());
  }

  PermitRequest Request() const {
    PermitRequest request;
    request.purpose.incident_id = incident.id;
    request.purpose.action_id = "action";
    request.purpose.intent_id = "intent";
    request.purpose.phase = "apply";
    request.purpose.target = incident.target;
    request.purpose.runbook = "crash-loop";
    request.mutation =
        DeletePod{{ObjectKind::kPod, "shop", "cart-1"}, "uid-pod", "42"};
    request.request = {"DELETE", "/p", "application/json", "{}"};
    return request;
  }
  /// Records the intent of the incident, which executes from then on.
  Result<void> RecordIntent() {
    incident.phase = Phase::kExecuting;
    incident.executions.resize(1);
    incident.executions[0].intent_id = "intent";
    const auto intent =
        store.RecordIntent(MakePermit(Request(), clock), incident, {});
    return intent.ok() ? Result<void>() : intent.error();
  }
  /// Asks for an approval.
  Result<void> Ask() {
    incident.phase = Phase::kAwaitingApproval;
    incident.approval = Approval{};
    incident.approval->plan_hash = "hash";
    incident.approval->asked_at = kThen;
    incident.approval->expires_at = kThen + std::chrono::hours(1);
    IncidentUpdate update;
    update.incident = &incident;
    return store.Save(update);
  }

  SqlStore& store;
  Incident incident = Cart();
  SystemClock clock{};
};

struct Operation {
  std::string name;
  std::function<void(Scene&)> before;  ///< The disk is well.
  std::function<Result<void>(Scene&)> run;
  /// Whether its effect is there.
  std::function<bool(Scene&)> shows;
};

void PrintTo(const Operation& operation, std::ostream* out) {
  *out << operation.name;
}

template <typename T>
Result<void> Done(const Result<T>& result) {
  return result.ok() ? Result<void>() : result.error();
}

bool Tells(SqlStore& store, const std::string& reason) {
  const auto found = store.Find("");
  return found.ok() &&
         std::any_of(found->begin(), found->end(),
                     [&](const AuditRecord& r) { return r.reason == reason; });
}

std::size_t AlertsOf(SqlStore& store) {
  const auto page = store.List(AlertQuery{});
  return page.ok() ? page->items.size() : 0;
}

Result<void> Finish(Scene& scene) {
  scene.incident.phase = Phase::kEscalated;
  IncidentUpdate update;
  update.incident = &scene.incident;
  update.records = {SomeRecord("it ended")};
  update.outcomes = {{"intent", ExecutionOutcome::kApplied, "done"}};
  update.action_end = ActionEnd{"action", ActionResult::kFailed};
  return scene.store.Save(update);
}

bool IsFinished(Scene& scene) {
  const auto incident = scene.store.Load(scene.incident.id);
  const auto intents = scene.store.Intents(scene.incident.id);
  const auto state = scene.store.Recent(scene.clock.Now());
  const bool closed = incident.ok() && incident->phase == Phase::kEscalated &&
                      intents->at(0).outcome == ExecutionOutcome::kApplied &&
                      state->actions.at(0).result == ActionResult::kFailed;
  const bool open = incident.ok() && incident->phase == Phase::kExecuting &&
                    !intents->at(0).outcome &&
                    state->actions.at(0).result == ActionResult::kInFlight;
  EXPECT_TRUE(closed || open) << "whole or not at all";
  return closed;
}

bool HasIntent(Scene& scene) {
  const auto intents = scene.store.Intents(scene.incident.id);
  const auto incident = scene.store.Load(scene.incident.id);
  const bool there = intents.ok() && intents->size() == 1;
  EXPECT_EQ(there, incident.ok() && incident->phase == Phase::kExecuting);
  EXPECT_EQ(there, !scene.store.Recent(scene.clock.Now())->actions.empty());
  return there;
}

const Operation kOperations[] = {
    {"alerts", [](Scene&) {},
     [](Scene& s) { return Done(s.store.Append(OneAlert("second"), kThen)); },
     [](Scene& s) { return AlertsOf(s.store) == 2; }},
    {"links", [](Scene&) {},
     [](Scene& s) {
       return s.store.Link({{{1}, s.incident.id, {SomeRecord("joined")}}});
     },
     [](Scene& s) { return s.store.Uncorrelated(9)->empty(); }},
    {"audit", [](Scene&) {},
     [](Scene& s) {
       const AuditRecord record = SomeRecord("told");
       return s.store.Append(std::span(&record, 1));
     },
     [](Scene& s) { return Tells(s.store, "told"); }},
    {"evidence", [](Scene&) {},
     [](Scene& s) {
       KeptEvidence evidence;
       evidence.window.problems = {"none"};
       IncidentUpdate update;
       update.incident = &s.incident;
       update.evidence = &evidence;
       return s.store.Save(update);
     },
     [](Scene& s) { return s.store.Evidence(s.incident.id).ok(); }},
    {"intent", [](Scene&) {}, [](Scene& s) { return s.RecordIntent(); },
     HasIntent},
    {"outcome", [](Scene& s) { EXPECT_TRUE(s.RecordIntent().ok()); }, Finish,
     IsFinished},
    {"approval", [](Scene& s) { EXPECT_TRUE(s.Ask().ok()); },
     [](Scene& s) {
       return Done(
           s.store.Decide({s.incident.id, "hash", true, "alice", ""}, kThen));
     },
     [](Scene& s) {
       const auto incident = s.store.Load(s.incident.id);
       return incident.ok() &&
              incident->approval->state == ApprovalState::kGranted;
     }},
    {"breaker", [](Scene&) {},
     [](Scene& s) {
       return s.store.SetBreaker(
           {"global", BreakerRow{"global", kThen, "storm", std::nullopt},
            "storm"});
     },
     [](Scene& s) {
       return s.store.Recent(s.clock.Now())->breakers.size() == 1;
     }},
    {"kill_switch", [](Scene&) {},
     [](Scene& s) {
       return s.store.SetKillSwitch({true, "stop", "alice", kThen});
     },
     [](Scene& s) { return s.store.Recent(s.clock.Now())->kill_switch.on; }},
    {"heartbeat", [](Scene&) {},
     [](Scene& s) { return s.store.Beat(Heartbeat{}); },
     [](Scene& s) { return s.store.LastBeat()->has_value(); }},
};

/// Moving the log into the file is met by the faults too.
constexpr int kEachCommit = 1;

sql::WriterLimits Eager() {
  sql::WriterLimits limits = Patient();
  limits.probe = std::chrono::milliseconds(1);
  return limits;
}

/// Waits until the store takes writes again, by itself.
bool Recovers(SqlStore& store) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < end) {
    if (store.Writable()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

using Case = std::tuple<Operation, Fault>;

class SqliteIoError : public ::testing::TestWithParam<Case> {
 protected:
  /// The operation with its `nth` call failing.
  /// @return false where it made fewer calls.
  bool Try(int nth) {
    const auto& [operation, fault] = GetParam();
    const TempFolder folder;
    FaultyDisk disk;
    bool reached = false;
    bool answered = false;
    Incident incident;
    {
      auto store = OpenStore(folder.Database(), Eager(), kEachCommit);
      EXPECT_TRUE(store.ok());
      Scene scene{**store};
      scene.Prepare();
      operation.before(scene);
      disk.FailAt(nth, fault);
      const Result<void> done = operation.run(scene);
      answered = done.ok();
      if (!answered) {
        EXPECT_EQ(done.error().code, Code::kUnavailable)
            << done.error().message;
      }
      // Whatever becomes of it, it comes after the first one's checkpoint.
      const AuditRecord next = SomeRecord("next");
      const bool told = (*store)->Append(std::span(&next, 1)).ok();
      reached = disk.calls() >= nth;
      disk.Heal();
      EXPECT_TRUE(Recovers(**store));
      if (answered) {
        EXPECT_TRUE(operation.shows(scene));
      }
      const AuditRecord record = SomeRecord("goes on");
      EXPECT_TRUE((*store)->Append(std::span(&record, 1)).ok());
      EXPECT_TRUE(Tells(**store, "next") || !told);
      incident = scene.incident;
    }
    ExpectWhole(folder.Database(), incident, answered);
    return reached;
  }

 private:
  static void ExpectWhole(const std::string& path, const Incident& incident,
                          bool answered) {
    const auto report = VerifyFile(path);
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(report->first_bad, 0) << report->problem;
    auto store = OpenStore(path, Eager(), kEachCommit);
    ASSERT_TRUE(store.ok()) << store.error().message;
    EXPECT_TRUE((*store)->CheckDatabase().ok());
    Scene again{**store, incident};
    const bool shows = std::get<0>(GetParam()).shows(again);
    EXPECT_TRUE(shows || !answered) << "answered, and not there";
  }
};

TEST(SqliteOpening, EveryCallOfTheFirstOpeningMayFail) {
  for (const Fault fault : {Fault::kOnce, Fault::kOnwards}) {
    int nth = 1;
    for (bool reached = true; reached && nth < 500; ++nth) {
      const TempFolder folder;
      FaultyDisk disk;
      disk.FailAt(nth, fault);
      static_cast<void>(OpenStore(folder.Database(), Eager(), kEachCommit));
      reached = disk.calls() >= nth;
      disk.Heal();
      auto store = OpenStore(folder.Database(), Eager(), kEachCommit);
      ASSERT_TRUE(store.ok()) << "call " << nth << store.error().message;
      EXPECT_TRUE((*store)->Append(OneAlert("a"), kThen).ok());
      EXPECT_TRUE((*store)->CheckDatabase().ok());
    }
    EXPECT_GT(nth, 10) << "nothing was tried";
    EXPECT_LT(nth, 500);
  }
}

TEST_P(SqliteIoError, EveryCall) {
  int nth = 1;
  while (nth < 500 && Try(nth)) {
    if (HasFailure()) FAIL() << "call " << nth;
    ++nth;
  }
  EXPECT_GT(nth, 5) << "nothing was tried";
  EXPECT_LT(nth, 500);
}

INSTANTIATE_TEST_SUITE_P(
    Operations, SqliteIoError,
    ::testing::Combine(::testing::ValuesIn(kOperations),
                       ::testing::Values(Fault::kOnce, Fault::kOnwards)),
    [](const auto& info) {
      return std::get<0>(info.param).name +
             (std::get<1>(info.param) == Fault::kOnce ? "_once" : "_onwards");
    });

}  // namespace
}  // namespace selfheal::testing
