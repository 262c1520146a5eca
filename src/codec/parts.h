#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "codec/json_value.h"
#include "core/assessment.h"
#include "core/cause.h"
#include "core/change.h"
#include "core/execution.h"
#include "core/plan.h"
#include "core/verdict.h"

namespace selfheal::codec {

/// The enum's value, or an exception that names the word that is none of them.
template <typename Enum>
Enum Known(const std::optional<Enum>& value, const std::string& word) {
  if (!value) throw std::invalid_argument("unknown word \"" + word + "\"");
  return *value;
}

/// Stored forms, lossless; each ...From is the inverse and throws on what it
/// can't read.
Json StoredAssessment(const Assessment& assessment);
Assessment AssessmentFrom(const Json& value);
Json StoredCauseFinding(const CauseFinding& finding);
CauseFinding CauseFindingFrom(const Json& value);
/// As a list of names.
Json StoredCauses(const std::vector<Cause>& causes);
std::vector<Cause> CausesFrom(const std::vector<std::string>& names);
Json StoredChange(const SpecChange& change);
SpecChange ChangeFrom(const Json& value);
Json StoredPlan(const Plan& plan);
Plan PlanFrom(const Json& value);
Json StoredVerdict(const Verdict& verdict);
Verdict VerdictFrom(const Json& value);
Json StoredExecution(const Execution& execution);
Execution ExecutionFrom(const Json& value);

}  // namespace selfheal::codec
