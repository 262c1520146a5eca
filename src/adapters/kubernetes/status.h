#pragma once

#include <string>
#include <string_view>

#include "adapters/http/message.h"
#include "core/result.h"

namespace selfheal::kubernetes {

/// The parts of a `kind: Status` body that decisions need; all empty where
/// the body is no Status.
struct Status {
  bool is_status = false;
  std::string status;   ///< "Success", "Failure".
  std::string reason;   ///< "NotFound", "Conflict", ...
  std::string message;  ///< At most 300 bytes, control characters removed.
  int code = 0;
  bool disruption_budget = false;  ///< A cause is "DisruptionBudget".
};

/// Reads an answer's Status. Never throws, whatever the body is.
Status ParseStatus(const http::Response& response);

/// "404 NotFound: pods \"x\" not found".
std::string Describe(const http::Response& response, const Status& status);

/// The error of a read that was answered with something else than 200, or not
/// at all.
Error ReadError(const http::Outcome& outcome);

}  // namespace selfheal::kubernetes
