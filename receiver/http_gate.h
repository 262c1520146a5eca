#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "receiver/chunked_decoder.h"
#include "receiver/head_parser.h"
#include "receiver/http_limits.h"
#include "receiver/http_message.h"

namespace selfheal {

/// The strict framing gate: bytes of a connection in, at most one complete
/// request out. Nothing behind it ever sees a byte whose meaning is open to
/// discussion. One gate a request. Not thread-safe.
class HttpGate {
 public:
  enum class State {
    kHead,      ///< The head is not complete.
    kHeadDone,  ///< Call Admit (or answer and close).
    kBody,      ///< The body is not complete.
    kComplete,  ///< Take the request.
    kRefused,   ///< Answer refusal() and close.
  };

  /// @param limits  outlives the gate.
  explicit HttpGate(const HttpLimits& limits)
      : limits_(limits), head_(limits) {}

  /// Takes bytes from the front of `bytes` until the state asks for the
  /// caller; bytes behind the request are left.
  State Feed(std::string_view& bytes);

  /// Precondition: state() is kHeadDone. The body may follow; refused with 413
  /// where it is longer than `admission.max_body`.
  State Admit(Admission admission);

  State state() const { return state_; }
  /// True once a byte of this request was fed.
  bool started() const { return head_.started(); }
  /// True once head() is complete.
  bool head_done() const { return head_done_; }
  const RequestHead& head() const { return request_.head; }
  std::size_t body_bytes() const { return request_.body.size(); }

  /// Precondition: state() is kRefused.
  const HttpResponse& refusal() const { return refusal_; }

  /// Precondition: state() is kComplete.
  HttpRequest& request() { return request_; }

 private:
  State Refuse(int status, std::string_view detail);
  State FeedBody(std::string_view& bytes);

  const HttpLimits& limits_;
  State state_ = State::kHead;
  bool head_done_ = false;
  HeadParser head_;
  std::optional<ChunkedDecoder> chunks_;
  HttpRequest request_;
  HttpResponse refusal_;
};

}  // namespace selfheal
