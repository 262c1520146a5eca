#include "adapters/yaml/text_check.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace selfheal::yaml {
namespace {

/// Length of the well-formed UTF-8 sequence at the front; 0 if there is none.
/// `code` becomes its code point.
std::size_t SequenceLength(std::string_view text, std::uint32_t& code) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  if (byte(0) < 0x80) {
    code = byte(0);
    return 1;
  }
  const std::size_t length = byte(0) >= 0xF0   ? 4
                             : byte(0) >= 0xE0 ? 3
                             : byte(0) >= 0xC2 ? 2
                                               : 0;
  if (length == 0 || byte(0) > 0xF4 || text.size() < length) return 0;
  code = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = (code << 6) | (byte(i) & 0x3F);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[length] || code > 0x10FFFF || surrogate) return 0;
  return length;
}

/// What is wrong with the character at the front; empty if nothing.
std::string_view Problem(std::string_view rest, std::uint32_t code) {
  const bool crlf = code == '\r' && rest.size() > 1 && rest[1] == '\n';
  if (code == '\t' || code == '\n' || crlf) return {};
  if (code == '\r') return "a carriage return without a line feed";
  if (code < 0x20 || (code >= 0x7F && code < 0xA0 && code != 0x85)) {
    return "a control character";
  }
  if (code == 0x85 || code == 0x2028 || code == 0x2029) {
    return "a Unicode line separator";
  }
  if (code == 0xFEFF) return "a byte order mark";
  if (code == 0xFFFE || code == 0xFFFF) return "not a Unicode character";
  return {};
}

/// Refuses lines that begin with "%" (the library drops what follows one) and
/// tabs outside of comments.
bool CheckLines(std::string_view text, FindingSink& sink) {
  for (int line = 1; !text.empty(); ++line) {
    const std::string_view here = text.substr(0, text.find('\n'));
    if (here.starts_with('%')) {
      sink.Add({line, 1}, "directives are not allowed");
      return false;
    }
    const auto tab = here.find('\t');
    const auto comment = here.starts_with('#') ? 0 : here.find(" #");
    if (tab < comment) {
      const int offset = static_cast<int>(tab);
      sink.Add({line, CharacterPosition(here, 0, offset).column},
               "a tab is not allowed; use spaces, or \\t in double quotes");
      return false;
    }
    text.remove_prefix(std::min(here.size() + 1, text.size()));
  }
  return true;
}

std::size_t LineStart(std::string_view text, int line) {
  std::size_t start = 0;
  for (int i = 0; i < line; ++i) {
    const auto end = text.find('\n', start);
    if (end == std::string_view::npos) break;
    start = end + 1;
  }
  return start;
}

}  // namespace

bool CheckText(std::string_view text, FindingSink& sink) {
  if (text.size() > kMaxBytes) {
    // No more than one byte over is ever read, so its size is not known.
    sink.Add({}, "the file has more than " + std::to_string(kMaxBytes) +
                     " bytes; no more are allowed");
    return false;
  }
  Position at;
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t code = 0;
    const std::string_view rest = text.substr(i);
    const std::size_t length = SequenceLength(rest, code);
    const std::string_view problem =
        length == 0 ? "a byte that is not valid UTF-8" : Problem(rest, code);
    if (!problem.empty()) {
      sink.Add(at, std::string(problem) + " is not allowed");
      return false;
    }
    i += length;
    at = code == '\n' ? Position{at.line + 1, 1}
                      : Position{at.line, at.column + 1};
  }
  return CheckLines(text, sink);
}

Position CharacterPosition(std::string_view text, int line, int offset) {
  const std::size_t start = LineStart(text, line);
  int column = 1;
  for (int i = 0; i < offset; ++i) {
    const std::size_t byte = start + static_cast<std::size_t>(i);
    if (byte >= text.size() || text[byte] == '\n') break;
    column += (static_cast<unsigned char>(text[byte]) & 0xC0) != 0x80 ? 1 : 0;
  }
  return {line + 1, column};
}

std::size_t ByteOffset(std::string_view text, int line, int offset) {
  return std::min(LineStart(text, line) + static_cast<std::size_t>(offset),
                  text.size());
}

}  // namespace selfheal::yaml
