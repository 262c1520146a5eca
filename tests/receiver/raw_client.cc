#include "tests/receiver/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace selfheal::testing {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

milliseconds Left(Clock::time_point until) {
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
  return std::max(left, milliseconds(0));
}

}  // namespace

RawClient::RawClient(int port, const std::string& source) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  inet_pton(AF_INET, source.c_str(), &from.sin_addr);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  if (bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0 ||
      connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    close(std::exchange(fd_, -1));
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      closed_(other.closed_),
      buffer_(std::move(other.buffer_)) {}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool RawClient::ReadSome(milliseconds within) {
  pollfd ready{fd_, POLLIN, 0};
  if (poll(&ready, 1, static_cast<int>(within.count())) <= 0) return false;
  std::array<char, 65536> chunk;
  const ssize_t n = recv(fd_, chunk.data(), chunk.size(), 0);
  if (n <= 0) {
    closed_ = true;
    return false;
  }
  buffer_.append(chunk.data(), static_cast<std::size_t>(n));
  return true;
}

std::string RawClient::ReadAll(milliseconds within) {
  const auto until = Clock::now() + within;
  while (!closed_ && Left(until).count() > 0) ReadSome(Left(until));
  return std::exchange(buffer_, {});
}

std::string RawClient::ReadAnswer(bool with_body) {
  const auto until = Clock::now() + std::chrono::seconds(20);
  while (true) {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t field = buffer_.find("Content-Length: ");
      const std::size_t length =
          with_body && field < end
              ? std::strtoul(buffer_.c_str() + field + 16, nullptr, 10)
              : 0;
      if (buffer_.size() >= end + 4 + length) {
        std::string answer = buffer_.substr(0, end + 4 + length);
        buffer_.erase(0, end + 4 + length);
        return answer;
      }
    }
    if (closed_ || (!ReadSome(Left(until)) && Left(until).count() == 0)) {
      return "";
    }
  }
}

bool RawClient::ClosedWithin(milliseconds within) {
  ReadAll(within);
  return closed_;
}

void RawClient::FinishSending() { shutdown(fd_, SHUT_WR); }

int StatusOf(std::string_view answer) {
  if (answer.substr(0, 9) != "HTTP/1.1 " || answer.size() < 12) return 0;
  return std::atoi(std::string(answer.substr(9, 3)).c_str());
}

std::string BodyOf(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

bool HasField(const std::string& answer, const std::string& line) {
  const std::string head = answer.substr(0, answer.find("\r\n\r\n") + 2);
  return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace selfheal::testing
