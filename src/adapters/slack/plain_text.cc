#include "adapters/slack/plain_text.h"

#include <cstdint>
#include <vector>

namespace selfheal::slack {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kEllipsis = 0x2026;

/// How many bytes a sequence has that starts with `first`; 0 = none can.
std::size_t SequenceLength(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

bool IsScalarValue(char32_t c, std::size_t length) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  return c >= kSmallest[length] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

/// Takes one code point off the front of `text`, which is not empty.
char32_t TakeCodePoint(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = SequenceLength(first);
  if (length == 0 || length > text.size()) {
    text.remove_prefix(1);
    return kReplacement;
  }
  constexpr unsigned char kMask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t c = first & kMask[length];
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) {
      text.remove_prefix(1);
      return kReplacement;
    }
    c = (c << 6) | (byte & 0x3F);
  }
  if (!IsScalarValue(c, length)) {
    text.remove_prefix(1);
    return kReplacement;
  }
  text.remove_prefix(length);
  return c;
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
