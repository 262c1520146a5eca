#pragma once

#include <memory>
#include <string>

#include "app/app.h"
#include "config/config.h"
#include "core/result.h"
#include "receiver/auth.h"
#include "receiver/http_server.h"
#include "receiver/router.h"
#include "receiver/services.h"

namespace selfheal {

/// The HTTP surface of one running product: the main listener, and the one of
/// the metrics where `metrics.listen` is set. A remediator has the latter only.
class Service {
 public:
  /// Binds the ports and answers from then on.
  ///
  /// @param app  outlives the service.
  /// @error kInvalidArgument  an address or a TLS file is wrong; kUnavailable
  ///        a port is taken.
  static Result<std::unique_ptr<Service>> Start(App& app, const Config& config,
                                                Authenticator authenticator,
                                                Role role = Role::kAll);

  /// The ports that are bound; 0: no such listener.
  int port() const { return main_ ? main_->port() : 0; }
  int metrics_port() const { return metrics_ ? metrics_->port() : 0; }

  /// Finishes what is being answered, then closes the ports.
  void Stop();

 private:
  Service(App& app, const Config& config, Authenticator authenticator);

  AppObserver observer_;
  const Services services_;
  const Authenticator authenticator_;
  Router main_router_;
  Router metrics_router_;
  std::unique_ptr<HttpServer> main_;
  std::unique_ptr<HttpServer> metrics_;
};

/// Limits of the HTTP surface for `config`.
HttpLimits LimitsOf(const Config& config);

}  // namespace selfheal
