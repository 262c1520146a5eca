#pragma once

#include <chrono>
#include <memory>

#include "adapters/slack/approval_desk.h"
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
  ~SocketMode();
  SocketMode(const SocketMode&) = delete;
  SocketMode& operator=(const SocketMode&) = delete;

  void Start();
  void Stop();

 private:
  class Connection;
  const std::unique_ptr<Connection> connection_;
};

}  // namespace selfheal::slack
