#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "adapters/http/url.h"
#include "adapters/kubernetes/api_path.h"
#include "adapters/kubernetes/wire_encoder.h"
#include "collect/promql.h"
#include "core/text.h"
#include "tests/hostile/sinks.h"

namespace selfheal::testing {
namespace {

using nlohmann::json;

const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};

TEST(HostileText, KubernetesWrites) {
  ForEach("Kubernetes", [](const std::string& text) -> std::string {
    const auto path =
        kubernetes::ObjectPath({ObjectKind::kDeployment, "shop", text});
    if (path.ok() != IsDnsSubdomain(text)) return "a path with it";
    const auto wire = kubernetes::EncodeMutation(
        SetRestartedAt{kCart, "u", "1", "2026-11-01T00:00:00Z", text});
    if (!wire.ok()) return "";
    if (Parsed(wire->body).is_discarded()) return "no JSON";
    if (text.empty() || !IsUtf8(text)) return "";
    return Parsed(wire->body).dump().find(json(text).dump()) ==
                   std::string::npos
               ? "the annotation is another"
               : "";
  });
}

/// As Prometheus reads a quoted string.
std::optional<std::string> FromPromQl(std::string_view quoted) {
  std::string text;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    const char c = quoted[i];
    if (c == '"' || c == '\n') return std::nullopt;
    if (c != '\\') {
      text += c;
      continue;
    }
    const char next = quoted[++i];
    if (next == 'x') {
      text += static_cast<char>(
          std::stoi(std::string(quoted.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else if (next == '"' || next == '\\') {
      text += next;
    } else {
      return std::nullopt;
    }
  }
  return text;
}

TEST(HostileText, PromQl) {
  ForEach("PromQL", [](const std::string& text) -> std::string {
    const std::string quoted = QuotePromQl(text);
    if (!quoted.starts_with('"') || !quoted.ends_with('"')) return "no quotes";
    const auto read = FromPromQl(quoted);
    if (!read || *read != text) return "another text";
    const auto query =
        ExpandQuery("up{$target}", {{ObjectKind::kPod, "shop", text}, {}});
    return query.ok() && !IsDnsSubdomain(text) ? "a query with it" : "";
  });
}

TEST(HostileText, PromQlAsPrometheusReadsIt) {
  if (std::system("command -v promtool > /dev/null") != 0) {
    GTEST_SKIP() << "promtool is not installed";
  }
  json rules = json::array();
  for (const std::string& text : HostileTexts()) {
    // A file of rules is UTF-8, and YAML knows no pairs of escapes.
    if (!IsUtf8(text) || text.find("\U000e0041") != text.npos) continue;
    rules.push_back({{"record", "a:b"},
                     {"expr", "up{x=" + QuotePromQl(text) + ",y=~" +
                                  QuotePromQl(EscapeRegex(text)) + "}"}});
  }
  const std::string file = NewFolder() + "/rules.yml";
  const json all = {{"groups", {{{"name", "g"}, {"rules", rules}}}}};
  std::ofstream(file) << EscapeUnseen(all.dump());
  EXPECT_EQ(
      std::system(("promtool check rules " + file + " > " + file + ".log 2>&1")
                      .c_str()),
      0)
      << std::ifstream(file + ".log").rdbuf();
  EXPECT_GT(rules.size(), 1000u);
}

std::string Decoded(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    plain += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
    i += 2;
  }
  return plain;
}

TEST(HostileText, Urls) {
  ForEach("URLs", [](const std::string& text) -> std::string {
    const std::string part = http::PercentEncode(text);
    for (const char c : part) {
      const bool plain =
          std::isalnum(static_cast<unsigned char>(c)) != 0 ||
          std::string_view("-._~%").find(c) != std::string_view::npos;
      if (!plain) return "a raw " + std::string(1, c);
    }
    if (Decoded(part) != text) return "another text";
    const auto list = kubernetes::ListPath(
        {.kind = ObjectKind::kPod, .ns = "shop", .selector = {{"app", text}}},
        10, "");
    return list.ok() && HasControl(*list) ? "a control character" : "";
  });
}

}  // namespace
}  // namespace selfheal::testing
