#include "adapters/yaml/source_check.h"

#include <algorithm>

namespace selfheal::yaml {
namespace {

constexpr auto kNowhere = std::string_view::npos;

/// The rest of the line from byte `at` on, without its break.
std::string_view RestOfLine(std::string_view text, std::size_t at) {
  std::string_view rest = text.substr(at, text.find('\n', at) - at);
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

/// The byte behind the quoted text whose opening quote stands at `at`;
/// kNowhere if it does not end.
std::size_t QuoteEnd(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    const bool next = at + 1 < text.size() && text[at + 1] == quote;
    if ((quote == '"' && text[at] == '\\') ||
        (quote == '\'' && text[at] == quote && next)) {
      ++at;
    } else if (text[at] == quote) {
      return at + 1;
    }
  }
  return kNowhere;
}

/// `quoted` with its quotes: every escape must be one of YAML's.
bool HasUnknownEscape(std::string_view quoted) {
  constexpr std::string_view kKnown = "0abt\tnvfre \"/\\N_LPxuU\r\n";
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] != '\\') continue;
    if (kKnown.find(quoted[++i]) == kNowhere) return true;
  }
  return false;
}

/// `| ` or `>-` and the like, with nothing but a comment behind.
bool IsBlockHeader(std::string_view line) {
  line.remove_prefix(1);
  for (int i = 0; i < 2 && !line.empty(); ++i) {
    const char c = line[0];
    if (c == '+' || c == '-' || (c >= '1' && c <= '9')) line.remove_prefix(1);
  }
  const auto text = line.find_first_not_of(' ');
  return text == kNowhere || (text > 0 && line[text] == '#');
}

}  // namespace

std::string ScalarProblem(std::string_view text, std::size_t at) {
  if (at >= text.size()) return "";
  const char first = text[at];
  if (first == '"' || first == '\'') {
    const std::size_t end = QuoteEnd(text, at);
    if (end == kNowhere) return "the closing quote is missing";
    const bool bad =
        first == '"' && HasUnknownEscape(text.substr(at, end - at));
    return bad ? "an unknown escape in a quoted text" : "";
  }
  if (first == '|' || first == '>') {
    return IsBlockHeader(RestOfLine(text, at))
               ? ""
               : "the header of a block of text is malformed";
  }
  if (first == ':') {
    return "a text that begins with \":\" must stand in quotes";
  }
  return "";
}

bool HasTag(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] == '!';
}

bool HasColon(std::string_view text, std::size_t at) {
  std::string_view rest = RestOfLine(text, at);
  if (rest.empty()) return false;
  if (rest[0] == '"' || rest[0] == '\'') {
    const std::size_t end = QuoteEnd(rest, 0);
    if (end == kNowhere) return false;
    rest.remove_prefix(end);
  }
  rest = rest.substr(0, rest.find(" #"));
  while (rest.ends_with(' ')) rest.remove_suffix(1);
  return rest.ends_with(':') || rest.find(": ") != kNowhere;
}

bool WritesNull(std::string_view text, std::size_t at) {
  return at < text.size() &&
         (text[at] == '~' || text[at] == 'n' || text[at] == 'N');
}

}  // namespace selfheal::yaml
