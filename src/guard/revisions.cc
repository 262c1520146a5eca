#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// A kept template with its number.
struct Kept {
  long long number = 0;
  const std::string* pod_template = nullptr;
  std::string_view hash = {};  ///< Of a Rollout's.
};

long long NumberOf(const std::string& text) {
  long long number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// What the workload itself controls, by its uid.
std::vector<Kept> KeptBy(const ClusterObject& workload,
                         const std::vector<ClusterObject>& revisions) {
  std::vector<Kept> kept;
  for (const ClusterObject& one : revisions) {
    const OwnerRef* owner = one.Controller();
    if (owner == nullptr || owner->uid != workload.uid) continue;
    if (const auto* set = one.As<WorkloadState>()) {
      kept.push_back(
          {NumberOf(set->revision), &set->pod_template, RolloutHash(one)});
    } else if (const auto* state = one.As<RevisionState>()) {
      kept.push_back({state->number, &state->pod_template});
    }
  }
  return kept;
}

const Kept* With(const std::vector<Kept>& kept, const std::string& text) {
  const auto found =
      std::find_if(kept.begin(), kept.end(), [&](const Kept& one) {
        return !text.empty() && *one.pod_template == text;
      });
  return found == kept.end() ? nullptr : &*found;
}

/// What the workload's template is; of a Rollout as its controller tells.
const Kept* Standing(const std::vector<Kept>& kept,
                     const WorkloadState& state) {
  if (!state.rollout) return With(kept, state.pod_template);
  const std::string& hash = state.rollout->current_hash;
  const auto found = std::find_if(
      kept.begin(), kept.end(),
      [&](const Kept& one) { return !hash.empty() && one.hash == hash; });
  return found == kept.end() ? nullptr : &*found;
}

/// How far back a step may go: the knob, tightened by the runbook.
int MostBack(const GuardInput& input) {
  const int most = input.policy.guards.rollback.max_revisions;
  const RunbookStep* step = StepOf(input.request);
  const Rollback* action =
      step == nullptr ? nullptr : std::get_if<Rollback>(&step->action);
  return action == nullptr ? 0 : std::min(most, action->max_revisions);
}

/// A revision of an Application's own history, or what Git says where the
/// cluster has drifted from what was synced last.
Finding CheckSync(const GuardInput& input, const RequestSync& mutation) {
  if (!input.facts.object.ok()) return Unread(input.facts.object.error());
  const ClusterObject& object = *input.facts.object;
  const auto* state = object.As<ApplicationState>();
  const std::string name = ToString(object.ref);
  if (state == nullptr || state->history.empty()) {
    return Deny(name + " has no history");
  }
  if (state->busy) return Deny(name + " is being synced now");
  const std::string& last = state->history.back().revision;
  const std::string to = "to " + mutation.revision + " of " + name;
  if (mutation.revision == last) {
    const bool drifted = state->sync_status == "OutOfSync" &&
                         state->sync_revision == mutation.revision;
    return drifted ? Allow(to + ", from which the cluster has drifted")
                   : Deny(to + ": it stands there");
  }
  if (state->automated) return Deny(name + " syncs by itself");
  int back = 0;
  for (auto one = state->history.rbegin(); one != state->history.rend();
       ++one) {
    if (one->revision != last) ++back;
    if (one->revision != mutation.revision) continue;
    const std::string reason = std::to_string(back) + " back " + to;
    return input.undo() || back <= MostBack(input) ? Allow(reason)
                                                   : Deny(reason + ": too far");
  }
  return Deny(to + ": not in its history");
}

/// An update that is under way, and a revision that served before it.
Finding CheckAbort(const GuardInput& input, const SetAborted& mutation) {
  if (!input.facts.workload.ok()) return Unread(input.facts.workload.error());
  const ClusterObject& workload = *input.facts.workload;
  const WorkloadState* state = workload.As<WorkloadState>();
  const std::string name = ToString(workload.ref);
  if (state == nullptr || !state->rollout) return Deny(name + " has no update");
  const RolloutState& rollout = *state->rollout;
  if (rollout.stable_hash.empty() || !rollout.Updates()) {
    return Deny(name + " is not being updated");
  }
  if (rollout.aborted == mutation.aborted) {
    return Deny(name + " stands like that");
  }
  const PlannedChange& change = input.request.plan->change;
  if (rollout.current_hash != change.from_value ||
      rollout.stable_hash != change.to_value) {
    return Deny(name + " has other revisions than those that were planned for");
  }
  return Allow(mutation.aborted
                   ? "back to the stable revision " + rollout.stable_hash
                   : "on to revision " + rollout.current_hash);
}

}  // namespace

Finding GuardRevisions(const GuardInput& input) {
  if (const auto* abort = std::get_if<SetAborted>(&input.request.mutation)) {
    return CheckAbort(input, *abort);
  }
  if (const auto* sync = std::get_if<RequestSync>(&input.request.mutation)) {
    return CheckSync(input, *sync);
  }
  const auto* mutation = std::get_if<SetTemplate>(&input.request.mutation);
  if (mutation == nullptr) return Allow("no template is put back");
  const Facts& facts = input.facts;
  if (!facts.workload.ok()) return Unread(facts.workload.error());
  if (!facts.revisions.ok()) return Unread(facts.revisions.error());
  const ClusterObject& workload = *facts.workload;
  const std::string name = ToString(workload.ref);
  const WorkloadState* state = workload.As<WorkloadState>();
  if (state == nullptr) return Deny(name + " is no workload");
  const auto kept = KeptBy(workload, *facts.revisions);
  const Kept* aim = With(kept, mutation->pod_template);
  if (aim == nullptr) return Deny("no revision of " + name + " is like that");
  const std::string to = "revision " + std::to_string(aim->number);
  if (input.undo()) return Allow("forward to " + to + ", which is kept");
  const Kept* now = Standing(kept, *state);
  if (now == nullptr) return Deny(name + " stands at no kept revision");
  const auto back =
      std::count_if(kept.begin(), kept.end(), [&](const Kept& one) {
        return one.number >= aim->number && one.number < now->number;
      });
  if (back < 1) return Deny(to + " of " + name + " is not an earlier one");
  const int most = MostBack(input);
  const std::string reason = std::to_string(back) + " back to " + to +
                             ", at most " + std::to_string(most);
  return back > most ? Deny(reason) : Allow(reason);
}

}  // namespace selfheal::guard
