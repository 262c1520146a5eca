#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "adapters/slack/approval_desk.h"
#include "adapters/slack/socket_stream.h"
#include "adapters/slack/web_api.h"
#include "core/clock.h"
#include "core/log.h"

namespace selfheal::slack {

/// Socket Mode: hears the same as the Door through a connection that we open,
/// so nothing has to be reachable from outside. The socket that Slack's URL
/// leads to is the proof of who speaks.
///
/// One thread; an envelope is acknowledged when its answer is durable.
class SocketMode {
 public:
  /// Each outlives it.
  struct Ports {
    WebApi& api;  ///< With the app token.
    ApprovalDesk& desk;
    Logger& log;
  };
  struct Options {
    /// True: also ws:// and loopback addresses.
    bool local = false;
    /// After a failure; doubles up to `max_back_off`, with jitter.
    Duration back_off = std::chrono::seconds(1);
    Duration max_back_off = std::chrono::seconds(60);
  };

  SocketMode(Ports ports, Options options);
  ~SocketMode() { Stop(); }
  SocketMode(const SocketMode&) = delete;
  SocketMode& operator=(const SocketMode&) = delete;

  void Start();
  void Stop();

 private:
  using Stream = std::shared_ptr<SocketStream>;

  boost::asio::awaitable<void> Keep();
  boost::asio::awaitable<void> UntilWanted();
  boost::asio::awaitable<Stream> Open();
  boost::asio::awaitable<void> Serve(Stream stream);
  boost::asio::awaitable<void> Rest(Duration time);
  /// False where the connection is to be replaced.
  boost::asio::awaitable<bool> Hear(Stream stream, std::string text);
  bool Take(const nlohmann::json& envelope);
  void Ended(const Stream& stream);
  void Wanted();

  const Ports ports_;
  const Options options_;
  boost::asio::io_context io_;
  // Of the thread alone, below.
  boost::asio::steady_timer replace_;  ///< Cancelled = a new one is wanted.
  Stream current_;
  bool wanted_ = false;
  bool refresh_ = false;  ///< Slack itself wants it replaced, at once.
  Duration back_off_;
  std::thread thread_;
};

}  // namespace selfheal::slack
