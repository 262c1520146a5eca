#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/fields.h"

namespace selfheal {

/// The nine verbs of the product.
enum class Stage {
  kIntake,
  kCorrelate,
  kCollect,
  kAssess,
  kPlan,
  kGuard,
  kExecute,
  kVerify,
  kRecord,
};

inline constexpr std::array<std::string_view, 9> kStageNames = {
    "intake", "correlate", "collect", "assess", "plan",
    "guard",  "execute",   "verify",  "record"};

constexpr std::string_view StageName(Stage stage) {
  return kStageNames[static_cast<std::size_t>(stage)];
}

/// One row of the audit: append-only, chained by hashes.
struct AuditRecord {
  long long seq = 0;  ///< Given by the store, from 1 without gaps.
  Time at;
  std::string incident_id;  ///< "" = about the service itself.
  Stage stage = Stage::kRecord;
  std::string outcome;  ///< Lower snake case, from a closed set a stage.
  std::string reason;   ///< One sentence.
  Fields data;
};

}  // namespace selfheal
