#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace selfheal::testing {

/// Between a client and a server on this machine, by TCP. Asked to, it passes
/// the next COMMIT on and loses the answer with the connection.
class LossyProxy {
 public:
  /// Passes to the server at `port`.
  explicit LossyProxy(int port);
  ~LossyProxy();
  LossyProxy(const LossyProxy&) = delete;
  LossyProxy& operator=(const LossyProxy&) = delete;

  int port() const { return port_; }
  void LoseNextCommit() { losing_ = true; }
  /// True once that was done.
  bool lost() const { return lost_; }

 private:
  void Accept(const std::stop_token& stop);
  /// One connection until either side ends it.
  void Pass(const std::stop_token& stop, int client);
  /// False where the connection ends.
  bool PassOn(int client, int server, bool& doomed);

  const int server_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> losing_ = false;
  std::atomic<bool> lost_ = false;
  std::jthread thread_;
};

}  // namespace selfheal::testing
