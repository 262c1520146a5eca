#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/plan.h"

namespace selfheal {

/// One thing that stands about an incident: {"Evidence", "memory 6.1 ..."}.
struct NoticeFact {
  std::string name;
  std::string text;
};

/// What people are asked while a plan waits for them. The five fields that
/// bind an answer to it are those of the Approval.
struct NoticeQuestion {
  std::string plan_hash;
  std::string target_uid;
  long long generation = 0;
  Time asked_at;
  Time expires_at;
  Risk risk = Risk::kHigh;
  std::string change;  ///< What is done after a yes, one sentence.
};

/// What people are told about one incident. Plain text: sinks escape it.
struct Notice {
  std::string incident_id;
  std::string title;
  /// What is new; empty = nothing worth a message of its own, only that what
  /// stands below has changed.
  std::vector<std::string> lines;
  std::string severity;  ///< "info", "warning" or "critical".
  /// The incident as it stands, in the order of reading.
  std::vector<NoticeFact> facts = {};
  /// Set while the answer of people is awaited.
  std::optional<NoticeQuestion> question = {};
};

}  // namespace selfheal
