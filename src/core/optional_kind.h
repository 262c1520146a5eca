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

/// True for a right that only a Rollout as a target asks for: without it the
/// other kinds are acted on as ever.
inline bool IsOfRollouts(const Right& right) {
  return right.group == "argoproj.io" && right.resource == "rollouts";
}

}  // namespace selfheal
