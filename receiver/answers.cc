#include "receiver/answers.h"

#include <utility>

namespace selfheal {

HttpResponse JsonAnswer(std::string json) {
  HttpResponse response;
  response.body = std::move(json);
  if (response.body.empty() || response.body.back() != '\n') {
    response.body += '\n';
  }
  return response;
}

HttpResponse ProblemOf(const Error& error) {
  switch (error.code) {
    case Code::kInvalidArgument:
      return Problem(400, error.message);
    case Code::kNotFound:
      return Problem(404, error.message);
    case Code::kFailedPrecondition:
    case Code::kAborted:
    case Code::kAlreadyExists:
      return Problem(409, error.message);
    case Code::kResourceExhausted:
      return Problem(413, error.message);
    case Code::kPermissionDenied:
    case Code::kUnauthenticated:
      return Problem(403, error.message);
    case Code::kUnavailable:
    case Code::kDeadlineExceeded: {
      HttpResponse response = Problem(503, "the store cannot answer now");
      response.close = true;
      return response;
    }
    case Code::kDataLoss:
    case Code::kUnknown:
    case Code::kInternal:
      break;
  }
  return Problem(500, "an internal error");
}

HttpResponse AnswerOf(Result<std::string> json) {
  if (!json.ok()) return ProblemOf(json.error());
  return JsonAnswer(std::move(json).value());
}

}  // namespace selfheal
