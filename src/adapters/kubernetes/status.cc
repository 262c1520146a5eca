#include "adapters/kubernetes/status.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "codec/field_reader.h"

namespace selfheal::kubernetes {
namespace {

constexpr std::size_t kMaxMessage = 300;
/// A Status is small; a body beyond this is an object.
constexpr std::size_t kMaxStatusBody = std::size_t{256} << 10;

std::string Clean(const std::string& text) {
  std::string clean;
  for (const char c : text) {
    if (clean.size() == kMaxMessage) break;
    const auto byte = static_cast<unsigned char>(c);
    clean += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return clean;
}

Code CodeOf(int http_status, const Status& status) {
  switch (http_status) {
    case 400:
    case 422:
      return Code::kInvalidArgument;
    case 401:
      return Code::kUnauthenticated;
    case 403:
      return Code::kPermissionDenied;
    case 404:
      // A wrong path or a proxy also says 404: that is not "gone".
      return status.reason == "NotFound" ? Code::kNotFound : Code::kInternal;
    case 409:
    case 410:
      return Code::kAborted;
    case 504:
      return Code::kDeadlineExceeded;
    case 429:
    case 500:
    case 502:
    case 503:
      return Code::kUnavailable;
    default:
      return Code::kInternal;
  }
}

}  // namespace

Status ParseStatus(const http::Response& response) {
  Status status;
  if (response.MediaType() != "application/json" ||
      response.body.size() > kMaxStatusBody) {
    return status;
  }
  const auto document = nlohmann::json::parse(response.body, nullptr, false);
  if (!document.is_object()) return status;
  std::optional<Error> error;
  const FieldReader root(document, error);
  if (root.String("kind") != "Status") return status;
  status.is_status = true;
  status.status = Clean(root.String("status"));
  status.reason = Clean(root.String("reason"));
  status.message = Clean(root.String("message"));
  status.code = root.Int("code");
  for (const FieldReader& cause : root.Object("details").Objects("causes")) {
    if (cause.String("reason") == "DisruptionBudget") {
      status.disruption_budget = true;
    }
  }
  return status;
}

std::string Describe(const http::Response& response, const Status& status) {
  std::string text = std::to_string(response.status);
  if (!status.reason.empty()) text += " " + status.reason;
  if (!status.message.empty()) text += ": " + status.message;
  return text;
}

Error ReadError(const http::Outcome& outcome) {
  if (!outcome.ok()) return outcome.failure().error.With("kubernetes");
  const http::Response& response = outcome.response();
  const Status status = ParseStatus(response);
  return Error{CodeOf(response.status, status),
               "kubernetes: " + Describe(response, status)};
}

}  // namespace selfheal::kubernetes
