#include "core/result.h"

#include <cstdio>

namespace selfheal {

std::string_view CodeName(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return "invalid_argument";
    case Code::kNotFound:
      return "not_found";
    case Code::kAlreadyExists:
      return "already_exists";
    case Code::kPermissionDenied:
      return "permission_denied";
    case Code::kUnauthenticated:
      return "unauthenticated";
    case Code::kFailedPrecondition:
      return "failed_precondition";
    case Code::kAborted:
      return "aborted";
    case Code::kResourceExhausted:
      return "resource_exhausted";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kDeadlineExceeded:
      return "deadline_exceeded";
    case Code::kDataLoss:
      return "data_loss";
    case Code::kUnknown:
      return "unknown";
    case Code::kInternal:
      return "internal";
  }
  return "internal";
}

bool Retryable(Code code) {
  return code == Code::kUnavailable || code == Code::kDeadlineExceeded ||
         code == Code::kResourceExhausted || code == Code::kAborted;
}

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "selfheal: check failed: %s:%d: %s\n", file, line,
               condition);
  std::abort();
}

}  // namespace selfheal
