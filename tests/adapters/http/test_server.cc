#include "tests/adapters/http/test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace selfheal::testing {
namespace {

int BindLoopback(int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    std::abort();
  }
  port = ntohs(address.sin_port);
  return fd;
}

std::string LoopbackUrl(int port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

void SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool ReadMore(int fd, std::string& buffer) {
  char chunk[16384];
  const ssize_t got = recv(fd, chunk, sizeof chunk, 0);
  if (got <= 0) return false;
  buffer.append(chunk, static_cast<std::size_t>(got));
  return true;
}

void ParseHead(std::string_view head, ReceivedRequest& request) {
  const auto line_end = head.find("\r\n");
  const std::string_view first = head.substr(0, line_end);
  const auto space = first.find(' ');
  const auto second = first.find(' ', space + 1);
  request.method = std::string(first.substr(0, space));
  request.target = std::string(first.substr(space + 1, second - space - 1));
  std::string_view rest = head.substr(line_end + 2);
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos) {
      std::string name(line.substr(0, colon));
      std::transform(
          name.begin(), name.end(), name.begin(),
          [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      request.headers[name] = std::string(line.substr(colon + 2));
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 2);
  }
}

}  // namespace

std::string HttpReply(int status, std::string_view body,
                      std::string_view content_type,
                      std::string_view extra_headers) {
  std::string reply = "HTTP/1.1 " + std::to_string(status) + " X\r\n";
  if (!content_type.empty()) {
    reply += "Content-Type: " + std::string(content_type) + "\r\n";
  }
  reply += std::string(extra_headers);
  reply += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return reply + std::string(body);
}

TestServer::TestServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = BindLoopback(port_);
  if (listen(listener_, 64) != 0) std::abort();
  acceptor_ = std::thread([this] { AcceptLoop(); });
}

TestServer::~TestServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

std::string TestServer::url() const { return LoopbackUrl(port_); }

std::vector<ReceivedRequest> TestServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int TestServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

bool TestServer::WaitForRequests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, std::chrono::seconds(10),
                           [&] { return requests_.size() >= count; });
}

void TestServer::AcceptLoop() {
  while (!stopping_) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back(
        [this, fd, connection = connections_++] { Serve(fd, connection); });
  }
}

bool TestServer::ReadRequest(int fd, std::string& buffer,
                             ReceivedRequest& request) {
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!ReadMore(fd, buffer)) return false;
  }
  ParseHead(std::string_view(buffer).substr(0, end), request);
  const auto length = request.headers.find("content-length");
  const std::size_t size =
      length == request.headers.end()
          ? 0
          : std::strtoul(length->second.c_str(), nullptr, 10);
  while (buffer.size() < end + 4 + size) {
    if (!ReadMore(fd, buffer)) return false;
  }
  request.body = buffer.substr(end + 4, size);
  buffer.erase(0, end + 4 + size);
  return true;
}

void TestServer::Serve(int fd, int connection) {
  std::string buffer;
  while (!stopping_) {
    ReceivedRequest request;
    request.connection = connection;
    if (!ReadRequest(fd, buffer, request)) break;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    arrived_.notify_all();
    const RawReply reply = handler_(request);
    SendAll(fd, reply.bytes);
    if (reply.hang) {
      while (ReadMore(fd, buffer)) {
      }
      break;
    }
    if (reply.reset) {
      const linger now{.l_onoff = 1, .l_linger = 0};
      setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
      break;
    }
    if (reply.close) break;
  }
  const std::lock_guard lock(mutex_);
  open_.erase(std::find(open_.begin(), open_.end(), fd));
  close(fd);
}

DeadPort::DeadPort() { fd_ = BindLoopback(port_); }
DeadPort::~DeadPort() { close(fd_); }
std::string DeadPort::url() const { return LoopbackUrl(port_); }

}  // namespace selfheal::testing
