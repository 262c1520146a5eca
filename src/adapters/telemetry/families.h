#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace selfheal::telemetry {

using CounterFamily = prometheus::Family<prometheus::Counter>;
using GaugeFamily = prometheus::Family<prometheus::Gauge>;
using HistogramFamily = prometheus::Family<prometheus::Histogram>;

/// Makes families on one registry; names as docs and dashboards hold them.
class FamilyMaker {
 public:
  explicit FamilyMaker(prometheus::Registry& registry) : registry_(registry) {}

  CounterFamily& Counter(const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
  }
  GaugeFamily& Gauge(const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry_);
  }
  HistogramFamily& Histogram(const std::string& name, const std::string& help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(
        registry_);
  }

 private:
  prometheus::Registry& registry_;
};

/// Makes the child of every value of one label, at zero.
template <typename Family, typename Values>
void Initialise(Family& family, const std::string& label,
                const Values& values) {
  for (const auto& value : values) family.Add({{label, std::string(value)}});
}

/// Makes the child of every pair of values of two labels, at zero.
template <typename Family, typename First, typename Second>
void Initialise(Family& family, const std::string& first_label,
                const First& first, const std::string& second_label,
                const Second& second) {
  for (const auto& a : first) {
    for (const auto& b : second) {
      family.Add(
          {{first_label, std::string(a)}, {second_label, std::string(b)}});
    }
  }
}

}  // namespace selfheal::telemetry
