#include "assess/mahalanobis.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>
#include <cstddef>

namespace selfheal::assess {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using FloatView = Eigen::Map<const Eigen::MatrixXf, 0, Eigen::OuterStride<>>;

/// Rows as an Eigen matrix, one row a row, one column a feature.
FloatView View(const FeatureRows& rows) {
  return {rows.values.data(), rows.rows, rows.features,
          Eigen::OuterStride<>(rows.stride)};
}

}  // namespace

Mahalanobis::Mahalanobis(const FeatureRows& rows, double ridge)
    : features_(rows.features),
      mean_(static_cast<std::size_t>(rows.features)),
      factor_(static_cast<std::size_t>(rows.features) *
              static_cast<std::size_t>(rows.features)) {
  // In single precision: the values are robust deviations, and the ridge is
  // far above its rounding.
  const FloatView x = View(rows);
  const Eigen::VectorXf mean = x.colwise().mean();
  Vector::Map(mean_.data(), features_) = mean.cast<double>();
  Eigen::MatrixXf products = Eigen::MatrixXf::Zero(features_, features_);
  products.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose(),
                                                      1.0F / rows.rows);
  products.selfadjointView<Eigen::Lower>().rankUpdate(mean, -1.0F);
  Matrix covariance = products.cast<double>();
  double level = ridge * covariance.diagonal().mean();
  if (!(level > 0)) level = 1;  // All features constant: plain distance.
  covariance.diagonal().array() += level;
  const Eigen::LLT<Matrix> llt(covariance.selfadjointView<Eigen::Lower>());
  Matrix::Map(factor_.data(), features_, features_) = llt.matrixL();
}

std::vector<double> Mahalanobis::Score(const FeatureRows& rows) const {
  std::vector<double> scores(static_cast<std::size_t>(rows.rows));
  if (rows.rows == 0) return scores;
  Matrix x = View(rows).cast<double>().transpose();
  x.colwise() -= Vector::Map(mean_.data(), features_);
  Matrix::Map(factor_.data(), features_, features_)
      .triangularView<Eigen::Lower>()
      .solveInPlace(x);
  Vector::Map(scores.data(), rows.rows) =
      (x.colwise().squaredNorm() / features_).cwiseSqrt();
  return scores;
}

std::vector<double> Mahalanobis::Contributions(const FeatureRows& rows,
                                               int row) const {
  std::vector<double> parts(static_cast<std::size_t>(features_));
  Vector x = View(rows).row(row).cast<double>();
  x -= Vector::Map(mean_.data(), features_);
  const auto factor = Matrix::Map(factor_.data(), features_, features_);
  Vector solved = x;
  factor.triangularView<Eigen::Lower>().solveInPlace(solved);
  factor.triangularView<Eigen::Lower>().transpose().solveInPlace(solved);
  Vector::Map(parts.data(), features_) = x.cwiseProduct(solved);
  return parts;
}

}  // namespace selfheal::assess
