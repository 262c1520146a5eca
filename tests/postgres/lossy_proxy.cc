#include "tests/postgres/lossy_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace selfheal::testing {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

bool SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

LossyProxy::LossyProxy(int port) : server_port_(port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  SELFHEAL_CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address),
                      sizeof address) == 0);
  SELFHEAL_CHECK(listen(listener_, 16) == 0);
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { Accept(stop); });
}

LossyProxy::~LossyProxy() {
  thread_.request_stop();
  thread_.join();
  close(listener_);
}

void LossyProxy::Accept(const std::stop_token& stop) {
  std::vector<std::jthread> connections;
  while (!stop.stop_requested()) {
    pollfd ready{listener_, POLLIN, 0};
    if (poll(&ready, 1, 20) != 1) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    connections.emplace_back([this, stop, client] { Pass(stop, client); });
  }
}

bool LossyProxy::PassOn(int client, int server, bool& doomed) {
  std::array<pollfd, 2> ready = {pollfd{client, POLLIN, 0},
                                 pollfd{server, POLLIN, 0}};
  if (poll(ready.data(), ready.size(), 20) <= 0) return true;
  std::array<char, 65536> buffer{};
  for (const pollfd& one : ready) {
    if (one.revents == 0) continue;
    const ssize_t got = recv(one.fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    const bool from_client = one.fd == client;
    if (from_client && bytes.find("COMMIT") != std::string_view::npos &&
        losing_.exchange(false)) {
      doomed = true;
    }
    // The server answers a COMMIT once it is done.
    if (!from_client && doomed) {
      lost_ = true;
      return false;
    }
    if (!SendAll(from_client ? server : client, bytes)) return false;
  }
  return true;
}

void LossyProxy::Pass(const std::stop_token& stop, int client) {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(server_port_);
  bool doomed = false;
  if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) ==
      0) {
    while (!stop.stop_requested() && PassOn(client, server, doomed)) {
    }
  }
  close(server);
  close(client);
}

}  // namespace selfheal::testing
