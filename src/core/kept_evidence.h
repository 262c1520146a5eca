#pragma once

#include <optional>

#include "core/assessment.h"
#include "core/evidence.h"

namespace selfheal {

/// How evidence was judged, and what came of it.
struct Judged {
  ConfirmSpec options;
  Assessment assessment;
};

/// Evidence as it is kept with its incident: with what it was judged by, all
/// that its assessment is recomputed from, to the bit.
struct KeptEvidence {
  EvidenceWindow window;
  /// Empty where nobody judged it, as the evidence of a verification.
  std::optional<Judged> judged;
};

}  // namespace selfheal
