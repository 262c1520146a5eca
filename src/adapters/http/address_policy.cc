#include "adapters/http/address_policy.h"

#include <netinet/in.h>

#include <cstdint>
#include <cstring>

namespace selfheal::http {
namespace {

bool V4Allowed(std::uint32_t address, bool allow_loopback) {
  const std::uint32_t first = address >> 24;
  if (first == 127) return allow_loopback;
  if (first == 0) return false;                 // 0.0.0.0/8 is ourselves.
  if ((address >> 16) == 0xA9FE) return false;  // 169.254/16 link-local.
  return first < 224;  // From there on multicast, reserved and broadcast.
}

bool V6Allowed(const in6_addr& address, bool allow_loopback) {
  if (IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address)) {
    if (IN6_IS_ADDR_LOOPBACK(&address)) return allow_loopback;
    std::uint32_t v4 = 0;
    std::memcpy(&v4, address.s6_addr + 12, sizeof v4);
    return V4Allowed(ntohl(v4), allow_loopback);
  }
  if (IN6_IS_ADDR_LOOPBACK(&address)) return allow_loopback;
  return !IN6_IS_ADDR_UNSPECIFIED(&address) &&
         !IN6_IS_ADDR_LINKLOCAL(&address) && !IN6_IS_ADDR_MULTICAST(&address);
}

}  // namespace

bool AddressAllowed(const sockaddr& address, bool allow_loopback) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return V4Allowed(ntohl(v4.sin_addr.s_addr), allow_loopback);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return V6Allowed(v6.sin6_addr, allow_loopback);
  }
  return false;
}

}  // namespace selfheal::http
