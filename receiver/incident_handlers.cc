#include "receiver/incident_handlers.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/text.h"
#include "receiver/answers.h"
#include "receiver/query.h"
#include "receiver/small_json.h"

namespace selfheal {
namespace {

constexpr std::size_t kLongestNamespace = 63;
constexpr std::size_t kLongestText = 100;

/// Phases with commas between them; "" is none.
Result<std::vector<Phase>> ReadPhases(std::string_view text) {
  std::vector<Phase> phases;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const auto phase = ParsePhase(text.substr(0, end));
    // A comma ends no list.
    if (!phase || end + 1 == text.size()) {
      return Error{Code::kInvalidArgument,
                   "phase: unknown, e.g. Mitigated or Open,Executing"};
    }
    phases.push_back(*phase);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return phases;
}

Result<IncidentQuery> ReadIncidentQuery(std::string_view text) {
  const auto parameters = ParseQuery(text);
  if (!parameters.ok()) return parameters.error();
  IncidentQuery query;
  const auto phases = ReadPhases(Find(*parameters, "phase").value_or(""));
  if (!phases.ok()) return phases.error();
  query.phases = *phases;
  if (const auto type = Find(*parameters, "type")) {
    query.type = ParseIncidentType(*type);
    if (!query.type) {
      return Error{Code::kInvalidArgument, "type: unknown, e.g. memory_leak"};
    }
  }
  if (const auto since = Find(*parameters, "since")) {
    query.since = ParseTime(*since);
    if (!query.since) {
      return Error{Code::kInvalidArgument, "since: expected RFC 3339"};
    }
  }
  query.ns = Find(*parameters, "namespace").value_or("");
  query.text = Find(*parameters, "text").value_or("");
  if (query.ns.size() > kLongestNamespace) {
    return Error{Code::kInvalidArgument, "namespace: at most 63 characters"};
  }
  if (FirstChars(query.text, kLongestText).size() < query.text.size()) {
    return Error{Code::kInvalidArgument, "text: at most 100 characters"};
  }
  const auto limit = PageLimit(*parameters);
  if (!limit.ok()) return limit.error();
  query.limit = *limit;
  query.cursor = Find(*parameters, "cursor").value_or("");
  return query;
}

Result<ApprovalDecision> ReadDecision(const HttpRequest& request, bool grant) {
  const auto json = ParseSmallJson(request.body, {"plan_hash", "reason"});
  if (!json.ok()) return json.error();
  const auto hash = TextOf(*json, "plan_hash");
  if (!hash.ok()) return hash.error();
  const auto reason = TextOf(*json, "reason");
  if (!reason.ok()) return reason.error();
  if (!*hash || (*hash)->empty()) {
    return Error{Code::kInvalidArgument, "plan_hash: is missing"};
  }
  return ApprovalDecision{request.admission.id, **hash, grant,
                          request.admission.identity.name,
                          reason->value_or("")};
}

HttpResponse Decide(const Services& services, const HttpRequest& request,
                    bool grant) {
  const auto decision = ReadDecision(request, grant);
  if (!decision.ok()) return ProblemOf(decision.error());
  return AnswerOf(services.decide(*decision));
}

}  // namespace

HttpResponse HandleListIncidents(const Services& services,
                                 const HttpRequest& request) {
  const auto query = ReadIncidentQuery(request.head.query);
  if (!query.ok()) return ProblemOf(query.error());
  return AnswerOf(services.list_incidents(*query));
}

HttpResponse HandleIncident(const Services& services,
                            const HttpRequest& request) {
  return AnswerOf(services.incident(request.admission.id));
}

HttpResponse HandleTimeline(const Services& services,
                            const HttpRequest& request) {
  return AnswerOf(services.timeline(request.admission.id));
}

HttpResponse HandleEvidence(const Services& services,
                            const HttpRequest& request) {
  return AnswerOf(services.evidence(request.admission.id));
}

HttpResponse HandleApprove(const Services& services,
                           const HttpRequest& request) {
  return Decide(services, request, true);
}

HttpResponse HandleDeny(const Services& services, const HttpRequest& request) {
  return Decide(services, request, false);
}

}  // namespace selfheal
