#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/http/message.h"
#include "adapters/http/url.h"
#include "core/clock.h"
#include "core/result.h"

namespace selfheal::http {

/// How the other side proves itself, and we to it. PEM text wins over a file.
struct TlsOptions {
  std::string ca_file = {};  ///< Empty (and no ca_pem) = the system's store.
  std::string ca_pem = {};
  std::string cert_file = {};
  std::string cert_pem = {};
  std::string key_file = {};
  std::string key_pem = {};
  /// Name to expect in the certificate; empty = the host of the URL.
  std::string server_name = {};
};

struct ClientOptions {
  std::string base_url;
  TlsOptions tls = {};
  std::string user_agent = "selfheal";
  Duration connect_timeout = std::chrono::seconds(2);
};

/// Speaks HTTP/1.1 to one origin with every guard that libcurl offers.
///
/// Certificates are always verified (TLS 1.2 or later); redirects, proxies,
/// .netrc, compression and other schemes are off; the resolved address must be
/// allowed; header and body bytes are counted as they come.
/// Thread-safe. Warm connections are kept for requests of Connection::kPooled.
class Client {
 public:
  /// @error kInvalidArgument  the base URL (see ParseBaseUrl).
  static Result<std::unique_ptr<Client>> Create(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const BaseUrl& base() const;

  /// Sends one request and waits for the whole answer.
  Outcome Send(const Request& request);

  /// Sends all requests at once; outcome i belongs to request i.
  std::vector<Outcome> SendAll(std::span<const Request> requests);

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace selfheal::http
