#include "adapters/kubernetes/server_info.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "adapters/kubernetes/status.h"
#include "codec/field_reader.h"

namespace selfheal::kubernetes {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::optional<Time> ParseHttpDate(std::string_view text) {
  // "Wed, 25 Nov 2026 12:00:00 GMT"
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' ||
      text[11] != ' ' || text[16] != ' ' || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (text.substr(8, 3) != kMonths[month]) continue;
    std::string number = std::to_string(month + 1);
    if (number.size() == 1) number.insert(0, "0");
    return ParseTime(std::string(text.substr(12, 4)) + "-" + number + "-" +
                     std::string(text.substr(5, 2)) + "T" +
                     std::string(text.substr(17, 8)) + "Z");
  }
  return std::nullopt;
}

Result<guard::ServerState> ServerInfo::Server() {
  const http::Outcome outcome = api_.Get("/version");
  if (!outcome.ok() || outcome.response().status != 200) {
    return ReadError(outcome).With("get /version");
  }
  const http::Response& response = outcome.response();
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  if (!json.is_object()) {
    return Error{Code::kInternal, "get /version: the answer is no JSON object"};
  }
  std::optional<Error> error;
  const FieldReader root(json, error);
  guard::ServerState state{.version = root.Required("gitVersion"), .at = {}};
  if (error) return error->With("get /version");
  const auto date = ParseHttpDate(response.Header("date"));
  if (!date) {
    return Error{Code::kInternal, "get /version: the answer has no Date"};
  }
  state.at = *date;
  return state;
}

}  // namespace selfheal::kubernetes
