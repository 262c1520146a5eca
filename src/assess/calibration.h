#pragma once

#include <span>
#include <vector>

namespace selfheal::assess {

/// Turns a statistic into the probability that the baseline itself shows one
/// as high, and that into a score: 0.6 is p = 1e-3, 0.8 is 1e-4, 1 is 1e-5.
///
/// Below the tail the sample itself counts; above it an exponential whose
/// scale is widened where few rows told it. Never rising in the statistic.
///
/// The statistic is a logarithm of distances. An exponential in it is a power
/// law of the distance, the most cautious guess; an exponential in
/// exp(opening * statistic) ends sooner, the more so the larger `opening`.
class Calibration {
 public:
  /// Precondition: `sample` is not empty and finite.
  ///
  /// @param widening  Factor of the tail's scale, for what is judged later
  ///                  than the sample and has drifted.
  /// @param opening   At least 0; 0 is the power law.
  explicit Calibration(std::vector<double> sample, double widening = 1,
                       double opening = 0);

  /// In (0, 1].
  double TailProbability(double statistic) const;

  /// In [0, 1].
  double Score(double statistic) const;

 private:
  double Opened(double statistic) const;

  double opening_;
  std::vector<double> sorted_;  ///< Opened.
  double tail_start_ = 0;       ///< Opened; where the exponential takes over.
  double tail_share_ = 0;       ///< Probability there.
  double tail_scale_ = 1;
};

}  // namespace selfheal::assess
