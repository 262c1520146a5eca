#pragma once

#include <optional>
#include <string>

#include "core/clock.h"
#include "core/incident.h"
#include "core/result.h"
#include "execute/move.h"
#include "flow/flow_ports.h"
#include "flow/incident_run.h"

namespace selfheal {

/// One pass over one incident, with the rule and runbook that it follows.
struct Scene {
  IncidentRun& run;
  const Rule& rule;
  const Runbook& runbook;
};

/// When to look at an incident again; empty = it is terminal.
/// @error kUnavailable  the store did not take it: ask again soon.
using NextLook = Result<std::optional<Time>>;

/// The whole pipeline for one incident: from what is stored, one pass, to what
/// is stored again. Waiting is a returned value.
///
/// Thread-safe for incidents of different targets; the queue sees to it that a
/// target is in one pass at a time.
class IncidentFlow {
 public:
  explicit IncidentFlow(const FlowPorts& ports) : ports_(ports) {}

  /// Takes the incident as far as it goes now.
  NextLook Advance(const std::string& incident_id);

 private:
  // A pass ends with a NextLook; an empty one means: go on.
  using Ended = std::optional<NextLook>;

  // decide.cc: from an open incident to its first intent.
  NextLook Decide(IncidentRun& run);
  Ended HearPeople(IncidentRun& run);
  // same_target.cc: one plan at a time for one target.
  Ended GiveWay(IncidentRun& run, const Rule& rule);
  /// What people said to the same change when another incident asked them.
  Ended HearAnswer(IncidentRun& run);
  Ended Collect(IncidentRun& run, const Rule& rule);
  Ended Confirm(IncidentRun& run, const Rule& rule, ConfirmSpec options);
  Ended MakeItsPlan(const Scene& scene);
  Ended FreezePlan(const Scene& scene, int number);
  /// Writes down how the evidence was judged. @return it, in one sentence.
  std::string Tell(IncidentRun& run, const ConfirmSpec& options);
  Ended Adopt(const Scene& scene, Plan plan);

  // take_back.cc: a scale-out of ours that is not needed any more.
  /// False for an incident that only takes one back; it becomes a trouble
  /// where an alert came to it.
  bool IsTroubleNow(IncidentRun& run);
  NextLook TakeBack(IncidentRun& run, const RuleSet& rules, const Rule& rule);

  // step.cc: the moves of one step of the runbook.
  NextLook Step(const Scene& scene);
  Ended CompareCanary(const Scene& scene, const Move& move);
  NextLook FinishStep(const Scene& scene, const std::string& reason);
  NextLook FailStep(const Scene& scene, const std::string& reason);
  NextLook EndUndo(const Scene& scene, const std::string& reason);
  NextLook GoOn(const Scene& scene, const std::string& reason);

  // mutate.cc: guard, record the intent, execute.
  Ended Mutate(const Scene& scene, const Move& move);
  Ended Allowed(const Scene& scene, const Move& move,
                const WireRequest& request, Permit permit);
  Ended Act(const Scene& scene, const MutationPurpose& purpose,
            const Intent& intent);
  NextLook Denied(const Scene& scene, const Verdict& verdict);
  NextLook Ask(const Scene& scene, int people);
  NextLook TryOnly(const Scene& scene, const MutationPurpose& purpose,
                   const WireRequest& request);

  // resume.cc: what a pass finds of an earlier one, or of another process.
  NextLook Resume(IncidentRun& run);
  Ended ResolveOpen(IncidentRun& run);
  NextLook Verify(IncidentRun& run);
  NextLook Conclude(const Scene& scene, const Verification& verification,
                    const Fields& compared);

  // endings.cc
  NextLook Close(IncidentRun& run, Phase phase, const std::string& reason);
  NextLook WaitUntil(IncidentRun& run, Time when, const std::string& reason);
  NextLook RetryLater(IncidentRun& run, Stage stage, const Error& error);
  void TripBreakers(const IncidentRun& run, ActionResult result);

  const FlowPorts& ports_;
};

}  // namespace selfheal
