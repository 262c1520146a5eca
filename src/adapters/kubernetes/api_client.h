#pragma once

#include <memory>
#include <string>

#include "adapters/http/client.h"
#include "adapters/kubernetes/access.h"
#include "core/clock.h"
#include "core/mutation.h"
#include "core/mutex.h"
#include "core/result.h"

namespace selfheal::kubernetes {

struct ApiOptions {
  Access access = {};
  /// True: an exec plugin of the kubeconfig may be run.
  bool allow_exec = false;
  Duration read_timeout = std::chrono::seconds(5);
  Duration write_timeout = std::chrono::seconds(10);
  Duration exec_timeout = std::chrono::seconds(10);
  std::string user_agent = "selfheal";
  /// Largest answer, in bytes.
  std::size_t max_answer = std::size_t{32} << 20;
};

/// One authenticated way to one API server. Thread-safe.
///
/// The token is read again each minute and after a 401, an exec plugin runs
/// again when its credential ends; a read that met a 401 is repeated once.
class ApiClient {
 public:
  /// `clock` must outlive the client.
  /// @error kInvalidArgument  the URL; kPermissionDenied  an exec plugin that
  ///        is not allowed; kUnauthenticated  a token that cannot be read.
  static Result<std::unique_ptr<ApiClient>> Create(ApiOptions options,
                                                   const Clock& clock);

  /// A plain GET of `target` over a warm connection.
  http::Outcome Get(const std::string& target);
  /// A POST that changes nothing (access reviews), over a warm connection.
  http::Outcome Ask(const std::string& target, const std::string& body);
  /// Sends these very bytes once, over a connection of its own.
  http::Outcome Mutate(const WireRequest& request);

  /// The namespace of the context or service account, or "".
  const std::string& ns() const { return options_.access.ns; }

 private:
  /// A connection pool with the header that belongs to it.
  struct Session {
    std::shared_ptr<http::Client> client;
    std::string authorization;
  };

  ApiClient(ApiOptions options, const Clock& clock);
  Result<Session> Current() EXCLUDES(mutex_);
  Result<void> Renew() REQUIRES(mutex_);
  Result<void> RenewByExec() REQUIRES(mutex_);
  Result<void> Connect() REQUIRES(mutex_);
  bool Fresh() const REQUIRES(mutex_);
  /// The credential was refused: get another before the next use.
  void Invalidate() EXCLUDES(mutex_);
  /// The connection failed: the next one reads the CA and certificate anew.
  void Disconnect() EXCLUDES(mutex_);
  http::Outcome Read(http::Request request);

  const ApiOptions options_;
  const Clock& clock_;

  Mutex mutex_;
  Session session_ GUARDED_BY(mutex_);
  /// What `session_.client` was made with.
  http::TlsOptions tls_ GUARDED_BY(mutex_);
  /// When the token was read; none: it must be read before the next use.
  std::optional<SteadyTime> read_at_ GUARDED_BY(mutex_);
  std::optional<Time> expires_at_ GUARDED_BY(mutex_);
};

}  // namespace selfheal::kubernetes
