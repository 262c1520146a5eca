#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/http/client.h"
#include "core/clock.h"
#include "core/result.h"

namespace selfheal::slack {

/// Why a method of the Web API was not done.
struct ApiError {
  enum class Kind {
    kAgain,     ///< May pass: the network, a fault of Slack's.
    kLimited,   ///< Too many calls; see `retry_after`.
    kOperator,  ///< Token, scope or channel: a person has to change it.
    kRefused,   ///< This one call; the next may do.
  } kind = Kind::kAgain;
  std::string code;  ///< Slack's word for it, or a sentence.
  Duration retry_after = Duration::zero();
};

/// A parsed answer with `ok: true`, or why not.
using ApiAnswer = std::variant<nlohmann::json, ApiError>;

/// Names and values of a call; `blocks` as JSON text.
using Arguments = std::vector<std::pair<std::string, std::string>>;

/// Slack's Web API. Thread-safe.
class WebApi {
 public:
  struct Options {
    std::string api_url;
    /// Read anew for each call; never logged.
    std::string token_file;
    std::string user_agent = "selfheal";
    Duration timeout = std::chrono::seconds(5);
  };

  /// @error kInvalidArgument  the URL.
  static Result<std::unique_ptr<WebApi>> Create(Options options);

  /// Calls `method`, e.g. "chat.postMessage", once.
  ApiAnswer Call(std::string_view method, const Arguments& arguments);

 private:
  WebApi(Options options, std::unique_ptr<http::Client> client)
      : options_(std::move(options)), client_(std::move(client)) {}

  const Options options_;
  const std::unique_ptr<http::Client> client_;
};

/// Whole seconds of a Retry-After; 0 where there is none.
Duration RetryAfter(const http::Response& response);

}  // namespace selfheal::slack
