#include "receiver/query.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"

namespace selfheal {
namespace {

constexpr int kDefaultLimit = 50;
constexpr int kMaxLimit = 500;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The gate has checked that two hex digits follow each '%'.
std::string Decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      decoded +=
          static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

/// UTF-8 without control characters.
bool IsPlain(std::string_view text) {
  while (!text.empty()) {
    const Utf8Char one = FirstChar(text);
    const bool control =
        one.code < 0x20 || (one.code >= 0x7F && one.code < 0xA0);
    if (one.bytes == 0 || control) return false;
    text.remove_prefix(one.bytes);
  }
  return true;
}

}  // namespace

Result<QueryParameters> ParseQuery(std::string_view query) {
  QueryParameters parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string name = Decode(pair.substr(0, equals));
    std::string value =
        equals < pair.size() ? Decode(pair.substr(equals + 1)) : "";
    if (!IsPlain(name) || !IsPlain(value)) {
      return Error{Code::kInvalidArgument,
                   "query: expected UTF-8 without control characters"};
    }
    const auto [place, fresh] = parameters.try_emplace(name, std::move(value));
    if (!fresh) return Error{Code::kInvalidArgument, name + ": stands twice"};
  }
  return parameters;
}

std::optional<std::string> Find(const QueryParameters& parameters,
                                std::string_view name) {
  const auto found = parameters.find(name);
  if (found == parameters.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Result<int> PageLimit(const QueryParameters& parameters) {
  const auto text = Find(parameters, "limit");
  if (!text) return kDefaultLimit;
  int limit = 0;
  const auto [end, error] =
      std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || end != text->data() + text->size() || limit < 1 ||
      limit > kMaxLimit) {
    return Error{Code::kInvalidArgument, "limit: expected 1 to 500"};
  }
  return limit;
}

}  // namespace selfheal
