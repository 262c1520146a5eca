#include "intake/payload.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "intake/payload_reader.h"

namespace selfheal {
namespace {

using Json = nlohmann::json;
using Scalar = PayloadReader::Scalar;

/// Hands the events of nlohmann's parser to a PayloadReader.
class Events final : public nlohmann::json_sax<Json> {
 public:
  explicit Events(PayloadReader& reader) : reader_(reader) {}

  bool null() override { return reader_.Value(Scalar::kNull, {}, 0); }
  bool boolean(bool) override { return reader_.Value(Scalar::kOther, {}, 0); }
  bool number_integer(number_integer_t) override {
    return reader_.Value(Scalar::kOther, {}, 0);
  }
  bool number_unsigned(number_unsigned_t value) override {
    return reader_.Value(Scalar::kUnsigned, {}, value);
  }
  bool number_float(number_float_t, const string_t&) override {
    return reader_.Value(Scalar::kOther, {}, 0);
  }
  bool string(string_t& value) override {
    return reader_.Value(Scalar::kText, std::move(value), 0);
  }
  bool binary(binary_t&) override {
    return reader_.Value(Scalar::kOther, {}, 0);
  }
  bool start_object(std::size_t) override { return reader_.StartObject(); }
  bool key(string_t& name) override { return reader_.Key(std::move(name)); }
  bool end_object() override { return reader_.End(); }
  bool start_array(std::size_t) override { return reader_.StartArray(); }
  bool end_array() override { return reader_.End(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return reader_.Refuse(
        "body", "is not JSON from byte " + std::to_string(position) + " on");
  }

 private:
  PayloadReader& reader_;
};

}  // namespace

Result<AlertGroup> ParseAlertGroup(std::string_view body,
                                   const IntakeLimits& limits) {
  if (body.empty()) return Error{Code::kInvalidArgument, "body: is empty"};
  // RFC 8259 section 8.1 forbids the mark, the library would skip it.
  if (body.substr(0, 3) == "\xef\xbb\xbf") {
    return Error{Code::kInvalidArgument, "body: starts with a byte order mark"};
  }
  // The library takes it for the end of the text.
  if (const std::size_t at = body.find('\0'); at != std::string_view::npos) {
    return Error{Code::kInvalidArgument,
                 "body: is not JSON from byte " + std::to_string(at) + " on"};
  }
  PayloadReader reader(limits);
  Events events(reader);
  try {
    Json::sax_parse(body.begin(), body.end(), &events);
  } catch (const Json::exception&) {
    reader.Refuse("body", "is not JSON");
  }
  return std::move(reader).Finish();
}

}  // namespace selfheal
