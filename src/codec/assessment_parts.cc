#include <nlohmann/json.hpp>

#include "codec/names.h"
#include "codec/parts.h"

namespace selfheal::codec {
namespace {

Json StoredSeconds(const std::optional<seconds>& value) {
  return value ? Json(value->count()) : Json();
}

std::optional<seconds> SecondsFrom(const Reader& reader, const char* key) {
  if (reader.Member(key) == nullptr) return std::nullopt;
  return seconds(reader.Integer(key));
}

Json StoredForecast(const Forecast& forecast) {
  return {{"outcome", std::string(JudgementName(forecast.outcome))},
          {"component", forecast.component},
          {"probability", Number(forecast.probability)},
          {"eta", StoredSeconds(forecast.eta)},
          {"eta_low", StoredSeconds(forecast.eta_low)},
          {"eta_high", StoredSeconds(forecast.eta_high)},
          {"reason", forecast.reason}};
}

Forecast ForecastFrom(const Json& value) {
  const Reader reader(value);
  const std::string outcome = reader.Text("outcome");
  return {Known(ParseJudgement(outcome), outcome),
          reader.Text("component"),
          reader.Real("probability"),
          SecondsFrom(reader, "eta"),
          SecondsFrom(reader, "eta_low"),
          SecondsFrom(reader, "eta_high"),
          reader.Text("reason")};
}

}  // namespace

Json StoredCauseFinding(const CauseFinding& finding) {
  return {{"cause", std::string(CauseName(finding.cause))},
          {"reason", finding.reason},
          {"names", Strings(finding.names)}};
}

CauseFinding CauseFindingFrom(const Json& value) {
  const Reader reader(value);
  const std::string name = reader.Text("cause");
  return {Known(ParseCause(name), name), reader.Text("reason"),
          reader.Texts("names")};
}

Json StoredCauses(const std::vector<Cause>& causes) {
  Json list = Json::array();
  for (const Cause cause : causes) {
    list.push_back(std::string(CauseName(cause)));
  }
  return list;
}

std::vector<Cause> CausesFrom(const std::vector<std::string>& names) {
  std::vector<Cause> causes;
  for (const std::string& name : names) {
    causes.push_back(Known(ParseCause(name), name));
  }
  return causes;
}

Json StoredAssessment(const Assessment& assessment) {
  Json factors = Json::array();
  for (const Factor& factor : assessment.factors) {
    factors.push_back({{"metric", factor.metric},
                       {"contribution", Number(factor.contribution)}});
  }
  Json members = Json::array();
  for (const auto& [name, score] : assessment.members) {
    members.push_back({{"name", name}, {"score", Number(score)}});
  }
  Json causes = Json::array();
  for (const CauseFinding& finding : assessment.causes) {
    causes.push_back(StoredCauseFinding(finding));
  }
  return {{"outcome", std::string(JudgementName(assessment.outcome))},
          {"score", Number(assessment.score)},
          {"statistic", Number(assessment.statistic)},
          {"confidence", Number(assessment.confidence)},
          {"factors", std::move(factors)},
          {"forecast",
           assessment.forecast ? StoredForecast(*assessment.forecast) : Json()},
          {"members", std::move(members)},
          {"reasons", Strings(assessment.reasons)},
          {"causes", std::move(causes)},
          {"seed", assessment.seed},
          {"judge_version", assessment.judge_version}};
}

Assessment AssessmentFrom(const Json& value) {
  const Reader reader(value);
  const std::string outcome = reader.Text("outcome");
  Assessment out;
  out.outcome = Known(ParseJudgement(outcome), outcome);
  out.score = reader.Real("score");
  out.statistic = reader.Real("statistic");
  out.confidence = reader.Real("confidence");
  if (const Json* factors = reader.Member("factors")) {
    for (const Json& item : *factors) {
      const Reader factor(item);
      out.factors.push_back(
          {factor.Text("metric"), factor.Real("contribution")});
    }
  }
  if (const Json* forecast = reader.Member("forecast")) {
    out.forecast = ForecastFrom(*forecast);
  }
  if (const Json* members = reader.Member("members")) {
    for (const Json& item : *members) {
      const Reader member(item);
      out.members.emplace_back(member.Text("name"), member.Real("score"));
    }
  }
  out.reasons = reader.Texts("reasons");
  if (const Json* causes = reader.Member("causes")) {
    for (const Json& item : *causes) {
      out.causes.push_back(CauseFindingFrom(item));
    }
  }
  if (const Json* seed = reader.Member("seed")) {
    out.seed = seed->get<std::uint64_t>();
  }
  out.judge_version = reader.Text("judge_version");
  return out;
}

Json StoredChange(const SpecChange& change) {
  return {{"object", RefValue(change.object)},
          {"at", StoredTime(change.at)},
          {"by", change.by},
          {"fields", Strings(change.fields)},
          {"revision", change.revision}};
}

SpecChange ChangeFrom(const Json& value) {
  const Reader reader(value);
  return {reader.Ref("object"), reader.At("at"), reader.Text("by"),
          reader.Texts("fields"), reader.Integer("revision")};
}

}  // namespace selfheal::codec
