#include "receiver/library_bridge.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace selfheal {
namespace {

/// A head to read, an answer to write, and no socket.
class MemoryStream final : public httplib::Stream {
 public:
  MemoryStream(std::string head, const std::string& peer)
      : head_(std::move(head)), peer_(peer) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const std::size_t n = std::min(size, head_.size() - read_);
    std::memcpy(to, head_.data() + read_, n);
    read_ += n;
    return static_cast<ssize_t>(n);
  }
  ssize_t write(const char* from, size_t size) override {
    answer_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = peer_;
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  socket_t socket() const override { return INVALID_SOCKET; }

  std::string& answer() { return answer_; }

 private:
  std::string head_;
  std::size_t read_ = 0;
  const std::string& peer_;
  std::string answer_;
};

std::string WriteHead(const RequestHead& head) {
  std::string text(MethodName(head.method));
  text += " " + head.path + " HTTP/1.1\r\nHost: selfheal\r\n";
  for (const auto& [name, value] : head.forwarded) {
    // The library decodes escapes in values.
    if (value.find('%') == std::string::npos) {
      text += name + ": " + value + "\r\n";
    }
  }
  return text + "\r\n";
}

}  // namespace

class LibraryBridge::Library final : public httplib::Server {
 public:
  explicit Library(RequestHandler& handler) : handler_(handler) {
    set_payload_max_length(0);
    set_keep_alive_max_count(1);
    // Before the library looks for a body or a route.
    set_pre_routing_handler(
        [this](const httplib::Request&, httplib::Response& response) {
          Fill(response);
          return HandlerResponse::Handled;
        });
    // After the library has written its own idea of the connection.
    set_post_routing_handler(
        [this](const httplib::Request&, httplib::Response& response) {
          response.headers.erase("Keep-Alive");
          response.headers.erase("Connection");
          response.headers.erase("Accept-Ranges");
          // It has no body, and a length would be the one of the 200.
          if (response.status == 304) response.headers.erase("Content-Length");
          if (close_) response.set_header("Connection", "close");
        });
  }

  Answer Serve(const HttpRequest& request) {
    request_ = &request;
    close_ = true;
    status_ = 500;
    MemoryStream stream(WriteHead(request.head), request.peer);
    Process(stream);
    return Answer{std::move(stream.answer()), status_, close_};
  }

 private:
  void Fill(httplib::Response& response) {
    HttpResponse answer;
    try {
      answer = handler_.Handle(*request_);
    } catch (const std::exception&) {
      // A library threw what its adapter does not know: fail closed.
      answer = Problem(500, "an internal error");
    }
    close_ = answer.close || request_->head.close;
    status_ = answer.status;
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) {
      response.set_header(name.c_str(), value);
    }
    response.set_header("Content-Type", answer.content_type);
    response.body = std::move(answer.body);
  }

  void Process(httplib::Stream& stream) {
    bool closed = false;
#if defined(SELFHEAL_HTTPLIB_HAS_ADDRESSES)
    process_request(stream, request_->peer, 0, std::string(), 0, false, closed,
                    nullptr);
#else
    process_request(stream, false, closed, nullptr);
#endif
  }

  RequestHandler& handler_;
  const HttpRequest* request_ = nullptr;
  bool close_ = true;
  int status_ = 500;
};

namespace {

/// What the library wrote, or an answer of our own where it wrote nothing.
LibraryBridge::Answer Checked(const HttpRequest& request,
                              LibraryBridge::Answer answer) {
  if (!answer.bytes.empty()) return answer;
  return {SerializeResponse(Problem(500, "an internal error"), true,
                            request.head.method != Method::kHead),
          500, true};
}

}  // namespace

LibraryBridge::LibraryBridge(RequestHandler& handler)
    : library_(std::make_unique<Library>(handler)) {}

LibraryBridge::~LibraryBridge() = default;

LibraryBridge::Answer LibraryBridge::Serve(const HttpRequest& request) {
  return Checked(request, library_->Serve(request));
}

}  // namespace selfheal
