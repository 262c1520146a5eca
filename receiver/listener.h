#pragma once

#include <string>

#include "core/result.h"

namespace selfheal {

/// Where to listen: a numeric address or localhost, and a port.
struct ListenAddress {
  std::string host;
  int port = 0;
  bool loopback = false;
};

/// Reads "127.0.0.1:8000", "[::1]:8000", "localhost:8000" or ":8000".
///
/// @error kInvalidArgument  not an address that this machine could have.
Result<ListenAddress> ParseListenAddress(const std::string& text);

/// A bound, listening, non-blocking socket.
class Listener {
 public:
  /// @error kInvalidArgument  the address is malformed.
  /// @error kUnavailable      the port is taken or may not be bound.
  static Result<Listener> Bind(const std::string& address);

  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;
  ~Listener();

  int fd() const { return fd_; }
  /// The port that the system gave, where 0 was asked for.
  int port() const { return port_; }
  /// Stops listening.
  void Close();

 private:
  Listener(int fd, int port) : fd_(fd), port_(port) {}

  int fd_ = -1;
  int port_ = 0;
};

/// Accepts one connection and names its peer (IPv4 also where it came in
/// through an IPv6 socket); -1 where there is none.
int AcceptConnection(int listener, std::string& peer);

}  // namespace selfheal
