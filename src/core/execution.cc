#include "core/execution.h"

namespace selfheal {

std::string_view OutcomeName(ExecutionOutcome outcome) {
  switch (outcome) {
    case ExecutionOutcome::kApplied:
      return "applied";
    case ExecutionOutcome::kAlreadyTrue:
      return "already_true";
    case ExecutionOutcome::kRefused:
      return "refused";
    case ExecutionOutcome::kUnknown:
      return "unknown";
    case ExecutionOutcome::kDryRun:
      return "dry_run";
  }
  return "unknown";
}

std::string_view VerificationName(VerificationOutcome outcome) {
  switch (outcome) {
    case VerificationOutcome::kMitigated:
      return "mitigated";
    case VerificationOutcome::kNotMitigated:
      return "not_mitigated";
    case VerificationOutcome::kInconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

}  // namespace selfheal
