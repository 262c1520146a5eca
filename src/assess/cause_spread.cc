#include "assess/cause_spread.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "assess/deviation.h"
#include "assess/load.h"
#include "assess/robust.h"

namespace selfheal::assess {
namespace {

/// Up to so many deviations a pod is as it always was; between this and
/// kWorseDeviations nobody can tell,
constexpr double kWellDeviations = 3;
/// unless whoever is sick lies so many times as far from its past.
constexpr double kFarApart = 10;
/// A past of fewer values is none.
constexpr std::size_t kFewestPast = 10;
/// The whole may lie outside of its pods by so much, for rounding and for
/// samples of different moments.
constexpr double kSlack = 0.05;

const MetricWindow* Find(const std::vector<MetricWindow>& metrics,
                         const std::string& name) {
  for (const MetricWindow& metric : metrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

/// The middle of the newest points; NaN where they are too few.
double Now(const MetricWindow& metric) {
  const std::vector<double>& values = metric.window.values;
  if (!metric.problem.empty() || values.empty() ||
      !std::isfinite(values.back())) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const std::vector<double> newest = Newest(values, kNewestPoints);
  return newest.size() < kFewestValues
             ? std::numeric_limits<double>::quiet_NaN()
             : Median(newest);
}

enum class Health { kWell, kSick, kUnclear };

/// One pod, and the metric in which it is furthest from its past.
struct Patient {
  const PodEvidence* pod = nullptr;
  Health health = Health::kWell;
  const MetricWindow* worst = nullptr;
  double deviation = -std::numeric_limits<double>::infinity();
};

/// Everybody, or why it can't be told.
struct Ward {
  std::string problem;
  std::vector<Patient> sick;
  std::vector<Patient> well;
};

/// What pods of the workload used to show: their own past or, where the whole
/// is no sum of its pods, that of the whole.
class Pasts {
 public:
  explicit Pasts(const EvidenceWindow& evidence) : evidence_(evidence) {}

  std::vector<double> Of(const MetricWindow& own) const {
    std::vector<double> past =
        Newest(own.baseline.values, own.baseline.values.size());
    if (past.size() >= kFewestPast) return past;
    const MetricWindow* whole = Find(evidence_.metrics, own.name);
    if (whole == nullptr || !IsLikeItsPods(*whole)) return {};
    return Newest(whole->baseline.values, whole->baseline.values.size());
  }

 private:
  bool IsLikeItsPods(const MetricWindow& whole) const {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const PodEvidence& pod : evidence_.pods) {
      const MetricWindow* own = Find(pod.metrics, whole.name);
      if (own == nullptr) return false;
      low = std::min(low, Now(*own));
      high = std::max(high, Now(*own));
    }
    const double now = Now(whole);
    const double slack = kSlack * std::abs(now);
    return low - slack <= now && now <= high + slack;
  }

  const EvidenceWindow& evidence_;
};

/// Examines one pod. @return why it can't be, or "".
std::string Examine(const EvidenceWindow& evidence, const Pasts& pasts,
                    Patient& patient) {
  bool unclear = false;
  for (const MetricWindow& whole : evidence.metrics) {
    if (!TellsPods(whole.bad, whole.optional)) continue;
    const MetricWindow* own = Find(patient.pod->metrics, whole.name);
    const std::string what = whole.name + " of " + patient.pod->name;
    if (own == nullptr) return what + " was not measured";
    if (!own->problem.empty()) return what + ": " + own->problem;
    const double now = Now(*own);
    if (!std::isfinite(now)) return what + " has too few newest points";
    const std::vector<double> past = pasts.Of(*own);
    if (past.size() < kFewestPast) return what + " has no past";
    const double deviation = BadDeviation(now, past, *own);
    if (deviation > patient.deviation) {
      patient.deviation = deviation;
      patient.worst = own;
    }
    unclear = unclear || deviation > kWellDeviations;
  }
  if (patient.worst == nullptr) return "no metric tells a pod's health";
  if (patient.deviation >= kWorseDeviations) {
    patient.health = Health::kSick;
  } else if (unclear) {
    patient.health = Health::kUnclear;
  }
  return "";
}

/// How far a sick pod lies from those that are well, in its worst metric.
double FromTheWell(const Patient& patient, const std::vector<Patient>& well) {
  std::vector<double> sample;
  for (const Patient& other : well) {
    const MetricWindow* metric = Find(other.pod->metrics, patient.worst->name);
    const auto newest = Newest(metric->window.values, 2 * kNewestPoints);
    sample.insert(sample.end(), newest.begin(), newest.end());
  }
  return BadDeviation(Now(*patient.worst), sample, *patient.worst);
}

std::string Describe(const Patient& patient) {
  return patient.worst->name + " of " + patient.pod->name + " lies " +
         Rounded(patient.deviation) + " deviations from its past";
}

/// What is neither sick nor well is well beside those that are far worse.
void Settle(const std::vector<Patient>& unclear, Ward& ward) {
  double least = std::numeric_limits<double>::infinity();
  for (const Patient& one : ward.sick) least = std::min(least, one.deviation);
  for (const Patient& patient : unclear) {
    if (ward.sick.empty() || least < kFarApart * patient.deviation) {
      ward.problem = Describe(patient) + ": neither sick nor well";
      return;
    }
    ward.well.push_back(patient);
  }
}

Ward Visit(const EvidenceWindow& evidence) {
  Ward ward;
  ward.problem = evidence.pods_problem;
  if (ward.problem.empty() && evidence.pods.empty()) {
    ward.problem = "no pod was looked at";
  }
  const Pasts pasts(evidence);
  std::vector<Patient> unclear;
  for (const PodEvidence& pod : evidence.pods) {
    if (!ward.problem.empty()) return ward;
    Patient patient{.pod = &pod};
    ward.problem = Examine(evidence, pasts, patient);
    if (!ward.problem.empty()) return ward;
    switch (patient.health) {
      case Health::kWell:
        ward.well.push_back(patient);
        break;
      case Health::kSick:
        ward.sick.push_back(patient);
        break;
      case Health::kUnclear:
        unclear.push_back(patient);
        break;
    }
  }
  Settle(unclear, ward);
  if (!ward.problem.empty() || ward.well.empty()) return ward;
  for (const Patient& patient : ward.sick) {
    if (FromTheWell(patient, ward.well) >= kWorseDeviations) continue;
    ward.problem = Describe(patient) + ", but not from the others now";
  }
  return ward;
}

/// The node on which all its pods are sick, and no other pod is; "" = none.
std::string NodeOfAll(const Ward& ward) {
  const std::string& node = ward.sick.front().pod->node;
  const auto there = [&](const Patient& p) { return p.pod->node == node; };
  const bool one =
      !node.empty() && std::all_of(ward.sick.begin(), ward.sick.end(), there);
  return one && std::none_of(ward.well.begin(), ward.well.end(), there) ? node
                                                                        : "";
}

std::vector<std::string> NamesOf(const std::vector<Patient>& patients) {
  std::vector<std::string> names;
  for (const Patient& patient : patients) names.push_back(patient.pod->name);
  return names;
}

/// Everybody is sick: it is the load, or something that all of them lean on.
CauseView OfAll(const EvidenceWindow& evidence, Cause cause,
                const std::string& who) {
  const LoadView load = LoadOf(evidence);
  if (load.risen == Judgement::kInconclusive) {
    return {Judgement::kInconclusive, load.reason};
  }
  const bool risen = load.risen == Judgement::kConfirmed;
  return {(cause == Cause::kLoad) == risen ? Judgement::kConfirmed
                                           : Judgement::kNotConfirmed,
          who + ", and " + load.reason};
}

}  // namespace

CauseView Spread(const EvidenceWindow& evidence, Cause cause) {
  const Ward ward = Visit(evidence);
  if (!ward.problem.empty()) return {Judgement::kInconclusive, ward.problem};
  const std::size_t all = ward.sick.size() + ward.well.size();
  if (ward.sick.empty()) {
    return {Judgement::kNotConfirmed,
            "none of " + std::to_string(all) + " pods lies far from its past"};
  }
  const std::string who = std::to_string(ward.sick.size()) + " of " +
                          std::to_string(all) +
                          " pods: " + Describe(ward.sick.front());
  if (ward.well.empty()) {
    if (cause == Cause::kLoad || cause == Cause::kAllPods) {
      return OfAll(evidence, cause, who);
    }
    // Without a sibling nobody can say whose trouble it is.
    return {all == 1 ? Judgement::kInconclusive : Judgement::kNotConfirmed,
            who};
  }
  Cause found = Cause::kOnePod;
  std::vector<std::string> names = NamesOf(ward.sick);
  if (ward.sick.size() > 1) {
    const std::string node = NodeOfAll(ward);
    found = node.empty() ? Cause::kSomePods : Cause::kOneNode;
    if (!node.empty()) names = {node};
  }
  if (found != cause) return {Judgement::kNotConfirmed, who};
  const bool node = found == Cause::kOneNode;
  return {Judgement::kConfirmed,
          who + (node ? ", all that stand on " + names.front() : ""), names};
}

}  // namespace selfheal::assess
