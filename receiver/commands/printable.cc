#include "receiver/commands/printable.h"

#include <algorithm>
#include <array>

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

bool IsSeen(char32_t c) {
  return std::none_of(kUnseen.begin(), kUnseen.end(), [c](const Range& range) {
    return c >= range.first && c <= range.last;
  });
}

/// How many bytes the character that begins `text` has; 0 = it is no UTF-8.
std::size_t LengthOf(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

char32_t Decode(std::string_view bytes) {
  constexpr std::array<unsigned char, 5> kLeadBits = {0, 0x7F, 0x1F, 0xF, 0x7};
  char32_t c = static_cast<unsigned char>(bytes[0]) & kLeadBits[bytes.size()];
  for (const char next : bytes.substr(1)) {
    c = (c << 6) | (static_cast<unsigned char>(next) & 0x3F);
  }
  return c;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const std::size_t length = LengthOf(text);
    const std::string_view one =
        text.substr(0, std::max<std::size_t>(1, length));
    if (length > 0 && IsSeen(Decode(one))) {
      printable += one;
    } else {
      printable += '?';
    }
    text.remove_prefix(one.size());
  }
  return printable;
}

}  // namespace selfheal
