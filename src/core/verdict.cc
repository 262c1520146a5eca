#include "core/verdict.h"

namespace selfheal {

std::string_view FindingName(FindingOutcome outcome) {
  switch (outcome) {
    case FindingOutcome::kAllow:
      return "allow";
    case FindingOutcome::kNeedsApproval:
      return "needs_approval";
    case FindingOutcome::kDeny:
      return "deny";
  }
  return "deny";
}

}  // namespace selfheal
