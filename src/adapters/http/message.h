#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace selfheal::http {

enum class Method { kGet, kPost, kPut, kPatch, kDelete };

/// "GET", "POST", ...
std::string_view MethodName(Method method);

/// Whether a request may travel on a connection that was used before.
enum class Connection {
  kPooled,  ///< Reads: warm connections; the library may repeat a request that
            ///< an idle connection lost.
  kFresh,   ///< Mutations: a connection of its own, closed afterwards; bytes
            ///< are sent at most once.
};

/// One request to the client's origin.
struct Request {
  Method method = Method::kGet;
  /// Path and query behind the base URL, encoded; empty = the base URL itself.
  std::string target = {};
  std::vector<std::string> headers = {};  ///< "Name: value".
  std::string body = {};
  Duration timeout = std::chrono::seconds(5);    ///< From call to last byte.
  std::size_t max_body = std::size_t{16} << 20;  ///< Of the answer.
  Connection connection = Connection::kPooled;
};

/// A complete answer, whatever its status.
struct Response {
  int status = 0;
  /// Names in lower case, in the order received.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The first value of `name` (lower case), or "".
  std::string_view Header(std::string_view name) const;
  /// The media type in lower case without parameters, or "".
  std::string MediaType() const;
};

/// Whether bytes of a request may have left this process.
enum class Delivery {
  kNotSent,  ///< Certainly none: no connection (or TLS session) came about.
  kUnknown,  ///< Perhaps some, perhaps all.
};

/// No complete answer.
///
/// Codes: kDeadlineExceeded, kUnavailable (network, TLS), kResourceExhausted
/// (answer over its cap), kInternal (not HTTP), kInvalidArgument (our request).
struct Failure {
  Error error;
  Delivery delivery = Delivery::kUnknown;
};

/// An answer or a failure.
class Outcome {
 public:
  Outcome(Response response) : state_(std::move(response)) {}  // NOLINT
  Outcome(Failure failure) : state_(std::move(failure)) {}     // NOLINT

  bool ok() const { return std::holds_alternative<Response>(state_); }
  /// Precondition: ok().
  const Response& response() const { return std::get<Response>(state_); }
  Response& response() { return std::get<Response>(state_); }
  /// Precondition: !ok().
  const Failure& failure() const { return std::get<Failure>(state_); }

 private:
  std::variant<Response, Failure> state_;
};

}  // namespace selfheal::http
