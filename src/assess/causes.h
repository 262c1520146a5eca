#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/cause.h"
#include "core/evidence.h"

namespace selfheal {

/// What came of asking for causes.
struct Causes {
  std::vector<CauseFinding> holding;
  /// Why the others do not hold or can't be told, a sentence for each reason.
  std::vector<std::string> others;
};

/// Decides each of `asked` from the evidence alone. Pure, total,
/// deterministic.
Causes FindCauses(const EvidenceWindow& evidence, std::span<const Cause> asked);

/// True where one of `asked` is decided by what each pod shows alone.
bool NeedsPods(std::span<const Cause> asked);

}  // namespace selfheal
