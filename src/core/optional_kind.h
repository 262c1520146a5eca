#pragma once

#include "core/object.h"
#include "core/result.h"
#include "core/right.h"

namespace selfheal {

/// True where a list of `kind` may fail as `error` says: Argo Rollouts need not
/// be there. A refusal tells of nothing.
inline bool MayLack(ObjectKind kind, const Error& error) {
  return kind == ObjectKind::kRollout && error.code == Code::kNotFound;
}

/// True for a right that matters to Rollouts as targets alone: that it is
/// missing holds up nothing else. A list that is refused does (MayLack).
inline bool IsOfRollouts(const Right& right) {
  return right.group == "argoproj.io" && right.resource == "rollouts";
}

}  // namespace selfheal
