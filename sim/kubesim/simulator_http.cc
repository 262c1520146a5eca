#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <ctime>

#include "sim/kubesim/simulator_impl.h"

namespace kubesim {
namespace {

constexpr int kHighestDescriptor = 4096;

std::string RawQuery(const httplib::Request& request) {
  const std::size_t mark = request.target.find('?');
  return mark == std::string::npos ? "" : request.target.substr(mark + 1);
}

ApiRequest ToCall(const httplib::Request& request) {
  ApiRequest call;
  call.method = request.method;
  call.path = request.path;
  call.query = request.params;
  call.content_type = request.get_header_value("Content-Type");
  call.body = request.body;
  return call;
}

void Fill(httplib::Response& response, const ApiResponse& answer) {
  response.status = answer.code;
  for (const auto& [name, value] : answer.headers) {
    response.set_header(name, value);
  }
  response.set_content(answer.body, answer.content_type);
}

/// As RFC 9110 wants it, "Wed, 25 Nov 2026 12:00:00 GMT".
std::string HttpDate() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[40];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return text;
}

int PortOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return 0;
}

bool IsDryRun(const ApiRequest& call) {
  const Json body = Json::parse(call.body, nullptr, false);
  if (call.Query("dryRun") == "All") return true;
  return body.is_object() &&
         (body.contains("dryRun") || Member(body, {"deleteOptions", "dryRun"}));
}

ApiResponse Failed(int code, const std::string& reason,
                   const std::string& message) {
  return Answer(code, ApiError(code, reason, message).ToStatus());
}

/// The answer of a fault that keeps the request from the API.
bool AnswersWithoutApplying(const Fault& fault, ApiResponse& answer) {
  switch (fault.failure) {
    case Failure::kErrorBefore:
      answer = Failed(fault.code, "InternalError", "simulated failure");
      return true;
    case Failure::kConflict:
      answer = Failed(409, "Conflict", "simulated conflict");
      return true;
    case Failure::kBusy:
      answer = {.code = 429,
                .body = "Too many requests, please try again later.\n",
                .content_type = "text/plain; charset=utf-8",
                .headers = {{"Retry-After", "1"}}};
      return true;
    case Failure::kDrop:
      return true;
    case Failure::kNone:
    case Failure::kErrorAfter:
    case Failure::kSwallow:
    case Failure::kGarbage:
      return false;
  }
  return false;
}

}  // namespace

bool Simulator::Impl::Authorised(const httplib::Request& request) const {
  return options_.token.empty() || request.get_header_value("Authorization") ==
                                       "Bearer " + options_.token;
}

/// Shuts the connection of this request down, so that no answer leaves. The
/// library does not show its socket; the peer's port names it.
void Simulator::Impl::CloseConnection(const httplib::Request& request) const {
  for (int fd = 3; fd < kHighestDescriptor; ++fd) {
    sockaddr_storage peer{};
    sockaddr_storage self{};
    socklen_t peer_size = sizeof peer;
    socklen_t self_size = sizeof self;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0 ||
        getsockname(fd, reinterpret_cast<sockaddr*>(&self), &self_size) != 0) {
      continue;
    }
    if (PortOf(peer) == request.remote_port && PortOf(self) == port_) {
      shutdown(fd, SHUT_RDWR);
      return;
    }
  }
}

void Simulator::Impl::Serve(const httplib::Request& request,
                            httplib::Response& response) {
  response.set_header("Date", HttpDate());
  if (request.path == "/metrics") {
    const std::string text = With(
        [](World& world) { return world.Metrics(world.now(), {}).Text(); });
    response.set_content(text, "text/plain; version=0.0.4");
    return;
  }
  if (request.path.rfind("/sim/", 0) == 0) {
    ServeControl(request, response);
    return;
  }
  ServeApi(request, response);
}

void Simulator::Impl::ServeApi(const httplib::Request& request,
                               httplib::Response& response) {
  if (!Authorised(request)) {
    Fill(response, Failed(401, "Unauthorized", "Unauthorized"));
    return;
  }
  const Fault fault = WithLog([&](RequestLog&, Faults& faults) {
    return faults.Take(request.method, request.target);
  });
  std::this_thread::sleep_for(fault.delay_before);
  const ApiRequest call = ToCall(request);
  LoggedRequest entry;
  entry.method = request.method;
  entry.path = request.path;
  entry.query = RawQuery(request);
  for (const auto& [name, value] : request.headers) {
    entry.headers[name] = name == "Authorization" ? "redacted" : value;
  }
  entry.body = request.body;
  entry.answered =
      fault.failure != Failure::kDrop && fault.failure != Failure::kSwallow;
  ApiResponse answer = ApplyLogged(call, std::move(entry), fault);
  std::this_thread::sleep_for(fault.delay_after);
  if (fault.failure == Failure::kErrorAfter) {
    answer = Failed(fault.code, "InternalError", "simulated failure");
  }
  if (fault.failure == Failure::kGarbage) {
    answer.code = 200;
    answer.body = "\x01{]not json";
  }
  Fill(response, answer);
  if (fault.failure == Failure::kDrop || fault.failure == Failure::kSwallow) {
    CloseConnection(request);
  }
}

ApiResponse Simulator::Impl::ApplyLogged(const ApiRequest& call,
                                         LoggedRequest entry,
                                         const Fault& fault) {
  std::lock_guard<std::mutex> lock(mutex_);
  Follow();
  ApiResponse answer;
  const std::uint64_t before = world_.store().revision();
  if (!AnswersWithoutApplying(fault, answer)) {
    entry.applied = true;
    answer = world_.api().Handle(call);
    entry.status = answer.code;
  }
  if (call.method == "GET") return answer;
  entry.sequence = ++sequence_;
  entry.at = world_.now();
  entry.dry_run = IsDryRun(call);
  entry.version_before = std::to_string(before);
  entry.version_after = std::to_string(world_.store().revision());
  entry.changed = world_.store().revision() != before;
  const Json body = Json::parse(answer.body, nullptr, false);
  entry.object_version = Text(body, {"metadata", "resourceVersion"});
  log_.push_back(std::move(entry));
  return answer;
}

}  // namespace kubesim
