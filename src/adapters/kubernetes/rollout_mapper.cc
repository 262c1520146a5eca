#include "adapters/kubernetes/rollout_mapper.h"

#include <charconv>

namespace selfheal::kubernetes {
namespace {

/// Versions before 0.10 wrote a hash there, which is no number: not observed.
long long Observed(const std::string& text) {
  long long number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? number : 0;
}

/// Several where they share it.
std::string AbortedBy(const FieldReader& metadata) {
  std::string managers;
  for (const FieldReader& entry : metadata.Objects("managedFields")) {
    const FieldReader status = entry.Object("fieldsV1").Object("f:status");
    if (!status.Has("f:abort")) continue;
    managers += (managers.empty() ? "" : ", ") + entry.String("manager");
  }
  return managers;
}

}  // namespace

void MapRollout(const FieldReader& root, WorkloadState& state) {
  const FieldReader spec = root.Object("spec");
  const FieldReader status = root.Object("status");
  state.observed_generation = Observed(status.String("observedGeneration"));
  RolloutState rollout;
  rollout.phase = status.String("phase");
  rollout.message = status.String("message");
  rollout.aborted = status.Bool("abort");
  rollout.aborted_by = AbortedBy(root.Object("metadata"));
  rollout.stable_hash = status.String("stableRS");
  rollout.current_hash = status.String("currentPodHash");
  rollout.restart_at = spec.String("restartAt");
  rollout.restarted_at = status.String("restartedAt");
  const FieldReader reference = spec.Object("workloadRef");
  if (reference.present()) {
    rollout.template_of =
        reference.Required("kind") + "/" + reference.Required("name");
  }
  state.rollout = std::move(rollout);
}

}  // namespace selfheal::kubernetes
