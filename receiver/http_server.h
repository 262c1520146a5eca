#pragma once

#include <memory>
#include <string>
#include <thread>

#include "core/result.h"
#include "receiver/http_limits.h"
#include "receiver/poll_loop.h"
#include "receiver/request_handler.h"
#include "receiver/worker_pool.h"

namespace selfheal {

/// Where and how to serve.
struct HttpServerOptions {
  /// "ADDRESS:PORT"; port 0: the system picks one.
  std::string listen = "0.0.0.0:8000";
  /// Both or none.
  std::string tls_cert_file;
  std::string tls_key_file;
  HttpLimits limits;
};

/// An HTTP/1.1 server: one poll thread behind the strict gate, fixed workers.
///
/// Thread-safety: Stop may be called from any thread but a worker.
class HttpServer {
 public:
  /// Binds and starts to serve.
  ///
  /// @param handler  outlives the server.
  /// @error kInvalidArgument  the address or the TLS files are wrong.
  /// @error kUnavailable      the port is taken.
  static Result<std::unique_ptr<HttpServer>> Start(HttpServerOptions options,
                                                   RequestHandler& handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }

  /// Takes no more connections, finishes the requests that are complete, ends
  /// the threads. Idempotent.
  void Stop();

 private:
  HttpServer(HttpServerOptions options, RequestHandler& handler,
             Listener listener, std::shared_ptr<TlsContext> tls);

  const HttpServerOptions options_;
  const int port_;
  // In the order of dependency: the loop's connections outlive the workers.
  PollLoop loop_;
  WorkerPool workers_;
  std::jthread thread_;
};

}  // namespace selfheal
