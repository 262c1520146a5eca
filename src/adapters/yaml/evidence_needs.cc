#include "adapters/yaml/evidence_needs.h"

#include <algorithm>
#include <string_view>

namespace selfheal::yaml {
namespace {

bool HasQuery(const Rule& rule, std::string_view name) {
  return std::any_of(
      rule.evidence.begin(), rule.evidence.end(),
      [&](const EvidenceQuery& query) { return query.name == name; });
}

std::string Lacks(std::string_view name) {
  return "the evidence has no query \"" + std::string(name) + "\"";
}

/// Every pod is held against the others by the queries that tell of pods.
std::string PodsProblem(const Rule& rule) {
  if (rule.target != TargetMode::kWorkload) return "the target is no workload";
  bool any = false;
  for (const EvidenceQuery& query : rule.evidence) {
    if (!TellsPods(query.bad, query.optional)) continue;
    any = true;
    if (query.query.find("$target") == std::string::npos) {
      return "query \"" + query.name +
             "\" does not ask by $target, so it says the same of every pod";
    }
  }
  return any ? "" : "no query that is not optional has a bad direction";
}

/// When it began is told by a limit that is passed.
std::string RevisionProblem(const Rule& rule) {
  const bool any =
      std::any_of(rule.evidence.begin(), rule.evidence.end(),
                  [](const EvidenceQuery& query) {
                    return query.limit && TellsPods(query.bad, query.optional);
                  });
  return any ? "" : "no query that is not optional has a limit and a direction";
}

std::string MemoryProblem(const Rule& rule) {
  const bool any =
      std::any_of(rule.evidence.begin(), rule.evidence.end(),
                  [](const EvidenceQuery& query) {
                    return query.limit && query.name.starts_with("memory");
                  });
  return any ? "" : "no query \"memory...\" has a limit";
}

}  // namespace

std::string CauseProblem(const Rule& rule, Cause cause) {
  switch (cause) {
    case Cause::kOnePod:
    case Cause::kSomePods:
    case Cause::kOneNode:
      return PodsProblem(rule);
    case Cause::kAllPods:
    case Cause::kLoad: {
      std::string problem = PodsProblem(rule);
      constexpr std::string_view kRate = "request_rate_per_second";
      if (problem.empty() && !HasQuery(rule, kRate)) problem = Lacks(kRate);
      return problem;
    }
    case Cause::kNewRevision:
      return RevisionProblem(rule);
    case Cause::kLeak:
    case Cause::kLowLimit:
      return MemoryProblem(rule);
  }
  return "nothing here tells it";
}

std::string CalmProblem(const Rule& rule, seconds span) {
  constexpr long long kMostPoints = 11000;  // Of one range query.
  if (span / rule.step > kMostPoints) {
    return "at its step that is more than " + std::to_string(kMostPoints) +
           " points";
  }
  const bool room =
      HasQuery(rule, "cpu_usage_percent") ||
      std::any_of(rule.evidence.begin(), rule.evidence.end(),
                  [](const EvidenceQuery& query) {
                    return !query.optional && query.unit == "percent" &&
                           query.bad == BadDirection::kRises && query.limit;
                  });
  return room ? "" : "nothing tells how much room is left";
}

}  // namespace selfheal::yaml
