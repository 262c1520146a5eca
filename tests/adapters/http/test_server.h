#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace selfheal::testing {

/// One request as it came over the wire.
struct ReceivedRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  int connection = 0;  ///< From 0, by order of acceptance.
};

/// What a test server writes back: any bytes, also such that are not HTTP.
struct RawReply {
  std::string bytes;
  /// False: the connection stays open for the next request.
  bool close = true;
  /// True: nothing more is written and the connection hangs until Stop.
  bool hang = false;
  /// True: the connection is closed by a reset.
  bool reset = false;
};

/// A well-formed answer with Content-Length.
std::string HttpReply(int status, std::string_view body,
                      std::string_view content_type = "application/json",
                      std::string_view extra_headers = "");

/// A tiny HTTP server on a loopback port that the OS picks. Each connection
/// has a thread of its own; the handler may be called from several at once.
class TestServer {
 public:
  using Handler = std::function<RawReply(const ReceivedRequest&)>;

  explicit TestServer(Handler handler);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const { return port_; }
  /// "http://127.0.0.1:port".
  std::string url() const;
  /// Every request that was read completely, in order.
  std::vector<ReceivedRequest> requests() const;
  int connections() const;
  /// Waits until `count` requests were read; false after 10 s.
  bool WaitForRequests(std::size_t count) const;

 private:
  void AcceptLoop();
  void Serve(int fd, int connection);
  bool ReadRequest(int fd, std::string& buffer, ReceivedRequest& request);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<ReceivedRequest> requests_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  int connections_ = 0;
  std::thread acceptor_;
};

/// A port of 127.0.0.1 on which nobody listens (bound, never listening, so
/// that nobody else can take it).
class DeadPort {
 public:
  DeadPort();
  ~DeadPort();
  DeadPort(const DeadPort&) = delete;
  DeadPort& operator=(const DeadPort&) = delete;
  std::string url() const;

 private:
  int fd_ = -1;
  int port_ = 0;
};

}  // namespace selfheal::testing
