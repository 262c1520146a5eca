#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

namespace selfheal::testing {

/// A private key with its certificate, in PEM.
struct TestIdentity {
  std::string cert_pem;
  std::string key_pem;
};

/// A fresh certificate authority.
TestIdentity MakeAuthority();

/// A certificate for `name` (a DNS name, or an IPv4 address) by `authority`.
TestIdentity MakeIdentity(const TestIdentity& authority,
                          const std::string& name);

struct TlsServerOptions {
  TestIdentity identity;
  /// Set: a client certificate of this authority is required.
  std::string client_ca_pem = {};
  int max_version = 0;  ///< For example TLS1_1_VERSION; 0 = the newest.
};

/// An HTTPS server on 127.0.0.1 that answers every request with 200 "tls".
class TlsServer {
 public:
  explicit TlsServer(const TlsServerOptions& options);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  int port() const { return port_; }
  /// Requests that were read over a finished handshake.
  int served() const { return served_; }

 private:
  void Loop();
  void Serve(int fd);

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> served_{0};
  std::thread thread_;
};

}  // namespace selfheal::testing
