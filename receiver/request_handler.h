#pragma once

#include <cstddef>
#include <span>
#include <variant>
#include <vector>

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

  /// True where several such requests are cheaper answered together, because
  /// they wait for the same thing.
  virtual bool InBulk(const HttpRequest&) const { return false; }

  /// Answers requests for which InBulk holds, in their order.
  virtual std::vector<HttpResponse> HandleBulk(
      std::span<const HttpRequest* const> requests) {
    std::vector<HttpResponse> answers;
    for (const HttpRequest* one : requests) answers.push_back(Handle(*one));
    return answers;
  }

  /// Told once for each answer; `head` is null where no head was complete.
  virtual void Answered(const RequestHead* head, int status) = 0;
};

}  // namespace selfheal
