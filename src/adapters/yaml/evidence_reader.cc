#include "adapters/yaml/evidence_reader.h"

#include <algorithm>

#include "adapters/yaml/document.h"
#include "adapters/yaml/promql_check.h"
#include "adapters/yaml/reader.h"
#include "config/scalar.h"

namespace selfheal::yaml {
namespace {

constexpr std::size_t kMaxQueries = 16;
constexpr std::size_t kMaxUnit = 32;

/// `rises: bad` or `falls: bad`.
bool ReadBad(MapReader& reader, std::string_view key, FindingSink& sink) {
  const Node* node = reader.Find(key);
  return node != nullptr && ReadChoice(*node, {"bad"}, sink).has_value();
}

void ReadDirection(MapReader& reader, EvidenceQuery& query, FindingSink& sink) {
  const bool rises = ReadBad(reader, "rises", sink);
  const bool falls = ReadBad(reader, "falls", sink);
  if (rises && falls) {
    sink.Add(reader.node().at,
             "rises and falls are both bad where neither is written");
  }
  if (rises == falls) return;
  query.bad = rises ? BadDirection::kRises : BadDirection::kFalls;
}

/// A plain number, or PromQL about the target.
void ReadLimit(const Node& node, TargetMode target, EvidenceQuery& query,
               FindingSink& sink) {
  if (node.kind == NodeKind::kScalar && ParseNumber(node.text)) {
    query.limit = node.text;
    return;
  }
  const auto text = ReadString(node, sink);
  if (!text) return;
  const QueryCheck check = CheckQuery(*text, target);
  if (!check.problem.empty()) {
    const bool numeric = text->find_first_of("0123456789.+-") == 0;
    sink.Add(node.at,
             numeric ? "a limit is a number or PromQL" : check.problem);
    return;
  }
  query.limit = *text;
}

void ReadQuery(const Node& node, TargetMode target, EvidenceQuery& query,
               FindingSink& sink) {
  const auto text = ReadString(node, sink);
  if (!text) return;
  const QueryCheck check = CheckQuery(*text, target);
  if (!check.problem.empty()) sink.Add(node.at, check.problem);
  query.query = *text;
}

void ReadUnit(const Node& node, EvidenceQuery& query, FindingSink& sink) {
  const auto text = ReadString(node, sink);
  if (!text) return;
  if (text->size() > kMaxUnit) {
    sink.Add(node.at,
             "a unit has at most " + std::to_string(kMaxUnit) + " characters");
  }
  query.unit = *text;
}

EvidenceQuery ReadOne(const Entry& entry, TargetMode target,
                      FindingSink& sink) {
  EvidenceQuery query;
  query.name = entry.key;
  if (!IsMetricName(entry.key)) {
    sink.Add(entry.at, "\"" + entry.key +
                           "\" is no name of a metric: 1 to 63 of a-z, 0-9 and "
                           "\"_\", a letter first");
  }
  MapReader reader(entry.value, sink);
  if (!reader.is_map()) return query;
  if (const Node* text = reader.Require("query")) {
    ReadQuery(*text, target, query, sink);
  }
  if (const Node* unit = reader.Find("unit")) ReadUnit(*unit, query, sink);
  if (const Node* limit = reader.Find("limit")) {
    ReadLimit(*limit, target, query, sink);
  }
  ReadDirection(reader, query, sink);
  if (const Node* scale = reader.Find("scale")) {
    query.log_transform = ReadChoice(*scale, {"linear", "log"}, sink) == 1;
  }
  if (const Node* optional = reader.Find("optional")) {
    query.optional = ReadBool(*optional, sink).value_or(false);
  }
  reader.Finish();
  return query;
}

}  // namespace

void ReadEvidence(const Node& node, Rule& rule, FindingSink& sink) {
  MapReader reader(node, sink);
  if (!reader.is_map()) return;
  if (node.entries.empty() || node.entries.size() > kMaxQueries) {
    sink.Add(node.at,
             "expected 1 to " + std::to_string(kMaxQueries) + " named queries");
  }
  const int before = sink.count();
  for (const Entry& entry : node.entries) {
    rule.evidence.push_back(ReadOne(entry, rule.target, sink));
  }
  const bool all_optional =
      std::all_of(rule.evidence.begin(), rule.evidence.end(),
                  [](const EvidenceQuery& query) { return query.optional; });
  if (sink.count() == before && all_optional && !rule.evidence.empty()) {
    sink.Add(node.at,
             "every query is optional: without data this would judge nothing");
  }
}

}  // namespace selfheal::yaml
