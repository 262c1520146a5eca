#include "execute/executor.h"

#include <optional>

#include "execute/observe.h"

namespace selfheal {
namespace {

bool IsRemoval(const Mutation& mutation) {
  return std::holds_alternative<DeletePod>(mutation) ||
         std::holds_alternative<EvictPod>(mutation);
}

}  // namespace

RunResult Executor::Run(const Intent& intent) {
  if (auto clear = last_metre_(intent); !clear.ok()) {
    return {.outcome = ExecutionOutcome::kRefused,
            .stale = clear.error().code == Code::kAborted,
            .detail = "last metre: " + clear.error().message};
  }
  const ApplyReply reply = client_.Apply(intent.request());
  switch (reply.result) {
    case ApplyResult::kApplied:
      return {ExecutionOutcome::kApplied, false, reply.reason};
    case ApplyResult::kGone:
      if (IsRemoval(intent.mutation())) {
        return {ExecutionOutcome::kAlreadyTrue, false, "the pod is gone"};
      }
      return {ExecutionOutcome::kRefused, false, reply.reason};
    case ApplyResult::kConflict:
    case ApplyResult::kNotSent:
      return {ExecutionOutcome::kRefused, true, reply.reason};
    case ApplyResult::kRefused:
      // 429 is a disruption budget's answer; it may be another one later.
      return {ExecutionOutcome::kRefused, reply.http_status == 429,
              reply.reason};
    case ApplyResult::kUnknown:
      return {ExecutionOutcome::kUnknown, false, reply.reason};
  }
  return {ExecutionOutcome::kUnknown, false, reply.reason};
}

Executor::Resolution Executor::Resolve(const Mutation& mutation) {
  auto live = view_.Get(ObjectOf(mutation));
  if (!live.ok() && live.error().code != Code::kNotFound) {
    return {.outcome = ExecutionOutcome::kUnknown,
            .readable = false,
            .detail = live.error().message};
  }
  std::optional<ClusterObject> object;
  if (live.ok()) object = *std::move(live);
  Resolution resolution{
      .outcome = ExecutionOutcome::kUnknown, .readable = true, .detail = ""};
  switch (Observe(mutation, object, &resolution.detail)) {
    case Observed::kApplied:
      resolution.outcome = ExecutionOutcome::kApplied;
      break;
    case Observed::kNotApplied:
      resolution.outcome = ExecutionOutcome::kRefused;
      break;
    case Observed::kDiverged:
      resolution.outcome = ExecutionOutcome::kUnknown;
      break;
  }
  return resolution;
}

}  // namespace selfheal
