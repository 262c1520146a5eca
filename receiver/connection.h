#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/clock.h"
#include "receiver/http_gate.h"
#include "receiver/tls.h"

namespace selfheal {

/// One accepted connection. The poll thread owns it; while `phase` is kWorking
/// one worker may use `gate`, `out` and the socket instead.
struct Connection {
  enum class Phase {
    kReading,   ///< Head or body of a request; also the TLS handshake.
    kWorking,   ///< A complete request lies with the workers.
    kWriting,   ///< The rest of an answer waits for the peer.
    kDraining,  ///< Answered and half closed; what comes is dropped.
    kClosed,    ///< Waits for its removal at the end of the turn.
  };

  explicit Connection(const HttpLimits& limits)
      : gate(std::make_unique<HttpGate>(limits)) {}

  int fd = -1;
  std::string peer;
  bool reserved = false;
  Phase phase = Phase::kReading;
  std::unique_ptr<HttpGate> gate;
  /// Null: plain HTTP.
  std::unique_ptr<TlsSession> tls;
  /// Clear text behind the request that is being worked on.
  std::string in;
  /// Bytes for the wire that did not fit into the socket yet.
  std::string out;
  std::size_t out_done = 0;
  bool close_after = false;
  /// The system said that the peer's end of stream is near.
  bool hangup = false;
  /// The peer's end of stream was read, or the connection broke.
  bool peer_closed = false;
  /// Something may wait in the socket that was not read yet.
  bool readable = false;
  /// A deadline of the phase; max: none.
  SteadyTime deadline = SteadyTime::max();
  /// Start of the current request or of the silence before it.
  SteadyTime since;
  std::size_t drained = 0;
  /// Body bytes of this connection in the server's budget.
  std::size_t charged = 0;

  /// True where it may be closed for another one: no complete request.
  bool evictable() const { return phase == Phase::kReading; }
};

}  // namespace selfheal
