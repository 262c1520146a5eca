#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "receiver/api.h"
#include "receiver/auth.h"
#include "receiver/request_handler.h"
#include "receiver/routes.h"

namespace selfheal {

/// Which part of the route table a listener serves.
enum class Surface {
  kEverything,
  kWithoutMetrics,  ///< The main port where metrics have their own.
  kMetricsOnly,
};

/// Finds the route of a request and enforces who may call it: 404, then 405
/// with Allow, then 401 or 403. Nothing that is not in the table is answered.
/// Thread-safe.
class Router final : public RequestHandler {
 public:
  /// @param services       outlives the router, as does `authenticator`.
  /// @param max_body       longest webhook body, in bytes.
  Router(const Services& services, const Authenticator& authenticator,
         Surface surface, std::size_t max_body)
      : services_(services),
        authenticator_(authenticator),
        surface_(surface),
        max_body_(max_body) {}

  std::variant<Admission, HttpResponse> Admit(const RequestHead& head) override;
  HttpResponse Handle(const HttpRequest& request) override;
  bool InBulk(const HttpRequest& request) const override;
  std::vector<HttpResponse> HandleBulk(
      std::span<const HttpRequest* const> requests) override;
  void Answered(const RequestHead* head, int status) override;

 private:
  bool Serves(const Route& route) const;
  std::optional<HttpResponse> CheckOrigin(const RequestHead& head) const;
  std::size_t MaxBody(const Route& route) const;

  const Services& services_;
  const Authenticator& authenticator_;
  const Surface surface_;
  const std::size_t max_body_;
};

/// What stands for `{id}` where `path` fits `pattern` ("" where the pattern has
/// none); none where it does not fit. An id is 1 to 64 letters, digits, '-' and
/// '_'.
std::optional<std::string> MatchPattern(std::string_view pattern,
                                        std::string_view path);

}  // namespace selfheal
