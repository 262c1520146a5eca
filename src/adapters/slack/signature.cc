#include "adapters/slack/signature.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "adapters/crypto/digest.h"

namespace selfheal::slack {
namespace {

constexpr long long kWindow = 300;
constexpr std::size_t kMostDigits = 12;

}  // namespace

std::string SignatureOf(std::string_view secret, std::string_view timestamp,
                        std::string_view body) {
  std::string base = "v0:";
  base.append(timestamp).append(":").append(body);
  return "v0=" + HmacSha256Hex(secret, base);
}

bool Signed(std::string_view secret, std::string_view timestamp,
            std::string_view signature, std::string_view body, Time now) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (secret.empty() || timestamp.empty() || timestamp.size() > kMostDigits ||
      !std::all_of(timestamp.begin(), timestamp.end(), is_digit)) {
    return false;
  }
  long long sent = 0;
  std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), sent);
  const long long here =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (std::llabs(here - sent) > kWindow) return false;
  return ConstantTimeEqual(SignatureOf(secret, timestamp, body), signature);
}

}  // namespace selfheal::slack
