#include "adapters/postgres/dialect.h"

namespace selfheal::postgres {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// 0..15, or -1.
int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string WithNumberedParameters(std::string_view sql) {
  std::string out;
  int next = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] != '?') {
      out += sql[i];
      continue;
    }
    out += '$';
    const bool numbered = i + 1 < sql.size() && IsDigit(sql[i + 1]);
    if (!numbered) out += std::to_string(++next);
  }
  return out;
}

std::string ByteaText(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\\x";
  out.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string BytesOf(std::string_view bytea) {
  std::string out;
  out.reserve(bytea.size() / 2);
  for (std::size_t i = 2; i + 1 < bytea.size(); i += 2) {
    const int high = HexDigit(bytea[i]);
    const int low = HexDigit(bytea[i + 1]);
    if (high < 0 || low < 0) break;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace selfheal::postgres
