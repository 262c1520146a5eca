#pragma once

#include <sys/socket.h>

namespace selfheal::http {

/// Whether a connection to a *resolved* address is allowed.
///
/// Never link-local (cloud metadata services live there), unspecified,
/// multicast or broadcast; loopback only where the configured URL names it.
/// IPv4-mapped IPv6 addresses are judged by the address inside.
bool AddressAllowed(const sockaddr& address, bool allow_loopback);

}  // namespace selfheal::http
