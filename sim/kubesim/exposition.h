#pragma once

#include <initializer_list>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "sim/kubesim/types.h"

namespace kubesim {

/// Metric families with their samples, printed in Prometheus' text format.
class Exposition {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  void Add(const std::string& family, const std::string& type,
           const Labels& labels, double value);

  /// As Add, for the parts of a histogram, whose names extend the family's.
  void AddPart(const std::string& family, const std::string& suffix,
               const Labels& labels, double value);

  std::string Text() const;

  struct Family {
    std::string type;
    std::vector<std::pair<std::string, double>> samples;  // name{labels}
  };
  const std::map<std::string, Family>& families() const { return families_; }

 private:
  std::map<std::string, Family> families_;
};

/// Samples of many times, written as OpenMetrics with timestamps, which
/// `promtool tsdb create-blocks-from openmetrics` turns into blocks.
class History {
 public:
  /// Keeps only families that begin with one of `families`; empty = all.
  explicit History(std::vector<std::string> families)
      : wanted_(std::move(families)) {}

  void Add(const Exposition& exposition, TimePoint at);
  void Write(std::ostream& out) const;

 private:
  bool Wants(const std::string& family) const;

  using Points = std::vector<std::pair<double, double>>;  // time, value
  std::vector<std::string> wanted_;
  std::map<std::string, std::map<std::string, Points>> families_;
};

/// `value` in the shortest form that reads back as the same number.
std::string FormatNumber(double value);

}  // namespace kubesim
