#include <nlohmann/json.hpp>

#include "codec/evidence_json.h"
#include "codec/names.h"
#include "codec/parts.h"

namespace selfheal {
namespace {

using codec::Json;
using codec::Reader;

Json StoredGrid(const SampleGrid& grid) {
  return {{"start", codec::StoredTime(grid.start)},
          {"step", grid.step.count()},
          {"values", codec::Numbers(grid.values)}};
}

SampleGrid GridFrom(const Json& value) {
  const Reader reader(value);
  return {reader.At("start"), seconds(reader.Integer("step")),
          reader.Reals("values")};
}

Json StoredMetric(const MetricWindow& metric) {
  return {{"name", metric.name},
          {"query", metric.query},
          {"unit", metric.unit},
          {"bad", std::string(DirectionName(metric.bad))},
          {"log_transform", metric.log_transform},
          {"optional", metric.optional},
          {"window", StoredGrid(metric.window)},
          {"baseline", StoredGrid(metric.baseline)},
          {"has_limit", metric.limit.has_value()},
          {"limit", metric.limit ? codec::Number(*metric.limit) : Json()},
          {"problem", metric.problem}};
}

MetricWindow MetricFrom(const Json& value) {
  const Reader reader(value);
  const std::string bad = reader.Text("bad");
  MetricWindow out;
  out.name = reader.Text("name");
  out.query = reader.Text("query");
  out.unit = reader.Text("unit");
  out.bad = codec::Known(ParseDirection(bad), bad);
  out.log_transform = reader.Flag("log_transform");
  out.optional = reader.Flag("optional");
  out.window = GridFrom(value.at("window"));
  out.baseline = GridFrom(value.at("baseline"));
  if (reader.Flag("has_limit")) out.limit = reader.Real("limit");
  out.problem = reader.Text("problem");
  return out;
}

}  // namespace

std::string StoredEvidenceJson(const EvidenceWindow& evidence) {
  Json metrics = Json::array();
  for (const MetricWindow& metric : evidence.metrics) {
    metrics.push_back(StoredMetric(metric));
  }
  Json changes = Json::array();
  for (const SpecChange& change : evidence.changes) {
    changes.push_back(codec::StoredChange(change));
  }
  return codec::Dump({{"at", codec::StoredTime(evidence.at)},
                      {"metrics", std::move(metrics)},
                      {"changes", std::move(changes)},
                      {"problems", codec::Strings(evidence.problems)}});
}

Result<EvidenceWindow> ParseStoredEvidence(std::string_view text) {
  try {
    const Json value = codec::Parse(text);
    const Reader reader(value);
    EvidenceWindow out;
    out.at = reader.At("at");
    for (const Json& metric : value.at("metrics")) {
      out.metrics.push_back(MetricFrom(metric));
    }
    for (const Json& change : value.at("changes")) {
      out.changes.push_back(codec::ChangeFrom(change));
    }
    out.problems = reader.Texts("problems");
    return out;
  } catch (const std::exception& e) {
    return codec::Unreadable("evidence", e);
  }
}

}  // namespace selfheal
