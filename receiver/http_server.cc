#include "receiver/http_server.h"

#include <pthread.h>

#include <utility>

namespace selfheal {

Result<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options,
                                                      RequestHandler& handler) {
  std::shared_ptr<TlsContext> tls;
  if (options.tls_cert_file.empty() != options.tls_key_file.empty()) {
    return Error{Code::kInvalidArgument,
                 "tls: cert_file and key_file belong together"};
  }
  if (!options.tls_cert_file.empty()) {
    auto loaded = TlsContext::Load(options.tls_cert_file, options.tls_key_file);
    if (!loaded.ok()) return loaded.error();
    tls = std::move(loaded).value();
  }
  auto listener = Listener::Bind(options.listen);
  if (!listener.ok()) return listener.error();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(options), handler,
                                                    std::move(listener).value(),
                                                    std::move(tls)));
}

HttpServer::HttpServer(HttpServerOptions options, RequestHandler& handler,
                       Listener listener, std::shared_ptr<TlsContext> tls)
    : options_(std::move(options)),
      port_(listener.port()),
      loop_(
          options_.limits, handler, std::move(listener), std::move(tls),
          [this](Connection& one) { return workers_.Submit(one); },
          [this] { workers_.Flush(); }),
      workers_(
          options_.limits, handler,
          [this](std::span<Connection* const> all) { loop_.Completed(all); }) {
  thread_ = std::jthread([this] {
    pthread_setname_np(pthread_self(), "http-poll");
    loop_.Run();
  });
}

HttpServer::~HttpServer() { Stop(); }

void HttpServer::Stop() {
  loop_.Stop();
  if (thread_.joinable()) thread_.join();
  workers_.Stop();
}

}  // namespace selfheal
