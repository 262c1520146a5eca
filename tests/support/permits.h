#pragma once

#include "config/config.h"
#include "core/clock.h"
#include "core/verdict.h"

namespace selfheal::testing {

/// What a test says about a permit that it needs.
struct PermitRequest {
  MutationPurpose purpose;
  Mutation mutation;
  WireRequest request;
  /// Makes the guard chain ask for an approval.
  bool needs_approval = false;
  Config::GuardsConfig guards{};
};

/// A permit from the real guard chain, with a single guard that allows.
Permit MakePermit(const PermitRequest& request, const Clock& clock);

}  // namespace selfheal::testing
