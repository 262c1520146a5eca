#include "adapters/prometheus/answer_parser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace selfheal::prometheus {
namespace {

constexpr std::size_t kMany = 1000;

std::string Envelope(const std::string& type, const std::string& result) {
  return R"({"status":"success","data":{"resultType":")" + type +
         R"(","result":)" + result + "}}";
}

TEST(SampleValue, ReadsWhatPrometheusWrites) {
  EXPECT_EQ(ParseSampleValue("0.1"), 0.1);
  EXPECT_EQ(ParseSampleValue("-3"), -3.0);
  EXPECT_EQ(ParseSampleValue("1e-07"), 1e-7);
  EXPECT_EQ(ParseSampleValue("1e+21"), 1e21);
  EXPECT_EQ(ParseSampleValue("+1e+00"), 1.0);
  EXPECT_TRUE(std::isnan(*ParseSampleValue("NaN")));
  EXPECT_EQ(ParseSampleValue("+Inf"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(ParseSampleValue("-Inf"), -std::numeric_limits<double>::infinity());
}

TEST(SampleValue, RefusesEverythingElse) {
  for (const char* text : {"", "+", "1,5", "1 ", " 1", "0x10", "nan", "inf",
                           "infinity", "1e999", "+-1", "1.5abc"}) {
    EXPECT_FALSE(ParseSampleValue(text).has_value()) << text;
  }
}

TEST(AnswerParser, ReadsAMatrix) {
  const auto answer =
      ParseAnswer(Envelope("matrix",
                           R"([{"metric":{"__name__":"up","pod":"a\"b"},
                    "values":[[1700000000,"1"],[1700000060.5,"NaN"]]},
                   {"metric":{},"values":[[1700000000,"+Inf"]]}])"),
                  Asked::kRange, kMany);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  ASSERT_EQ(answer->series.size(), 2u);
  const Series& first = answer->series[0];
  EXPECT_EQ(LabelOr(first.labels, "pod"), "a\"b");
  ASSERT_EQ(first.samples.size(), 2u);
  EXPECT_EQ(first.samples[0].value, 1.0);
  EXPECT_EQ(UnixSeconds(first.samples[1].at), 1700000060.5);
  EXPECT_TRUE(std::isnan(first.samples[1].value));
  EXPECT_TRUE(std::isinf(answer->series[1].samples[0].value));
}

TEST(AnswerParser, ReadsAVectorAndAScalar) {
  const auto vector = ParseAnswer(
      Envelope("vector", R"([{"metric":{"a":"b"},"value":[1.5,"2"]}])"),
      Asked::kInstant, kMany);
  ASSERT_TRUE(vector.ok());
  EXPECT_EQ(vector->series[0].samples[0].value, 2.0);
  const auto scalar =
      ParseAnswer(Envelope("scalar", R"([1.5,"3"])"), Asked::kInstant, kMany);
  ASSERT_TRUE(scalar.ok());
  ASSERT_EQ(scalar->series.size(), 1u);
  EXPECT_TRUE(scalar->series[0].labels.empty());
  EXPECT_EQ(scalar->series[0].samples[0].value, 3.0);
}

TEST(AnswerParser, NoDataIsASuccessWithZeroSeries) {
  const auto answer =
      ParseAnswer(Envelope("matrix", "[]"), Asked::kInstant, kMany);
  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(answer->series.empty());
  EXPECT_TRUE(answer->warnings.empty());
}

TEST(AnswerParser, KeepsWarningsAndSkipsInfosAndUnknownFields) {
  const auto answer = ParseAnswer(
      R"({"status":"success","new":{"a":[1,{"b":null}]},"infos":["i"],
          "data":{"resultType":"vector","result":[],"stats":{"x":[1,2]}},
          "warnings":["PromQL info: fixed for monotonicity", "store unreachable"]})",
      Asked::kInstant, kMany);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->warnings, std::vector<std::string>{"store unreachable"});
}

TEST(AnswerParser, RefusesNativeHistogramsAndStrings) {
  for (const std::string& body :
       {Envelope("vector", R"([{"metric":{},"histogram":[1,{"count":"1"}]}])"),
        Envelope("matrix", R"([{"metric":{},"values":[[1,"1"]],
                               "histograms":[[1,{"count":"1"}]]}])"),
        Envelope("string", R"([1,"abc"])")}) {
    const auto answer = ParseAnswer(body, Asked::kInstant, kMany);
    ASSERT_FALSE(answer.ok()) << body;
    EXPECT_EQ(answer.error().code, Code::kInvalidArgument) << body;
  }
}

TEST(AnswerParser, RefusesNonsense) {
  for (const std::string& body :
       {std::string(),
        std::string("null"),
        std::string("[]"),
        std::string("\"success\""),
        std::string("{}"),
        std::string(R"({"status":"success"})"),
        std::string(R"({"status":"success","data":{}})"),
        std::string(R"({"status":"error","error":"x"})"),
        Envelope("matrix", "{}"),
        Envelope("matrix", "null"),
        Envelope("matrix", "[1]"),
        Envelope("matrix", R"(["a"])"),
        Envelope("matrix", R"([{"metric":{}}])"),
        Envelope("matrix", R"([{"metric":{"a":1},"values":[[1,"1"]]}])"),
        Envelope("matrix", R"([{"metric":{},"values":[[1,1]]}])"),
        Envelope("matrix", R"([{"metric":{},"values":[["1","1"]]}])"),
        Envelope("matrix", R"([{"metric":{},"values":[[1]]}])"),
        Envelope("matrix", R"([{"metric":{},"values":[[1,"1","2"]]}])"),
        Envelope("matrix", R"([{"metric":{},"values":[[1,"x"]]}])"),
        Envelope("matrix", R"([{"metric":{},"values":[[2,"1"],[1,"1"]]}])"),
        Envelope("matrix", R"([{"metric":{},"values":[[1,"1"],[1,"1"]]}])"),
        Envelope("matrix", R"([{"metric":{},"values":[[1e300,"1"]]}])"),
        Envelope("matrix", "[]") + "x",
        Envelope("matrix", "[]").substr(0, 40)}) {
    const auto answer = ParseAnswer(body, Asked::kInstant, kMany);
    ASSERT_FALSE(answer.ok()) << body;
    EXPECT_EQ(answer.error().code, Code::kInternal) << body;
  }
}

TEST(AnswerParser, ARangeIsAnsweredByAMatrix) {
  const std::string vector =
      Envelope("vector", R"([{"metric":{},"value":[1,"1"]}])");
  EXPECT_TRUE(ParseAnswer(vector, Asked::kInstant, kMany).ok());
  EXPECT_FALSE(ParseAnswer(vector, Asked::kRange, kMany).ok());
  EXPECT_FALSE(
      ParseAnswer(Envelope("scalar", R"([1,"1"])"), Asked::kRange, kMany).ok());
  const std::string one = R"([{"metric":{},"value":[1,"1"]}])";
  const std::string many = R"([{"metric":{},"values":[[1,"1"]]}])";
  for (const Asked asked : {Asked::kInstant, Asked::kRange}) {
    EXPECT_TRUE(ParseAnswer(Envelope("matrix", many), asked, kMany).ok());
    EXPECT_FALSE(ParseAnswer(Envelope("matrix", one), asked, kMany).ok());
    EXPECT_FALSE(ParseAnswer(Envelope("vector", many), asked, kMany).ok());
  }
}

TEST(AnswerParser, WarningsAreAnArrayOrAbsent) {
  const auto with = [](const std::string& warnings) {
    const std::string body = Envelope("matrix", "[]");
    return ParseAnswer(
        body.substr(0, body.size() - 1) + ",\"warnings\":" + warnings + "}",
        Asked::kRange, kMany);
  };
  EXPECT_TRUE(with("null").ok());
  EXPECT_EQ(with("[\"partial\"]")->warnings.size(), 1u);
  for (const char* wrong : {"\"partial\"", "1", "true", "{}", "[1]", "[[]]"}) {
    EXPECT_FALSE(with(wrong).ok()) << wrong;
  }
}

TEST(AnswerParser, NoKeyStandsTwice) {
  for (const char* body :
       {R"({"status":"error","status":"success",
            "data":{"resultType":"matrix","result":[]}})",
        R"({"status":"success","data":{"resultType":"vector",
            "resultType":"matrix","result":[]}})",
        R"({"status":"success","data":{"resultType":"matrix",
            "result":[],"result":[]}})",
        R"({"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"a":"1","a":"2"},"values":[[1,"1"]]}]}})",
        R"({"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{},"metric":{},"values":[[1,"1"]]}]}})",
        R"({"status":"success","warnings":["x"],"warnings":[],
            "data":{"resultType":"matrix","result":[]}})"}) {
    EXPECT_FALSE(ParseAnswer(body, Asked::kRange, kMany).ok()) << body;
  }
}

TEST(AnswerParser, SurvivesDeepNesting) {
  const std::string deep(200000, '[');
  EXPECT_FALSE(
      ParseAnswer(R"({"status":"success","x":)" + deep, Asked::kInstant, kMany)
          .ok());
  EXPECT_FALSE(ParseAnswer(deep, Asked::kInstant, kMany).ok());
}

TEST(AnswerParser, CapsTheSamples) {
  const std::string body = Envelope(
      "matrix", R"([{"metric":{},"values":[[1,"1"],[2,"1"],[3,"1"]]}])");
  EXPECT_TRUE(ParseAnswer(body, Asked::kInstant, 3).ok());
  const auto answer = ParseAnswer(body, Asked::kInstant, 2);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, Code::kResourceExhausted);
}

TEST(AnswerParser, EveryTruncationIsAnError) {
  const std::string body = Envelope(
      "matrix", R"([{"metric":{"a":"b"},"values":[[1,"1"],[2,"NaN"]]}])");
  ASSERT_TRUE(ParseAnswer(body, Asked::kInstant, kMany).ok());
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(ParseAnswer(body.substr(0, size), Asked::kInstant, kMany).ok())
        << size;
  }
}

TEST(ErrorSentence, ReadsErrorEnvelopes) {
  EXPECT_EQ(ErrorSentence(
                R"({"status":"error","errorType":"bad_data","error":"no"})"),
            "bad_data: no");
  EXPECT_EQ(ErrorSentence("<html>"), "");
  EXPECT_EQ(ErrorSentence("{}"), "");
}

}  // namespace
}  // namespace selfheal::prometheus
