#include <algorithm>

#include "core/byte_size.h"
#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// No step is larger, whatever the runbook says.
constexpr int kMostPercent = 50;

/// The step's own percentage, at most kMostPercent.
int PercentOf(const GuardInput& input) {
  const RunbookStep* step = StepOf(input.request);
  const SetResources* action =
      step == nullptr ? nullptr : std::get_if<SetResources>(&step->action);
  return action == nullptr ? 0 : std::min(action->percent, kMostPercent);
}

}  // namespace

Finding GuardMemoryLimits(const GuardInput& input) {
  const auto* mutation = std::get_if<SetMemory>(&input.request.mutation);
  if (mutation == nullptr) return Allow("no memory limit is set");
  if (!input.facts.workload.ok()) return Unread(input.facts.workload.error());
  const ClusterObject& workload = *input.facts.workload;
  const auto* state = workload.As<WorkloadState>();
  if (state == nullptr) return Deny(ToString(workload.ref) + " is no workload");
  const auto found = std::find_if(
      state->memory.begin(), state->memory.end(),
      [&](const ContainerMemory& m) { return m.name == mutation->container; });
  if (found == state->memory.end()) {
    return Deny("there is no container " + mutation->container);
  }
  const auto from = ParseByteSize(found->limit);
  const auto to = ParseByteSize(mutation->limit);
  const std::string change =
      "memory limit " + found->limit + " -> " + mutation->limit;
  if (!from || !to || *from < 1 || *to < 1) {
    return Deny(change + ": not an amount");
  }
  if (input.undo()) {
    return *to < *from ? Allow(change + ": back to what it was")
                       : Deny(change + ": an undo only takes back");
  }
  const int percent = PercentOf(input);
  const long long most = *from + *from * percent / 100;
  if (*to <= *from || *to > most) {
    return Deny(change + ": not a growth of at most " +
                std::to_string(percent) + "%");
  }
  if (!mutation->request.empty() && mutation->request != mutation->limit) {
    return Deny(change + ": the request is not the limit");
  }
  return Allow(change);
}

}  // namespace selfheal::guard
