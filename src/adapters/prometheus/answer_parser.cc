#include "adapters/prometheus/answer_parser.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

namespace selfheal::prometheus {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxWarnings = 32;

/// Where in the envelope the parser stands.
enum class Frame {
  kRoot,
  kData,
  kWarnings,
  kResult,
  kSeries,
  kMetric,
  kPoints,  ///< "values": pairs of a matrix.
  kPoint,   ///< One pair.
  kSkipped,
};

enum class ResultType { kNone, kMatrix, kVector, kScalar, kOther };

ResultType TypeOf(std::string_view name) {
  if (name == "matrix") return ResultType::kMatrix;
  if (name == "vector") return ResultType::kVector;
  if (name == "scalar") return ResultType::kScalar;
  return ResultType::kOther;
}

/// Builds a QueryAnswer from the events of nlohmann's SAX parser.
class AnswerHandler {
 public:
  explicit AnswerHandler(std::size_t at_most) : at_most_(at_most) {}

  Result<QueryAnswer> Take(Asked asked);
  const std::string& status() const { return status_; }
  const std::string& error_type() const { return error_type_; }
  const std::string& error_text() const { return error_text_; }

  bool null() { return Scalar("null"); }
  bool boolean(bool) { return Scalar("boolean"); }
  bool number_integer(json::number_integer_t value) {
    return Number(static_cast<double>(value));
  }
  bool number_unsigned(json::number_unsigned_t value) {
    return Number(static_cast<double>(value));
  }
  bool number_float(json::number_float_t value, const std::string&) {
    return Number(value);
  }
  bool string(std::string& value);
  bool binary(json::binary_t&) { return false; }
  bool start_object(std::size_t);
  bool end_object() { return Pop(); }
  bool start_array(std::size_t);
  bool end_array() { return Pop(); }
  bool key(std::string& name) {
    if (Top() != Frame::kSkipped && !keys_.back().insert(name).second) {
      return Fail("a key stands twice in an object");
    }
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const json::exception&) {
    return Fail("not JSON at byte " + std::to_string(position));
  }

 private:
  Frame Top() const { return stack_.empty() ? Frame::kSkipped : stack_.back(); }
  bool Fail(std::string what, Code code = Code::kInternal) {
    if (!error_) error_ = Error{code, std::move(what)};
    return false;
  }
  /// A scalar that no place of the envelope wants as such.
  bool Scalar(const char* what) {
    const Frame top = Top();
    if (top == Frame::kSkipped) return true;
    return top == Frame::kRoot ? RootField(what)
                               : Fail(std::string("unexpected ") + what);
  }
  /// A field of the envelope that is no array: warnings would go unheard.
  bool RootField(std::string_view what) {
    return key_ != "warnings" || what == "null" ||
           Fail("warnings is not an array");
  }
  bool Push(Frame frame) {
    if (stack_.size() >= kMaxDepth) return Fail("nested too deeply");
    stack_.push_back(frame);
    keys_.emplace_back();
    return true;
  }
  bool Pop();
  bool Number(double value);
  bool RootString(std::string& value);
  bool PointValue(const std::string& text);
  bool StartPoint();

  std::vector<Frame> stack_;
  std::vector<std::set<std::string>> keys_;  ///< Seen so far, by frame.
  std::string key_;
  std::size_t at_most_;
  std::size_t samples_ = 0;
  bool started_ = false;
  bool has_result_ = false;
  bool has_value_ = false;   ///< Some series is one of a vector,
  bool has_values_ = false;  ///< or of a matrix.
  ResultType type_ = ResultType::kNone;
  std::string status_;
  std::string error_type_;
  std::string error_text_;
  QueryAnswer answer_;
  Sample point_;
  int point_fields_ = 0;
  std::optional<Error> error_;
};

bool AnswerHandler::RootString(std::string& value) {
  if (key_ == "status") {
    status_ = std::move(value);
  } else if (key_ == "errorType") {
    error_type_ = std::move(value);
  } else if (key_ == "error") {
    error_text_ = std::move(value);
  }
  return RootField("string");
}

bool AnswerHandler::string(std::string& value) {
  switch (Top()) {
    case Frame::kSkipped:
      return true;
    case Frame::kRoot:
      return RootString(value);
    case Frame::kData:
      if (key_ == "resultType") type_ = TypeOf(value);
      return type_ != ResultType::kOther ||
             Fail("the result is not a float series", Code::kInvalidArgument);
    case Frame::kWarnings:
      // From 3.0 on infos stand in a field of their own; they doubt no sample.
      if (!value.starts_with("PromQL info: ") &&
          answer_.warnings.size() < kMaxWarnings) {
        answer_.warnings.push_back(value.substr(0, 500));
      }
      return true;
    case Frame::kMetric:
      answer_.series.back().labels[key_] = std::move(value);
      return true;
    case Frame::kPoint:
      return PointValue(value);
    case Frame::kResult:
    case Frame::kSeries:
    case Frame::kPoints:
      return Fail("unexpected string");
  }
  return false;
}

bool AnswerHandler::Number(double value) {
  if (Top() != Frame::kPoint) return Scalar("number");
  // Beyond the year 9999 is not a time of Prometheus.
  if (point_fields_ != 0 || !(std::fabs(value) < 2.5e11)) {
    return Fail("a sample is not [time, \"value\"]");
  }
  // Out of the range of our own clock it is certainly not a time of ours.
  if (std::fabs(value) > 9.0e9) return Fail("a sample's time is out of range");
  point_.at = FromUnixSeconds(value);
  point_fields_ = 1;
  return true;
}

bool AnswerHandler::PointValue(const std::string& text) {
  const auto value = ParseSampleValue(text);
  if (point_fields_ != 1 || !value) {
    return Fail("a sample is not [time, \"value\"]");
  }
  point_.value = *value;
  point_fields_ = 2;
  return true;
}

bool AnswerHandler::StartPoint() {
  point_ = Sample{};
  point_fields_ = 0;
  return Push(Frame::kPoint);
}

bool AnswerHandler::start_object(std::size_t) {
  if (!started_) {
    started_ = true;
    return Push(Frame::kRoot);
  }
  switch (Top()) {
    case Frame::kRoot:
      return RootField("object") &&
             Push(key_ == "data" ? Frame::kData : Frame::kSkipped);
    case Frame::kResult:
      answer_.series.emplace_back();
      return Push(Frame::kSeries);
    case Frame::kSeries:
      if (key_ == "histogram") {
        return Fail("native histogram where a number is needed",
                    Code::kInvalidArgument);
      }
      return Push(key_ == "metric" ? Frame::kMetric : Frame::kSkipped);
    case Frame::kData:
    case Frame::kSkipped:
      return key_ == "result" && Top() == Frame::kData
                 ? Fail("result is not an array")
                 : Push(Frame::kSkipped);
    default:
      return Fail("unexpected object");
  }
}

bool AnswerHandler::start_array(std::size_t) {
  switch (Top()) {
    case Frame::kRoot:
      return Push(key_ == "warnings" ? Frame::kWarnings : Frame::kSkipped);
    case Frame::kData:
      if (key_ != "result") return Push(Frame::kSkipped);
      has_result_ = true;
      if (type_ == ResultType::kScalar) {
        answer_.series.emplace_back();
        return StartPoint();
      }
      return Push(Frame::kResult);
    case Frame::kSeries:
      if (key_ == "histograms" || key_ == "histogram") {
        return Fail("native histogram where a number is needed",
                    Code::kInvalidArgument);
      }
      has_value_ = has_value_ || key_ == "value";
      has_values_ = has_values_ || key_ == "values";
      if (key_ == "value") return StartPoint();
      return Push(key_ == "values" ? Frame::kPoints : Frame::kSkipped);
    case Frame::kPoints:
      return StartPoint();
    case Frame::kSkipped:
      return started_ ? Push(Frame::kSkipped) : Fail("not an object");
    default:
      return Fail("unexpected array");
  }
}

bool AnswerHandler::Pop() {
  const Frame frame = stack_.back();
  stack_.pop_back();
  keys_.pop_back();
  if (frame != Frame::kPoint) return true;
  if (point_fields_ != 2) return Fail("a sample is not [time, \"value\"]");
  if (++samples_ > at_most_) {
    return Fail("more than " + std::to_string(at_most_) + " samples",
                Code::kResourceExhausted);
  }
  auto& samples = answer_.series.back().samples;
  if (!samples.empty() && samples.back().at >= point_.at) {
    return Fail("the times of a series do not rise");
  }
  samples.push_back(point_);
  return true;
}

Result<QueryAnswer> AnswerHandler::Take(Asked asked) {
  if (error_) return *error_;
  if (status_ != "success") {
    return Error{Code::kInternal, "status is not \"success\""};
  }
  if (type_ == ResultType::kNone || !has_result_) {
    return Error{Code::kInternal, "no result in the answer"};
  }
  const bool matrix = type_ == ResultType::kMatrix;
  if ((asked == Asked::kRange && !matrix) || (matrix && has_value_) ||
      (!matrix && has_values_)) {
    return Error{Code::kInternal, "the result is of another type than asked"};
  }
  for (const Series& series : answer_.series) {
    if (series.samples.empty()) {
      return Error{Code::kInternal, "a series without samples"};
    }
  }
  return std::move(answer_);
}

AnswerHandler Parse(std::string_view body, std::size_t at_most) {
  AnswerHandler handler(at_most);
  json::sax_parse(body.begin(), body.end(), &handler);
  return handler;
}

}  // namespace

std::optional<double> ParseSampleValue(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf" || text == "Inf") {
    return std::numeric_limits<double>::infinity();
  }
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  double value = 0;
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() ||
      !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

Result<QueryAnswer> ParseAnswer(std::string_view body, Asked asked,
                                std::size_t at_most) {
  AnswerHandler handler = Parse(body, at_most);
  return handler.Take(asked);
}

std::string ErrorSentence(std::string_view body) {
  const AnswerHandler handler = Parse(body, 0);
  if (handler.error_type().empty()) return "";
  return (handler.error_type() + ": " + handler.error_text()).substr(0, 500);
}

}  // namespace selfheal::prometheus
