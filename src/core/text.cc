#include "core/text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace selfheal {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array<Range, 13> kUnseen = {{{0x0, 0x1F},
                                            {0x7F, 0x9F},
                                            {0xAD, 0xAD},
                                            {0x61C, 0x61C},
                                            {0x115F, 0x1160},
                                            {0x180B, 0x180F},
                                            {0x200B, 0x200F},
                                            {0x2028, 0x202E},
                                            {0x2060, 0x206F},
                                            {0xFE00, 0xFE0F},
                                            {0xFEFF, 0xFEFF},
                                            {0xFFF9, 0xFFFB},
                                            {0xE0000, 0xE0FFF}}};

/// The smallest character that needs so many bytes.
constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
constexpr std::array<unsigned char, 5> kLeadBits = {0, 0x7F, 0x1F, 0xF, 0x7};
constexpr char32_t kLast = 0x10FFFF;

bool IsSurrogate(char32_t code) { return code >= 0xD800 && code <= 0xDFFF; }

void AppendUnit(char32_t unit, std::string& out) {
  char escape[8];
  std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(unit));
  out += escape;
}

void AppendEscape(char32_t code, std::string& out) {
  if (code < 0x10000) return AppendUnit(code, out);
  AppendUnit(0xD800 + ((code - 0x10000) >> 10), out);
  AppendUnit(0xDC00 + ((code - 0x10000) & 0x3FF), out);
}

}  // namespace

Utf8Char FirstChar(std::string_view text) {
  if (text.empty()) return {};
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = lead < 0x80                   ? 1
                            : lead >= 0xC2 && lead < 0xE0 ? 2
                            : lead >= 0xE0 && lead < 0xF0 ? 3
                            : lead >= 0xF0 && lead < 0xF5 ? 4
                                                          : 0;
  if (bytes == 0 || bytes > text.size()) return {};
  char32_t code = lead & kLeadBits[bytes];
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = (code << 6) | (next & 0x3F);
  }
  if (code < kSmallest[bytes] || code > kLast || IsSurrogate(code)) return {};
  return {code, bytes};
}

std::string_view FirstChars(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count) {
    end += std::max<std::size_t>(1, FirstChar(text.substr(end)).bytes);
  }
  return text.substr(0, end);
}

bool IsSeen(char32_t code) {
  return std::none_of(kUnseen.begin(), kUnseen.end(), [&](const Range& range) {
    return code >= range.first && code <= range.last;
  });
}

std::string EscapeUnseen(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Utf8Char one = FirstChar(text);
    if (one.bytes == 0) {
      AppendUnit(static_cast<unsigned char>(text[0]), out);
    } else if (IsSeen(one.code)) {
      out += text.substr(0, one.bytes);
    } else {
      AppendEscape(one.code, out);
    }
    text.remove_prefix(std::max<std::size_t>(1, one.bytes));
  }
  return out;
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

}  // namespace selfheal
