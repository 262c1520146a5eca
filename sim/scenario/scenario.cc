#include "sim/scenario/scenario.h"

#include <limits>
#include <regex>

#include "adapters/yaml/document.h"
#include "adapters/yaml/files.h"
#include "adapters/yaml/knob_reader.h"
#include "adapters/yaml/reader.h"
#include "adapters/yaml/tree.h"
#include "config/knobs.h"
#include "core/duration.h"
#include "sim/pipeline/pipeline.h"

namespace selfheal::testing {
namespace {

using yaml::FindingSink;
using yaml::MapReader;
using yaml::Node;
using yaml::NodeKind;

constexpr yaml::Range<double> kAnyNumber{-1e15, 1e15};
constexpr yaml::Range<seconds> kAnyTime{seconds(0), seconds(7 * 86400)};

/// A Kubernetes object as JSON: plain scalars are numbers or truth values
/// where they look so.
kubesim::Json ToJson(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return nullptr;
    case NodeKind::kScalar: {
      if (node.quoted) return node.text;
      const auto parsed = kubesim::Json::parse(node.text, nullptr, false);
      return parsed.is_number() || parsed.is_boolean()
                 ? parsed
                 : kubesim::Json(node.text);
    }
    case NodeKind::kSequence: {
      kubesim::Json list = kubesim::Json::array();
      for (const Node& item : node.items) list.push_back(ToJson(item));
      return list;
    }
    case NodeKind::kMap: {
      kubesim::Json map = kubesim::Json::object();
      for (const auto& entry : node.entries) {
        map[entry.key] = ToJson(entry.value);
      }
      return map;
    }
  }
  return nullptr;
}

class Reader {
 public:
  explicit Reader(FindingSink& sink) : sink_(sink) {}

  void String(const Node* node, std::string& out) {
    if (node == nullptr) return;
    if (auto value = ReadString(*node, sink_)) out = *value;
  }
  void Bool(const Node* node, bool& out) {
    if (node == nullptr) return;
    if (auto value = ReadBool(*node, sink_)) out = *value;
  }
  void Number(const Node* node, double& out) {
    if (node == nullptr) return;
    if (auto value = ReadNumber(*node, kAnyNumber, sink_)) out = *value;
  }
  void Integer(const Node* node, int& out) {
    if (node == nullptr) return;
    if (auto value = ReadInteger(*node, {0, 1000000}, sink_)) out = *value;
  }
  template <typename D>
  void Time(const Node* node, D& out) {
    if (node == nullptr) return;
    if (auto value = ReadSeconds(*node, kAnyTime, sink_)) out = *value;
  }
  void Strings(const Node* node, std::vector<std::string>& out) {
    Each(node, [&](const Node& item) {
      if (auto value = ReadString(item, sink_)) out.push_back(*value);
    });
  }
  template <typename Do>
  void Each(const Node* node, Do work) {
    if (node == nullptr) return;
    if (node->kind != NodeKind::kSequence) {
      sink_.Add(node->at, "a list is expected");
      return;
    }
    for (const Node& item : node->items) work(item);
  }

  ScenarioAlert Alert(const Node& node) {
    ScenarioAlert alert;
    MapReader map(node, sink_);
    if (const Node* labels = map.Require("labels")) {
      for (const auto& entry : labels->entries) {
        String(&entry.value, alert.labels[entry.key]);
      }
    }
    Bool(map.Find("resolved"), alert.resolved);
    Time(map.Find("after"), alert.after);
    map.Finish();
    return alert;
  }

  /// "a pod of cart", "a node of cart", "2 pods of cart".
  void Whom(const Node& node, std::string& out) {
    String(&node, out);
    static const std::regex kForm(
        "(a pod|a node|[0-9]{1,3} pods) of [a-z0-9-]+");
    if (!std::regex_match(out, kForm)) {
      sink_.Add(node.at,
                "expected \"a pod of NAME\", \"2 pods of NAME\" or "
                "\"a node of NAME\", found \"" +
                    out + "\"");
      out.clear();
    }
  }

  ScenarioSeries Series(const Node& node) {
    ScenarioSeries series;
    Pattern& pattern = series.pattern;
    pattern.since = std::chrono::minutes(15);
    MapReader map(node, sink_);
    String(map.Require("match"), pattern.match);
    Number(map.Find("base"), pattern.base);
    Number(map.Find("noise"), pattern.noise);
    Number(map.Find("slope_per_minute"), pattern.slope_per_minute);
    if (const Node* value = map.Find("value")) {
      pattern.value = 0;
      Number(value, *pattern.value);
    }
    Time(map.Find("since"), pattern.since);
    if (const Node* after = map.Find("after")) {
      Time(after, pattern.since);
      pattern.since = -pattern.since;
    }
    Time(map.Find("period"), pattern.period);
    Time(map.Find("stale"), pattern.stale);
    Bool(map.Find("heals"), pattern.heals);
    if (const Node* of = map.Find("of")) Whom(*of, series.of);
    map.Finish();
    return series;
  }

  Change Changed(const Node& node) {
    Change change;
    MapReader map(node, sink_);
    String(map.Require("workload"), change.workload);
    if (const Node* patch = map.Require("patch")) change.patch = ToJson(*patch);
    map.Finish();
    return change;
  }

  Injection Inject(const Node& node) {
    Injection injection;
    MapReader map(node, sink_);
    String(map.Require("workload"), injection.workload);
    String(map.Require("behaviour"), injection.behaviour);
    Integer(map.Find("pods"), injection.pods);
    map.Finish();
    return injection;
  }

  NodeCondition Condition(const Node& node) {
    NodeCondition condition;
    MapReader map(node, sink_);
    String(map.Require("node"), condition.node);
    String(map.Require("type"), condition.type);
    String(map.Require("status"), condition.status);
    map.Finish();
    return condition;
  }

  void Expect(const Node& node, Scenario::Expectation& expect) {
    MapReader map(node, sink_);
    String(map.Require("phase"), expect.phase);
    String(map.Require("verdict"), expect.verdict);
    Strings(map.Find("denied_by"), expect.denied_by);
    Strings(map.Require("actions"), expect.actions);
    Integer(map.Find("mutations"), expect.mutations);
    String(map.Find("verification"), expect.verification);
    String(map.Find("reason"), expect.reason);
    Strings(map.Find("others"), expect.others);
    map.Finish();
  }

 private:
  FindingSink& sink_;
};

void ReadSpec(const Node& spec, Scenario& scenario, FindingSink& sink) {
  Reader read(sink);
  MapReader map(spec, sink);
  if (const Node* config = map.Find("config")) {
    ReadKnobs(*config, Knobs(scenario.config), sink);
  }
  read.Each(map.Require("alerts"), [&](const Node& item) {
    scenario.alerts.push_back(read.Alert(item));
  });
  read.Each(map.Find("series"), [&](const Node& item) {
    scenario.series.push_back(read.Series(item));
  });
  read.Each(map.Find("objects"), [&](const Node& item) {
    scenario.objects.push_back(ToJson(item));
  });
  read.Each(map.Find("changes"), [&](const Node& item) {
    scenario.changes.push_back(read.Changed(item));
  });
  read.Each(map.Find("inject"), [&](const Node& item) {
    scenario.inject.push_back(read.Inject(item));
  });
  read.Each(map.Find("conditions"), [&](const Node& item) {
    scenario.nodes.push_back(read.Condition(item));
  });
  read.Time(map.Find("age"), scenario.age);
  read.Time(map.Find("wait"), scenario.wait);
  read.Bool(map.Find("prometheus_down"), scenario.prometheus_down);
  read.Bool(map.Find("kill_switch"), scenario.kill_switch);
  read.String(map.Find("answer"), scenario.answer);
  read.Time(map.Find("resolve_after"), scenario.resolve_after);
  if (const Node* expect = map.Require("expect")) {
    read.Expect(*expect, scenario.expect);
  }
  map.Finish();
}

}  // namespace

Scenario ReadScenario(const std::string& path,
                      std::vector<SourceFinding>* findings) {
  Scenario scenario;
  scenario.config = Pipeline::DefaultConfig();
  FindingSink sink(path, findings);
  const auto text = yaml::ReadFile(path);
  if (!text.ok()) {
    sink.Add({}, text.error().message);
    return scenario;
  }
  const auto root = yaml::ParseTree(*text, sink);
  if (!root) return scenario;
  const auto document = yaml::ReadDocument(*root, "Scenario", sink);
  if (!document) return scenario;
  scenario.name = document->name;
  ReadSpec(*document->spec, scenario, sink);
  return scenario;
}

}  // namespace selfheal::testing
