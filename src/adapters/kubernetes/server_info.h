#pragma once

#include <optional>
#include <string_view>

#include "adapters/kubernetes/api_client.h"
#include "guard/surroundings.h"

namespace selfheal::kubernetes {

/// ServerView by `GET /version`, whose answer's Date is the server's clock.
class ServerInfo final : public guard::ServerView {
 public:
  /// `api` must outlive this.
  explicit ServerInfo(ApiClient& api) : api_(api) {}

  Result<guard::ServerState> Server() override;

 private:
  ApiClient& api_;
};

/// The time of a Date header, "Wed, 25 Nov 2026 12:00:00 GMT" (RFC 9110,
/// 5.6.7; the obsolete forms are not accepted); nullopt where it is none.
std::optional<Time> ParseHttpDate(std::string_view text);

}  // namespace selfheal::kubernetes
