#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/adapters/http/tls_server.h"

namespace selfheal::slack {

/// Slack's end of Socket Mode over TLS, on 127.0.0.1: greets who comes, sends
/// one envelope, and keeps what it is answered.
class TlsSocketServer {
 public:
  TlsSocketServer(const testing::TestIdentity& identity, std::string envelope);
  ~TlsSocketServer();
  TlsSocketServer(const TlsSocketServer&) = delete;
  TlsSocketServer& operator=(const TlsSocketServer&) = delete;

  int port() const { return acceptor_.local_endpoint().port(); }
  /// The first text that a client sent; "" where none came in 10 s.
  std::string Answer();
  /// Waits for `count` clients that broke off the handshake; false after 10 s.
  bool Refused(int count);

 private:
  void Run();
  void Serve(boost::asio::ip::tcp::socket socket);

  const std::string envelope_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ssl::context tls_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> answers_;
  int refused_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace selfheal::slack
