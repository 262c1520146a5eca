#include "verify/verifier.h"

#include <algorithm>
#include <cmath>

#include "core/quantity.h"
#include "verify/band.h"

namespace selfheal {
namespace {

constexpr std::size_t kSamples = 3;

const MetricWindow* Find(const EvidenceWindow& evidence,
                         const std::string& name) {
  for (const MetricWindow& metric : evidence.metrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

Look Unmeasured(std::string reason) {
  return {Look::State::kUnmeasured, std::move(reason)};
}

bool IsInside(double value, const Band& band, const MetricWindow& metric) {
  const bool low = value < band.low;
  const bool high = value > band.high;
  switch (metric.bad) {
    case BadDirection::kRises:
      return !high && !(metric.limit && value >= *metric.limit);
    case BadDirection::kFalls:
      return !low && !(metric.limit && value <= *metric.limit);
    case BadDirection::kEither:
      return !low && !high;
  }
  return false;
}

Look LookAtMetric(const MetricWindow& history, const MetricWindow* after) {
  const auto baseline = BandOf(history.baseline.values);
  if (!baseline) return Unmeasured(history.name + " has no baseline");
  const Band band = WidenedBy(*baseline, history.window.values);
  if (after == nullptr || !after->problem.empty()) {
    return Unmeasured(history.name + ": " +
                      (after == nullptr ? "not measured" : after->problem));
  }
  std::vector<double> values;
  for (const double value : after->window.values) {
    if (std::isfinite(value)) values.push_back(value);
  }
  if (values.size() < kSamples) {
    return Unmeasured(history.name + " has " + std::to_string(values.size()) +
                      " samples since the action");
  }
  const std::string bounds = " (baseline " +
                             Quantity(baseline->low, history.unit) + ".." +
                             Quantity(baseline->high, history.unit) + ")";
  for (std::size_t i = values.size() - kSamples; i < values.size(); ++i) {
    if (!IsInside(values[i], band, history)) {
      return {Look::State::kOutside, history.name + " is at " +
                                         Quantity(values[i], history.unit) +
                                         bounds};
    }
  }
  return {Look::State::kBackInside, history.name + " is back at " +
                                        Quantity(values.back(), history.unit) +
                                        bounds};
}

Look LookAtClaim(const ClaimState& claim) {
  if (claim.phase == "Bound") {
    return {Look::State::kBackInside, "the claim is bound"};
  }
  return {Look::State::kOutside, "the claim is not bound"};
}

Look LookAtCertificate(const CertificateState& certificate) {
  if (certificate.ready) {
    return {Look::State::kBackInside, "the certificate is ready"};
  }
  return {Look::State::kOutside, "the certificate is not ready"};
}

Look LookAtNode(const NodeState& node) {
  const auto ready = node.conditions.find("Ready");
  if (ready == node.conditions.end() || ready->second != "True") {
    return {Look::State::kOutside, "the node is not ready"};
  }
  return {Look::State::kBackInside, "the node is ready"};
}

Look LookAtTarget(const ClusterObject& target) {
  if (const auto* claim = target.As<ClaimState>()) return LookAtClaim(*claim);
  if (const auto* certificate = target.As<CertificateState>()) {
    return LookAtCertificate(*certificate);
  }
  if (const auto* node = target.As<NodeState>()) return LookAtNode(*node);
  const auto* state = target.As<WorkloadState>();
  if (state == nullptr) return Unmeasured("the target is no workload");
  if (state->ready < state->replicas) {
    return {Look::State::kOutside, std::to_string(state->ready) + " of " +
                                       std::to_string(state->replicas) +
                                       " pods are ready"};
  }
  return {Look::State::kBackInside,
          "all " + std::to_string(state->replicas) + " pods are ready"};
}

}  // namespace

Look LookAgain(const EvidenceWindow& history, const EvidenceWindow& after,
               const ClusterObject& target) {
  for (const EvidenceWindow* evidence : {&history, &after}) {
    if (!evidence->problems.empty()) {
      return Unmeasured(evidence->problems.front());
    }
  }
  const bool all_optional =
      std::all_of(history.metrics.begin(), history.metrics.end(),
                  [](const MetricWindow& m) { return m.optional; });
  Look result = LookAtTarget(target);
  int counted = 0;
  for (const MetricWindow& metric : history.metrics) {
    if (metric.optional && !(all_optional && metric.problem.empty())) continue;
    ++counted;
    const Look look = LookAtMetric(metric, Find(after, metric.name));
    if (look.state == Look::State::kBackInside) {
      result.reason = look.reason + "; " + result.reason;
    } else if (result.state == Look::State::kBackInside ||
               look.state == Look::State::kUnmeasured) {
      result = look;
    }
  }
  if (counted == 0) return Unmeasured("no metric can be judged");
  return result;
}

std::optional<Verification> Conclude(const Look& look, Time now,
                                     Time deadline) {
  switch (look.state) {
    case Look::State::kBackInside:
      return Verification{VerificationOutcome::kMitigated, look.reason, now};
    case Look::State::kOutside:
      if (now < deadline) return std::nullopt;
      return Verification{VerificationOutcome::kNotMitigated, look.reason, now};
    case Look::State::kUnmeasured:
      if (now < deadline) return std::nullopt;
      return Verification{VerificationOutcome::kInconclusive, look.reason, now};
  }
  return Verification{VerificationOutcome::kInconclusive, look.reason, now};
}

}  // namespace selfheal
