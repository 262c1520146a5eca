#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/http/auth.h"
#include "adapters/http/client.h"
#include "adapters/prometheus/answer_parser.h"
#include "collect/metric_source.h"
#include "core/result.h"

namespace selfheal::prometheus {

struct Options {
  std::string url;
  http::AuthOptions auth = {};
  std::string ca_file = {};
  /// Extra headers, "Name: value" (tenants of Mimir and Thanos).
  std::vector<std::string> headers = {};
  std::string user_agent = "selfheal";
  /// Largest answer of one query, in bytes.
  std::size_t max_answer = std::size_t{16} << 20;
};

/// MetricSource over the HTTP API of Prometheus, Thanos and Mimir.
///
/// Queries travel as POST forms, all of one call at once over warm
/// connections. Partial responses are refused where the server knows them.
class PrometheusSource final : public MetricSource {
 public:
  /// @error kInvalidArgument  the URL or a header of the configuration.
  static Result<std::unique_ptr<PrometheusSource>> Create(Options options);

  std::vector<Result<QueryAnswer>> QueryRange(
      std::span<const RangeQuery> queries, Duration deadline) override;
  std::vector<Result<QueryAnswer>> Query(std::span<const InstantQuery> queries,
                                         Duration deadline) override;

 private:
  using Form = std::vector<std::pair<std::string, std::string>>;

  PrometheusSource(Options options, std::unique_ptr<http::Client> client);
  std::vector<Result<QueryAnswer>> Send(const std::string& target, Asked asked,
                                        std::vector<Form> forms,
                                        Duration deadline);
  Result<QueryAnswer> Read(const http::Outcome& outcome, Asked asked) const;

  const Options options_;
  const std::unique_ptr<http::Client> client_;
};

}  // namespace selfheal::prometheus
