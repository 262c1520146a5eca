#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "assess/align.h"
#include "assess/detector.h"
#include "core/assessment.h"
#include "core/evidence.h"

namespace selfheal::assess {

/// The anomaly half of an assessment.
struct AnomalyFinding {
  Judgement outcome = Judgement::kInconclusive;
  double score = 0;
  double statistic = 0;
  double confidence = 0;
  std::vector<Factor> factors;
  std::vector<std::pair<std::string, double>> members;
  std::string reason;
};

/// What the service gives the detector for evidence of this step.
DetectorOptions OptionsFor(const ConfirmSpec& spec, seconds step,
                           std::uint64_t seed);

/// Fits a detector to a set of metrics once, however many windows of the same
/// baselines are judged with it.
class Detectors {
 public:
  const Detector& For(const std::vector<const MetricWindow*>& metrics,
                      const AlignedEvidence& aligned,
                      const DetectorOptions& options);

 private:
  std::map<std::vector<std::string>, std::unique_ptr<const Detector>> fitted_;
};

/// Judges metrics together against their baselines.
///
/// Every metric in `required` counts always. Those in `optional` count in
/// company of the required ones, one by one and, where `complete`, all
/// together; the highest score is taken, so that the absence of one can only
/// lower it.
///
/// @param complete   No optional metric of the rule is missing.
/// @param detectors  Of these baselines, `spec` and `seed`.
AnomalyFinding FindAnomaly(const std::vector<const MetricWindow*>& required,
                           const std::vector<const MetricWindow*>& optional,
                           bool complete, const ConfirmSpec& spec,
                           std::uint64_t seed, Detectors& detectors);

}  // namespace selfheal::assess
