#pragma once

#include <variant>

#include "receiver/http_message.h"

namespace selfheal {

/// What the server asks about each request. Implementations are thread-safe.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  /// Decides from the head alone whether a body may follow: route, method,
  /// identity. Runs on the poll thread, so it must not block.
  virtual std::variant<Admission, HttpResponse> Admit(
      const RequestHead& head) = 0;

  /// Answers an admitted request; may block. Must not throw.
  virtual HttpResponse Handle(const HttpRequest& request) = 0;

  /// Told once for each answer; `head` is null where no head was complete.
  virtual void Answered(const RequestHead* head, int status) = 0;
};

}  // namespace selfheal
