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

Json StoredMetrics(const std::vector<MetricWindow>& metrics) {
  Json list = Json::array();
  for (const MetricWindow& metric : metrics) {
    list.push_back(StoredMetric(metric));
  }
  return list;
}

std::vector<MetricWindow> MetricsFrom(const Json& list) {
  std::vector<MetricWindow> metrics;
  for (const Json& item : list) metrics.push_back(MetricFrom(item));
  return metrics;
}

Json StoredOptions(const ConfirmSpec& options) {
  return {
      {"anomaly_threshold", codec::Number(options.anomaly_threshold)},
      {"forecast_of", options.forecast_of},
      {"reaches_history", options.reaches == ConfirmSpec::Reaches::kHistory},
      {"horizon", options.horizon.count()},
      {"forecast_probability", codec::Number(options.forecast_probability)},
      {"level_gate", codec::Number(options.level_gate)},
      {"need_all", options.need == ConfirmSpec::Need::kAll},
      {"trees", options.trees},
      {"sample", options.sample},
      {"contamination", codec::Number(options.contamination)},
      {"min_baseline", options.min_baseline},
      {"together_with", options.together_with},
      {"causes", codec::StoredCauses(options.causes)}};
}

ConfirmSpec OptionsFrom(const Json& value) {
  const Reader reader(value);
  ConfirmSpec out;
  out.anomaly_threshold = reader.Real("anomaly_threshold");
  out.forecast_of = reader.Text("forecast_of");
  out.reaches = reader.Flag("reaches_history") ? ConfirmSpec::Reaches::kHistory
                                               : ConfirmSpec::Reaches::kLimit;
  out.horizon = seconds(reader.Integer("horizon"));
  out.forecast_probability = reader.Real("forecast_probability");
  out.level_gate = reader.Real("level_gate");
  out.need = reader.Flag("need_all") ? ConfirmSpec::Need::kAll
                                     : ConfirmSpec::Need::kAny;
  out.trees = reader.Int("trees");
  out.sample = reader.Int("sample");
  out.contamination = reader.Real("contamination");
  out.min_baseline = reader.Int("min_baseline");
  out.together_with = reader.Texts("together_with");
  out.causes = codec::CausesFrom(reader.Texts("causes"));
  return out;
}

Json StoredJudged(const std::optional<Judged>& judged) {
  if (!judged) return Json();
  return {{"options", StoredOptions(judged->options)},
          {"assessment", codec::StoredAssessment(judged->assessment)}};
}

}  // namespace

std::string StoredEvidenceJson(const KeptEvidence& kept) {
  const EvidenceWindow& evidence = kept.window;
  Json pods = Json::array();
  for (const PodEvidence& pod : evidence.pods) {
    pods.push_back({{"name", pod.name},
                    {"uid", pod.uid},
                    {"node", pod.node},
                    {"metrics", StoredMetrics(pod.metrics)}});
  }
  Json changes = Json::array();
  for (const SpecChange& change : evidence.changes) {
    changes.push_back(codec::StoredChange(change));
  }
  return codec::Dump({{"at", codec::StoredTime(evidence.at)},
                      {"metrics", StoredMetrics(evidence.metrics)},
                      {"pods", std::move(pods)},
                      {"pods_problem", evidence.pods_problem},
                      {"changes", std::move(changes)},
                      {"problems", codec::Strings(evidence.problems)},
                      {"judged", StoredJudged(kept.judged)}});
}

Result<KeptEvidence> ParseStoredEvidence(std::string_view text) {
  try {
    const Json value = codec::Parse(text);
    const Reader reader(value);
    KeptEvidence out;
    out.window.at = reader.At("at");
    out.window.metrics = MetricsFrom(value.at("metrics"));
    if (const Json* pods = reader.Member("pods")) {
      for (const Json& item : *pods) {
        const Reader pod(item);
        out.window.pods.push_back({pod.Text("name"), pod.Text("uid"),
                                   pod.Text("node"),
                                   MetricsFrom(item.at("metrics"))});
      }
    }
    out.window.pods_problem = reader.Text("pods_problem");
    for (const Json& change : value.at("changes")) {
      out.window.changes.push_back(codec::ChangeFrom(change));
    }
    out.window.problems = reader.Texts("problems");
    if (const Json* judged = reader.Member("judged")) {
      out.judged = {OptionsFrom(judged->at("options")),
                    codec::AssessmentFrom(judged->at("assessment"))};
    }
    return out;
  } catch (const std::exception& e) {
    return codec::Unreadable("evidence", e);
  }
}

}  // namespace selfheal
