#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/alert.h"
#include "core/assessment.h"
#include "core/rule.h"

namespace selfheal {

/// What would have come of an alert of the past.
enum class PastEnd {
  kUnmatched,     ///< No rule is for it: left alone.
  kAmbiguous,     ///< Several rules are for it.
  kNoTarget,      ///< What it is about is not known.
  kJoined,        ///< It belongs to an incident that was open.
  kDismissed,     ///< Not confirmed: a false alarm that nobody is told of.
  kInconclusive,  ///< A person is asked to look.
  kNoStep,        ///< Confirmed, but no step of the runbook fits.
  kNotifies,      ///< The step tells a person and changes nothing.
  kResolved,      ///< Over before a guard stopped waiting.
  kDenied,        ///< A guard says no.
  kAsks,          ///< A person is asked for approval.
  kActs,          ///< The step is taken.
};

inline constexpr std::size_t kPastEnds = 12;

/// Lower snake case, as in JSON.
std::string_view PastEndName(PastEnd end);

/// One alert of the past on its way; a pointer is null where it did not come
/// that far, and points into the rules that it was judged by.
struct PastEpisode {
  Alert alert;
  PastEnd end = PastEnd::kUnmatched;
  std::string reason;  ///< One sentence.
  const Rule* rule = nullptr;
  ObjectRef target = {};
  std::optional<Judgement> outcome = std::nullopt;
  double score = 0;
  double confidence = 0;
  const Runbook* runbook = nullptr;
  const RunbookStep* step = nullptr;
  std::string cause = {};  ///< On which the step is taken; "" = always.
  /// What the runbook goes on with where a step does not help, by the same
  /// causes; after the last of them a person looks.
  std::vector<const RunbookStep*> then = {};
  std::string guard = {};  ///< That decided, where one did.
};

/// A stretch of the past and what would have come of it.
struct BacktestReport {
  Time from;
  Time to;
  std::vector<PastEpisode> episodes;  ///< By the time at which they began.
  std::vector<std::string> guards;    ///< The ones that were asked.
  std::shared_ptr<const RuleSet> rules;
};

}  // namespace selfheal
