#include "adapters/slack/plain_text.h"

#include <algorithm>
#include <vector>

#include "core/text.h"

namespace selfheal::slack {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kEllipsis = 0x2026;

/// Takes one code point off the front of `text`, which is not empty.
char32_t TakeCodePoint(std::string_view& text) {
  const Utf8Char one = FirstChar(text);
  text.remove_prefix(std::max<std::size_t>(1, one.bytes));
  return one.bytes == 0 ? kReplacement : one.code;
}

/// Characters that change what a reader sees without being seen.
bool IsInvisible(char32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0x061C || c == 0xFEFF ||
         c == 0x00AD || c == 0x034F || c == 0x180E ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

bool IsControl(char32_t c) {
  return (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0) || c == 0x2028 ||
         c == 0x2029;
}

void AppendUtf8(char32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

void AppendEscaped(char32_t c, std::string& out) {
  if (c == '&') {
    out += "&amp;";
  } else if (c == '<') {
    out += "&lt;";
  } else if (c == '>') {
    out += "&gt;";
  } else {
    AppendUtf8(c, out);
  }
}

}  // namespace

std::string PlainText(std::string_view text, std::size_t max_code_points) {
  std::vector<char32_t> kept;
  while (!text.empty() && kept.size() <= max_code_points) {
    const char32_t c = TakeCodePoint(text);
    if (IsInvisible(c)) continue;
    kept.push_back(IsControl(c) ? U' ' : c);
  }
  if (kept.size() > max_code_points) {
    kept.resize(max_code_points);
    if (!kept.empty()) kept.back() = kEllipsis;
  }
  std::string out;
  for (const char32_t c : kept) AppendEscaped(c, out);
  return out;
}

}  // namespace selfheal::slack
