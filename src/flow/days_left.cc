#include "flow/days_left.h"

#include <cmath>
#include <cstdio>
#include <optional>
#include <vector>

#include "collect/promql.h"

namespace selfheal {
namespace {

/// A metric, and the expression that makes seconds from now of it.
struct Measure {
  std::string metric;
  std::string expr;
};

std::string Is(std::string_view label, std::string_view value) {
  return std::string(label) + "=" + QuotePromQl(value);
}

/// Of a metric whose value is when the certificate ends.
Measure EndOf(std::string metric, const std::string& matchers) {
  std::string expr = "min(" + metric + "{" + matchers + "}) - time()";
  return {std::move(metric), std::move(expr)};
}

/// What may know of it, the most exact first.
std::vector<Measure> MeasuresOf(const Labels& labels) {
  const auto value = [&](std::string_view name) {
    return std::string(LabelOr(labels, name));
  };
  std::vector<Measure> measures;
  if (!value("secret_name").empty()) {
    measures.push_back(EndOf("x509_cert_not_after",
                             Is("secret_namespace", value("secret_namespace")) +
                                 "," +
                                 Is("secret_name", value("secret_name"))));
  }
  const std::string instance = value("instance");
  if (!value("filepath").empty()) {
    measures.push_back(
        EndOf("x509_cert_not_after",
              Is("filepath", value("filepath")) +
                  (instance.empty() ? "" : "," + Is("instance", instance))));
  }
  if (value("alertname") == "KubeClientCertificateExpiration") {
    const std::string metric =
        "apiserver_client_certificate_expiration_seconds";
    const std::string job =
        value("job").empty() ? "" : "{" + Is("job", value("job")) + "}";
    // Of all clients that came in five minutes, the one that ends first.
    measures.push_back({metric, "histogram_quantile(0.01, sum by (le) (rate(" +
                                    metric + "_bucket" + job + "[5m])))"});
  }
  if (!value("node").empty()) {
    const bool server = value("alertname").find("Server") != std::string::npos;
    const std::string metric = std::string("kubelet_certificate_manager_") +
                               (server ? "server" : "client") + "_ttl_seconds";
    measures.push_back(
        {metric, "min(" + metric + "{" + Is("node", value("node")) + "})"});
  }
  if (!instance.empty()) {
    measures.push_back(
        EndOf("probe_ssl_earliest_cert_expiry", Is("instance", instance)));
  }
  return measures;
}

std::optional<double> ValueOf(const QueryAnswer& answer) {
  if (answer.series.size() != 1 || answer.series.front().samples.empty()) {
    return std::nullopt;
  }
  const double value = answer.series.front().samples.back().value;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::string Sentence(double left, const std::string& metric) {
  char days[32];
  std::snprintf(days, sizeof days, "%.1f", std::abs(left) / 86400);
  return (left < 0 ? "it ended " + std::string(days) + " days ago"
                   : std::string(days) + " days are left") +
         " (" + metric + ")";
}

}  // namespace

std::string DaysLeft(MetricSource& source, Duration deadline, IncidentType type,
                     const Labels& labels, Time now) {
  const bool of_others = type == IncidentType::kCertificateExpiry &&
                         LabelOr(labels, "name").empty();
  if (!of_others) return "";
  const std::vector<Measure> measures = MeasuresOf(labels);
  std::vector<InstantQuery> queries;
  for (const Measure& measure : measures)
    queries.push_back({measure.expr, now});
  const auto answers = source.Query(queries, deadline);
  std::string fault;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok()) {
      fault = answers[i].error().message;
    } else if (const auto left = ValueOf(*answers[i])) {
      return Sentence(*left, measures[i].metric);
    }
  }
  return fault.empty() ? "no metric tells how long it is still good"
                       : "how long it is still good was not measured: " + fault;
}

}  // namespace selfheal
