#include "tests/hostile/corpus.h"

#include <nlohmann/json.hpp>
#include <random>
#include <set>

namespace selfheal::testing {
namespace {

constexpr std::size_t kTexts = 2000;

const std::vector<std::string>& Fragments() {
  static const std::vector<std::string> fragments = {
      // PromQL, regular expressions, Go templates.
      "\"} or vector(1) or up{x=\"", "'", "`", "\\", "\\\"", "$target",
      "$namespace", "{{ $value }}", "{{ .Labels }}", ".*", "(a+)+$", "[", "a|b",
      "^$", "})", "#",
      // SQL.
      "'; DROP TABLE alerts; --", "' OR '1'='1", "\"; SELECT 1; --", "%", "_",
      "/*", "x' UNION SELECT sql FROM sqlite_master --",
      // Slack.
      "<!channel>", "<!here|now>", "<@U123>", "<#C1>", "<https://evil|click>",
      "&lt;", "&amp;lt;", "*bold*", "_it_", "~s~", "```", "<mailto:a@b|c>",
      // HTML, JSON, XML, JavaScript.
      "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</pre>",
      "javascript:alert(1)", "\"><svg/onload=1>", "]]>", "<!--", "\",\"a\":\"b",
      "}{", "\\u0000", "null", "\u2028", "\u2029",
      // Logs, headers, lines.
      "x\" level=error msg=\"forged", "\n", "\r\n", "\r", "\r\nSet-Cookie: a=b",
      "\nts=0 level=info", "=", " = ", "\t",
      // Terminals.
      "\x1b[2J", "\x1b]0;title\x07", "\x1b[31mred", "\x1b]8;;http://evil\x07x",
      "\23331m", "\u009b31m", "\b\b\b", "\x7f", "\x1bP+q\x1b\\", "\033c",
      // What turns text around or is not seen.
      "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u061c",
      "\u115f", "\U000e0041", "\ufe0f", "e\u0301", "\u0430dmin",
      // No UTF-8: alone, cut, overlong, a surrogate, beyond the last one.
      "\x80", "\xff", "\xc3", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf",
      "\xf0\x80\x82\x9b", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88",
      // Paths, URLs, shells, format strings, tables.
      "../../etc/passwd", "/", "//evil", "%2e%2e%2f", "%00", "?a=b&c=d", "#f",
      "http://169.254.169.254/", "$(id)", "`id`", "; rm -rf /", "${HOME}",
      "%s%n%x", "{}", "{0}", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)",
      "a,b;c", "\"a\"\"b\"",
      // Kubernetes names that are none.
      "-cart", "Cart", "cart.", "kube-system/..", "a_b",
      // Other languages, and plain text.
      "M\u00fcnchen", "\u65e5\u672c", "\U0001f600", "cart-7f6d", "0", "NaN",
      "true", " ", "  leading"};
  return fragments;
}

std::vector<std::string> Build() {
  std::set<std::string> seen;
  std::vector<std::string> texts;
  const auto add = [&](std::string text) {
    if (texts.size() < kTexts && seen.insert(text).second) {
      texts.push_back(std::move(text));
    }
  };
  add("");
  for (int byte = 0; byte < 256; ++byte) {
    add(std::string(1, static_cast<char>(byte)));
  }
  for (const std::string& fragment : Fragments()) {
    add(fragment);
    add("cart" + fragment + "7f");
    add("\"" + fragment + "\"");
    add(fragment + fragment + fragment);
  }
  add(std::string(8192, 'a'));
  add(std::string(8192, '"'));
  add(std::string(2048, '\x1b'));
  std::mt19937 random(1);  // Its numbers are the same everywhere.
  while (texts.size() < kTexts) {
    std::string text;
    for (unsigned i = 2 + random() % 5; i > 0; --i) {
      text += Fragments()[random() % Fragments().size()];
      if (random() % 4 == 0) text += static_cast<char>(random() % 256);
    }
    add(std::move(text));
  }
  return texts;
}

}  // namespace

const std::vector<std::string>& HostileTexts() {
  static const std::vector<std::string> texts = Build();
  return texts;
}

bool IsUtf8(std::string_view text) {
  using Json = nlohmann::json;
  return Json::accept(
             Json(std::string(text))
                 .dump(-1, ' ', false, Json::error_handler_t::ignore)) &&
         Json::parse(Json(std::string(text))
                         .dump(-1, ' ', false, Json::error_handler_t::ignore))
                 .get<std::string>() == text;
}

}  // namespace selfheal::testing
