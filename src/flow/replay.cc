#include "flow/replay.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "assess/judge.h"
#include "assess/sentence.h"
#include "core/text.h"
#include "core/verdict.h"
#include "guard/guard_chain.h"
#include "verify/verifier.h"

namespace selfheal {
namespace {

/// Values that are not finite have one stored form.
bool Same(const FieldValue& a, const FieldValue& b) {
  const auto* x = std::get_if<double>(&a);
  const auto* y = std::get_if<double>(&b);
  if (x != nullptr && y != nullptr && !std::isfinite(*x) &&
      !std::isfinite(*y)) {
    return true;
  }
  return a == b;
}

bool Says(const Fields& row, const Fields::value_type& field) {
  return std::any_of(row.begin(), row.end(), [&](const auto& said) {
    return said.first == field.first && Same(said.second, field.second);
  });
}

/// The finding that a field of a verdict's row names: "deny: why".
Finding FindingOf(const Fields::value_type& field) {
  Finding finding{.guard = field.first,
                  .outcome = FindingOutcome::kDeny,
                  .reason = "",
                  .retry_at = std::nullopt};
  const auto* text = std::get_if<std::string>(&field.second);
  if (text == nullptr) return finding;
  for (const FindingOutcome outcome :
       {FindingOutcome::kAllow, FindingOutcome::kNeedsApproval}) {
    if (text->starts_with(std::string(FindingName(outcome)) + ": ")) {
      finding.outcome = outcome;
    }
  }
  return finding;
}

}  // namespace

Fields AuditFields(const Assessment& assessment) {
  Fields data = {{"score", assessment.score},
                 {"statistic", assessment.statistic},
                 {"confidence", assessment.confidence},
                 {"seed", std::to_string(assessment.seed)},
                 {"judge", assessment.judge_version}};
  for (const Factor& factor : assessment.factors) {
    data.emplace_back("factor." + factor.metric, factor.contribution);
  }
  if (assessment.forecast) {
    data.emplace_back("forecast.probability", assessment.forecast->probability);
    data.emplace_back("forecast.component", assessment.forecast->component);
    if (assessment.forecast->eta) {
      data.emplace_back("forecast.eta_s", assessment.forecast->eta->count());
    }
  }
  for (const CauseFinding& finding : assessment.causes) {
    data.emplace_back("cause." + std::string(CauseName(finding.cause)),
                      finding.reason);
  }
  return data;
}

Replay ReplayAssessment(const AuditRecord& row, const KeptEvidence& kept) {
  if (!kept.judged) return {ReplayOutcome::kDifferent, "nobody judged it"};
  const Assessment& then = kept.judged->assessment;
  if (then.judge_version != kJudgeVersion) {
    return {ReplayOutcome::kOtherJudge,
            "judged by version " + then.judge_version + ", this is version " +
                std::string(kJudgeVersion)};
  }
  const Assessment now = Judge(kept.window, kept.judged->options, then.seed);
  std::vector<std::string> different = Differences(then, now);
  const auto note = [&different](bool same, std::string name) {
    if (!same) different.push_back(std::move(name));
  };
  note(row.outcome == JudgementName(now.outcome), "the row's outcome");
  note(row.reason == assess::Sentence(kept.window, now), "the row's reason");
  for (const auto& field : AuditFields(now)) {
    note(Says(row.data, field), "the row's " + field.first);
  }
  if (different.empty()) return {ReplayOutcome::kIdentical, ""};
  return {ReplayOutcome::kDifferent, Listed(different)};
}

Replay ReplayVerdict(const AuditRecord& row) {
  std::vector<Finding> findings;
  for (const auto& field : row.data) findings.push_back(FindingOf(field));
  const Verdict now = guard::Combine(std::move(findings), row.at);
  if (row.outcome == FindingName(now.outcome)) {
    return {ReplayOutcome::kIdentical, ""};
  }
  return {ReplayOutcome::kDifferent,
          "its findings come to " + std::string(FindingName(now.outcome))};
}

Replay ReplayVerification(const AuditRecord& row) {
  const std::optional<LookState> now = StateOf(row.data);
  if (now && row.outcome == VerificationName(OutcomeOf(*now))) {
    return {ReplayOutcome::kIdentical, ""};
  }
  return {ReplayOutcome::kDifferent,
          "what it compared comes to " +
              std::string(now ? LookName(*now) : "nothing")};
}

}  // namespace selfheal
