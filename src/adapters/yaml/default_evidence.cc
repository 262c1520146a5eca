#include "adapters/yaml/default_evidence.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/duration.h"

namespace selfheal::yaml {
namespace {

struct Feature {
  const char* name;
  const char* unit;
  BadDirection bad;
  bool log_transform;
  const char* limit;  ///< Null: none.
  const char* query;  ///< `[]` stands for the look-back.
};

// Metric names of kube-prometheus-stack; those of HTTP are the ones that
// client libraries use most.
constexpr std::array<Feature, 7> kFeatures = {{
    {"cpu_usage_percent", "percent", BadDirection::kRises, false, nullptr,
     "100 * sum(rate(container_cpu_usage_seconds_total"
     "{$target,container!=\"\"}[]))"
     " / sum(kube_pod_container_resource_limits{$target,resource=\"cpu\"})"},
    // The container that is closest to its own limit.
    {"memory_usage_percent", "percent", BadDirection::kRises, false, "100",
     "100 * max("
     "max by (namespace, pod, container) (container_memory_working_set_bytes"
     "{$target,container!=\"\"})"
     " / on (namespace, pod, container) "
     "max by (namespace, pod, container) (kube_pod_container_resource_limits"
     "{$target,resource=\"memory\"}))"},
    // Requests without an error are a real zero.
    {"error_rate_per_second", "per second", BadDirection::kRises, true, nullptr,
     "sum(rate(http_requests_total{$target,code=~\"5..\"}[]))"
     " or 0 * sum(rate(http_requests_total{$target}[]))"},
    {"latency_p50_ms", "ms", BadDirection::kRises, true, nullptr,
     "1000 * histogram_quantile(0.5, sum by (le) ("
     "rate(http_request_duration_seconds_bucket{$target}[])))"},
    {"latency_p95_ms", "ms", BadDirection::kRises, true, nullptr,
     "1000 * histogram_quantile(0.95, sum by (le) ("
     "rate(http_request_duration_seconds_bucket{$target}[])))"},
    {"latency_p99_ms", "ms", BadDirection::kRises, true, nullptr,
     "1000 * histogram_quantile(0.99, sum by (le) ("
     "rate(http_request_duration_seconds_bucket{$target}[])))"},
    {"request_rate_per_second", "per second", BadDirection::kEither, true,
     nullptr, "sum(rate(http_requests_total{$target}[]))"},
}};

std::string QueryOf(const Feature& feature, seconds look_back) {
  std::string text = feature.query;
  const std::string range = FormatDuration(look_back);
  for (std::size_t at = text.find("[]"); at != std::string::npos;
       at = text.find("[]", at)) {
    text.insert(at + 1, range);
  }
  return text;
}

}  // namespace

void AddDefaultEvidence(Rule& rule) {
  if (rule.target != TargetMode::kWorkload) return;
  for (const Feature& feature : kFeatures) {
    const bool written = std::any_of(rule.evidence.begin(), rule.evidence.end(),
                                     [&feature](const EvidenceQuery& query) {
                                       return query.name == feature.name;
                                     });
    if (written) continue;
    EvidenceQuery query{.name = feature.name,
                        .query = QueryOf(feature, rule.look_back),
                        .unit = feature.unit,
                        .limit = std::nullopt,
                        .bad = feature.bad,
                        .log_transform = feature.log_transform,
                        .optional = true};
    if (feature.limit != nullptr) query.limit = feature.limit;
    rule.evidence.push_back(std::move(query));
  }
}

}  // namespace selfheal::yaml
