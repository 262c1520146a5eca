#include "receiver/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>
#include <utility>

namespace selfheal {
namespace {

constexpr int kBacklog = 1024;

Error BadAddress(const std::string& text) {
  return Error{Code::kInvalidArgument,
               "listen: " + text + ": expected ADDRESS:PORT"};
}

bool IsLoopback(const std::string& host) {
  return host == "::1" || host.rfind("127.", 0) == 0;
}

/// Fills `storage` from a numeric host; 0: neither IPv4 nor IPv6.
socklen_t FillAddress(const ListenAddress& address, sockaddr_storage& storage) {
  std::memset(&storage, 0, sizeof storage);
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  if (inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<std::uint16_t>(address.port));
    return sizeof *v4;
  }
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<std::uint16_t>(address.port));
    return sizeof *v6;
  }
  return 0;
}

int BoundPort(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return 0;
  }
  return ntohs(storage.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
                   : reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
}

}  // namespace

Result<ListenAddress> ParseListenAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return BadAddress(text);
  ListenAddress address;
  address.host = text.substr(0, colon);
  const char* const first = text.data() + colon + 1;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(first, last, address.port);
  if (error != std::errc() || end != last || address.port < 0 ||
      address.port > 65535) {
    return BadAddress(text);
  }
  if (address.host.empty()) address.host = "0.0.0.0";
  if (address.host == "localhost") address.host = "127.0.0.1";
  if (address.host.size() > 2 && address.host.front() == '[' &&
      address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  sockaddr_storage storage;
  if (FillAddress(address, storage) == 0) return BadAddress(text);
  address.loopback = IsLoopback(address.host);
  return address;
}

Result<Listener> Listener::Bind(const std::string& text) {
  const auto address = ParseListenAddress(text);
  if (!address.ok()) return address.error();
  sockaddr_storage storage;
  const socklen_t size = FillAddress(*address, storage);
  const int fd =
      socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return Error{
        Code::kUnavailable,
        "listen: " + text + ": " + std::generic_category().message(errno)};
  }
  Listener listener(fd, 0);
  const int on = 1;
  const int off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (storage.ss_family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (bind(fd, reinterpret_cast<const sockaddr*>(&storage), size) != 0 ||
      listen(fd, kBacklog) != 0) {
    return Error{
        Code::kUnavailable,
        "listen: " + text + ": " + std::generic_category().message(errno)};
  }
  listener.port_ = BoundPort(fd);
  return listener;
}

Listener::Listener(Listener&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), port_(other.port_) {}

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(port_, other.port_);
  return *this;
}

Listener::~Listener() { Close(); }

void Listener::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

int AcceptConnection(int listener, std::string& peer) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  const int fd = accept4(listener, reinterpret_cast<sockaddr*>(&storage), &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return -1;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char text[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<sockaddr_in6*>(&storage)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
      inet_ntop(AF_INET, &v6.s6_addr[12], text, sizeof text);
    } else {
      inet_ntop(AF_INET6, &v6, text, sizeof text);
    }
  } else {
    inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(&storage)->sin_addr,
              text, sizeof text);
  }
  peer = text;
  return fd;
}

}  // namespace selfheal
