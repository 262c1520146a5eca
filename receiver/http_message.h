#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace selfheal {

/// The methods that the gate lets pass; every other token is 501.
enum class Method {
  kGet,
  kHead,
  kPost,
  kPut,
  kPatch,
  kDelete,
  kOptions,
  kTrace,
};

/// The method as it stands on the wire, e.g. "GET".
std::string_view MethodName(Method method);

/// The inverse of MethodName; methods are case-sensitive.
std::optional<Method> ParseMethod(std::string_view name);

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The head of a request whose framing is beyond doubt.
struct RequestHead {
  Method method = Method::kGet;
  /// False: HTTP/1.0, answered and closed.
  bool http11 = true;
  /// As sent, never percent-decoded; starts with '/'.
  std::string path;
  /// Behind the '?', as sent.
  std::string query;
  std::string host;
  std::string origin;
  /// The one Authorization field; kept away from every library.
  std::string authorization;
  /// The one X-Slack-Request-Timestamp and X-Slack-Signature.
  std::string slack_timestamp;
  std::string slack_signature;
  /// The allow-listed fields that a library may see.
  Headers forwarded;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  /// True where the client asked to close after the answer.
  bool close = false;

  /// True where a body follows.
  bool HasBody() const {
    return chunked || (content_length && *content_length > 0);
  }
};

/// Who asks: a name for the audit and what the token behind it allows.
struct Identity {
  std::string name;
  bool webhook = false;
  bool viewer = false;
  bool admin = false;

  bool known() const { return webhook || viewer || admin; }
};

/// What the router found out from the head alone.
struct Admission {
  /// Index into the route table.
  std::size_t route = 0;
  /// What stands in place of `{id}`.
  std::string id;
  Identity identity;
  /// Longest body of this route, in bytes.
  std::size_t max_body = 0;
};

/// A complete, admitted request.
struct HttpRequest {
  RequestHead head;
  Admission admission;
  std::string body;
  /// Address of the socket's peer; never taken from a header.
  std::string peer;
};

/// An answer.
struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
  /// True: the connection ends with this answer.
  bool close = false;
};

/// The reason phrase of `status`.
std::string_view ReasonPhrase(int status);

/// The bytes of `response`; used where no library is asked, so for every
/// refusal by the gate.
///
/// @param close      the connection ends with this answer.
/// @param with_body  false for HEAD.
std::string SerializeResponse(const HttpResponse& response, bool close,
                              bool with_body);

/// An RFC 9457 answer; `detail` is escaped, `title` is the reason phrase.
HttpResponse Problem(int status, std::string_view detail);

}  // namespace selfheal
