#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "adapters/telemetry/metrics.h"
#include "adapters/yaml/rule_json.h"
#include "codec/incident_json.h"
#include "receiver/answers.h"
#include "tests/hostile/sinks.h"

namespace selfheal::testing {
namespace {

using nlohmann::json;

const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};

TEST(HostileText, Api) {
  ForEach("the API and the page's data", [](const std::string& text) {
    Incident incident;
    incident.reason = text;
    incident.alerts = {{"f", text, Time(), true}};
    incident.target = kCart;
    return HeldAt(Parsed(IncidentJson(incident)), "/alerts/0/alertname", text);
  });
}

TEST(HostileText, ProblemJson) {
  ForEach("problem+json", [](const std::string& text) {
    const HttpResponse answer = ProblemOf({Code::kInvalidArgument, text});
    return HeldAt(Parsed(answer.body), "/detail", text);
  });
}

TEST(HostileText, RulesJson) {
  ForEach("rules as JSON", [](const std::string& text) {
    RuleSet set;
    set.rules.resize(1);
    set.rules[0].evidence = {
        {.name = "m", .query = text, .unit = text, .limit = {}}};
    const json rules = Parsed(yaml::RulesJson(set));
    if (rules.is_discarded()) return std::string("no JSON");
    return IsUtf8(text) &&
                   rules.dump().find(json(text).dump()) == std::string::npos
               ? std::string("the query is not in it")
               : std::string();
  });
}

/// What stands in the quotes of the one line of `text` with a label.
std::optional<std::string> FromExposition(const std::string& text,
                                          const std::string& head) {
  const std::size_t at = text.find(head);
  if (at == std::string::npos) return std::nullopt;
  std::string value;
  for (std::size_t i = at + head.size(); i < text.size(); ++i) {
    if (text[i] == '"') return value;
    if (text[i] == '\n') return std::nullopt;
    if (text[i] != '\\') {
      value += text[i];
    } else {
      value += text[++i] == 'n' ? '\n' : text[i];
    }
  }
  return std::nullopt;
}

std::set<std::string> SeriesNames(const std::string& text) {
  std::set<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    names.insert(line.substr(0, line.rfind(' ')));
  }
  return names;
}

TEST(HostileText, Metrics) {
  telemetry::Metrics metrics("1", {"storm"}, {});
  const auto before = SeriesNames(metrics.Text());
  for (const std::string& text : HostileTexts()) {
    AlertGroup group;
    group.alerts.resize(1);
    group.alerts[0].labels = {{"alertname", text}, {text, text}};
    group.rejected = {{0, text, text}};
    metrics.GroupReceived(group);
  }
  EXPECT_EQ(SeriesNames(metrics.Text()), before);
  ForEach("metric labels", [](const std::string& text) -> std::string {
    telemetry::Metrics named(text, {}, {});
    const auto read =
        FromExposition(named.Text(), "selfheal_build_info{version=\"");
    return read == text ? "" : "another value";
  });
}

}  // namespace
}  // namespace selfheal::testing
