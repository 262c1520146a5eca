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

Look Unmeasured(const std::string& name, std::string reason) {
  return LookOf(name, LookState::kUnmeasured, std::move(reason));
}

/// The last samples against the bounds of the side that is bad.
Compared ComparedTo(const Band& band, const MetricWindow& metric,
                    const double* first, const double* last) {
  const auto [lowest, highest] = std::minmax_element(first, last);
  Compared compared{.lowest = *lowest, .highest = *highest};
  switch (metric.bad) {
    case BadDirection::kRises:
      compared.at_most = band.high;
      compared.below = metric.limit;
      break;
    case BadDirection::kFalls:
      compared.at_least = band.low;
      compared.above = metric.limit;
      break;
    case BadDirection::kEither:
      compared.at_least = band.low;
      compared.at_most = band.high;
      break;
  }
  return compared;
}

Look LookAtMetric(const MetricWindow& history, const MetricWindow* after) {
  const std::string& name = history.name;
  const auto baseline = BandOf(history.baseline.values);
  if (!baseline) return Unmeasured(name, name + " has no baseline");
  const Band band = WidenedBy(*baseline, history.window.values);
  if (after == nullptr || !after->problem.empty()) {
    return Unmeasured(
        name,
        name + ": " + (after == nullptr ? "not measured" : after->problem));
  }
  std::vector<double> values;
  for (const double value : after->window.values) {
    if (std::isfinite(value)) values.push_back(value);
  }
  if (values.size() < kSamples) {
    return Unmeasured(name, name + " has " + std::to_string(values.size()) +
                                " samples since the action");
  }
  const double* last = values.data() + values.size();
  const Compared compared = ComparedTo(band, history, last - kSamples, last);
  const bool inside = compared.Inside();
  const bool upwards =
      history.bad == BadDirection::kRises ||
      (history.bad == BadDirection::kEither && compared.highest > band.high);
  const double worst = upwards ? compared.highest : compared.lowest;
  Look look{inside ? LookState::kBackInside : LookState::kOutside,
            name + (inside ? " is back at " : " is at ") +
                Quantity(inside ? values.back() : worst, history.unit) +
                " (baseline " + Quantity(baseline->low, history.unit) + ".." +
                Quantity(baseline->high, history.unit) + ")",
            {}};
  Note(name, compared, look.compared);
  return look;
}

Look LookAtState(bool good, std::string reason) {
  return LookOf("target", good ? LookState::kBackInside : LookState::kOutside,
                std::move(reason));
}

Look LookAtNode(const NodeState& node) {
  const auto ready = node.conditions.find("Ready");
  const bool good = ready != node.conditions.end() && ready->second == "True";
  return LookAtState(good,
                     good ? "the node is ready" : "the node is not ready");
}

Look LookAtPods(const WorkloadState& workload) {
  const bool good = workload.ready >= workload.replicas;
  const std::string wanted = std::to_string(workload.replicas);
  Look look{good ? LookState::kBackInside : LookState::kOutside,
            (good ? "all " : std::to_string(workload.ready) + " of ") + wanted +
                " pods are ready",
            {}};
  const auto ready = static_cast<double>(workload.ready);
  Note("target.ready",
       {.lowest = ready, .highest = ready, .at_least = workload.replicas},
       look.compared);
  return look;
}

Look LookAtTarget(const ClusterObject& target) {
  if (const auto* claim = target.As<ClaimState>()) {
    const bool good = claim->phase == "Bound";
    return LookAtState(good,
                       good ? "the claim is bound" : "the claim is not bound");
  }
  if (const auto* certificate = target.As<CertificateState>()) {
    return LookAtState(certificate->ready,
                       certificate->ready ? "the certificate is ready"
                                          : "the certificate is not ready");
  }
  if (const auto* node = target.As<NodeState>()) return LookAtNode(*node);
  if (const auto* pods = target.As<WorkloadState>()) return LookAtPods(*pods);
  return Unmeasured("target", "the target is no workload");
}

/// Takes the look at one more thing into `result`: unmeasured over outside
/// over inside, and of two the first.
void Add(Look look, Look& result) {
  if (look.state == LookState::kBackInside) {
    result.reason = look.reason + "; " + result.reason;
  } else if (result.state == LookState::kBackInside ||
             look.state == LookState::kUnmeasured) {
    result.state = look.state;
    result.reason = std::move(look.reason);
  }
  result.compared.insert(result.compared.end(), look.compared.begin(),
                         look.compared.end());
}

}  // namespace

Look LookOf(const std::string& name, LookState state, std::string reason) {
  Look look{state, std::move(reason), {}};
  Note(name, state, look.compared);
  return look;
}

Look LookAgain(const EvidenceWindow& history, const EvidenceWindow& after,
               const ClusterObject& target) {
  for (const EvidenceWindow* evidence : {&history, &after}) {
    if (!evidence->problems.empty()) {
      return Unmeasured("evidence", evidence->problems.front());
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
    Add(LookAtMetric(metric, Find(after, metric.name)), result);
  }
  if (counted == 0) return Unmeasured("evidence", "no metric can be judged");
  return result;
}

VerificationOutcome OutcomeOf(LookState state) {
  switch (state) {
    case LookState::kBackInside:
      return VerificationOutcome::kMitigated;
    case LookState::kOutside:
      return VerificationOutcome::kNotMitigated;
    case LookState::kUnmeasured:
      return VerificationOutcome::kInconclusive;
  }
  return VerificationOutcome::kInconclusive;
}

std::optional<Verification> Conclude(const Look& look, Time now,
                                     Time deadline) {
  if (look.state != LookState::kBackInside && now < deadline) {
    return std::nullopt;
  }
  return Verification{OutcomeOf(look.state), look.reason, now};
}

}  // namespace selfheal
