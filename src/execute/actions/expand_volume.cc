#include <algorithm>

#include "core/byte_size.h"
#include "execute/actions/actions.h"

namespace selfheal::actions {
namespace {

/// How long the volume may take to grow once it was asked to.
constexpr seconds kTimeout{600};
constexpr long long kGibibyte = 1LL << 30;
constexpr long long kMebibyte = 1LL << 20;

/// `percent` more, rounded up to a whole MiB or, from 1 GiB on, GiB.
long long Grown(long long bytes, int percent) {
  const long long more = bytes / 100 * percent + bytes % 100 * percent / 100;
  const long long unit = bytes < kGibibyte ? kMebibyte : kGibibyte;
  return (bytes + std::max(more, 1LL) + unit - 1) / unit * unit;
}

std::string Written(long long bytes) {
  return bytes % kGibibyte == 0 ? std::to_string(bytes / kGibibyte) + "Gi"
                                : std::to_string(bytes / kMebibyte) + "Mi";
}

/// Why the claim can't be made larger now, or "".
std::string Hindrance(const ClaimState& claim) {
  if (claim.phase != "Bound") return "is not bound";
  if (claim.storage_class.empty()) return "names no storage class";
  for (const std::string& condition : claim.conditions) {
    if (condition == "Resizing" || condition == "FileSystemResizePending") {
      return "is being resized already: " + condition;
    }
  }
  const auto requested = ParseByteSize(claim.requested);
  const auto capacity = ParseByteSize(claim.capacity);
  if (!requested || !capacity) return "has a size that can't be read";
  if (*requested > *capacity)
    return "waits for " + claim.requested + " already";
  return "";
}

}  // namespace

Result<PlannedChange> FreezeExpandVolume(const ExpandVolume& action,
                                         const ObjectRef& target,
                                         const StepContext& context) {
  auto claim = context.view.Get(target);
  if (!claim.ok()) return claim.error();
  const auto fail = [&](const std::string& why) {
    return Error{Code::kFailedPrecondition, ToString(target) + " " + why};
  };
  const auto* state = claim->As<ClaimState>();
  if (state == nullptr) return fail("is no claim");
  if (std::string why = Hindrance(*state); !why.empty()) return fail(why);
  auto storage_class = context.view.Get({.kind = ObjectKind::kStorageClass,
                                         .ns = "",
                                         .name = state->storage_class});
  if (!storage_class.ok()) {
    return storage_class.error().With("storage class " + state->storage_class);
  }
  const auto* allows = storage_class->As<StorageClassState>();
  if (allows == nullptr || !allows->allows_expansion) {
    return fail("can't grow: storage class " + state->storage_class +
                " does not allow it");
  }
  const long long now = *ParseByteSize(state->requested);
  const long long most = action.max_gib * kGibibyte;
  const long long then = std::min(Grown(now, action.percent), most);
  if (then <= now) {
    return fail("stands at the limit of " + std::to_string(action.max_gib) +
                "Gi");
  }
  PlannedChange change;
  change.object = target;
  change.uid = claim->uid;
  change.generation = claim->generation;
  change.from_value = state->requested;
  change.to_value = Written(then);
  change.summary = "size of " + ToString(target) + " from " +
                   change.from_value + " to " + change.to_value;
  change.blast_radius =
      "one volume grows, no pod is stopped; it can't be made smaller again";
  return change;
}

Result<Move> NextExpandVolume(const Incident& incident,
                              const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto claim = context.view.Get(change.object);
  if (!claim.ok()) return claim.error();
  const auto* state = claim->As<ClaimState>();
  if (state == nullptr) return Move::Failed("it is no claim");
  if (!IsApplied(incident, "apply")) {
    if (state->requested != change.from_value) {
      return Move::Failed("someone else has resized it since it was planned");
    }
    return Move::Mutate(
        ActionKind::kExpandVolume, "apply",
        SetVolumeRequest{.claim = change.object,
                         .uid = change.uid,
                         .resource_version = claim->resource_version,
                         .storage = change.to_value,
                         .action_id = incident.progress.action_id});
  }
  const auto capacity = ParseByteSize(state->capacity);
  const auto wanted = ParseByteSize(change.to_value);
  if (capacity && wanted && *capacity >= *wanted) {
    return Move::Done("the volume has " + state->capacity);
  }
  const auto& conditions = state->conditions;
  const bool offline = std::find(conditions.begin(), conditions.end(),
                                 "FileSystemResizePending") != conditions.end();
  if (context.now > incident.progress.started_at + kTimeout) {
    return Move::Failed(offline ? "its file system grows only when its pod is "
                                  "started again"
                                : "the volume did not grow in time");
  }
  return Move::Wait(context.now + context.poll, "the volume is growing");
}

}  // namespace selfheal::actions
