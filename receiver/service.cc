#include "receiver/service.h"

#include <algorithm>
#include <utility>

namespace selfheal {
namespace {

/// The metrics port has scrapers and probes, no more.
constexpr std::size_t kMetricsWorkers = 2;
/// Small bodies of all connections together, beside four of the largest.
constexpr std::size_t kBufferedBodies = 4;

}  // namespace

HttpLimits LimitsOf(const Config& config) {
  HttpLimits limits;
  limits.connections = static_cast<std::size_t>(config.limits.connections);
  limits.reserved_peers = config.limits.reserved_peers;
  limits.buffered_bytes =
      std::max(limits.buffered_bytes,
               static_cast<std::size_t>(config.limits.body) * kBufferedBodies);
  return limits;
}

Service::Service(App& app, const Config& config, Authenticator authenticator)
    : observer_(app),
      services_(ServicesOf(app, observer_, config)),
      authenticator_(std::move(authenticator)),
      main_router_(services_, authenticator_,
                   config.metrics.listen.empty() ? Surface::kEverything
                                                 : Surface::kWithoutMetrics,
                   static_cast<std::size_t>(config.limits.body)),
      metrics_router_(services_, authenticator_, Surface::kMetricsOnly, 0) {}

Result<std::unique_ptr<Service>> Service::Start(App& app, const Config& config,
                                                Authenticator authenticator,
                                                Role role) {
  std::unique_ptr<Service> service(
      new Service(app, config, std::move(authenticator)));
  HttpServerOptions options;
  options.listen = config.listen;
  options.tls_cert_file = config.tls.cert_file;
  options.tls_key_file = config.tls.key_file;
  options.limits = LimitsOf(config);
  if (role != Role::kRemediator) {
    auto main = HttpServer::Start(options, service->main_router_);
    if (!main.ok()) return main.error();
    service->main_ = std::move(main).value();
  }
  if (config.metrics.listen.empty()) return service;
  options.listen = config.metrics.listen;
  options.limits.workers = kMetricsWorkers;
  auto metrics = HttpServer::Start(options, service->metrics_router_);
  if (!metrics.ok()) return metrics.error();
  service->metrics_ = std::move(metrics).value();
  return service;
}

void Service::Stop() {
  if (main_) main_->Stop();
  if (metrics_) metrics_->Stop();
}

}  // namespace selfheal
