#include "receiver/small_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace selfheal {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxText = 1000;

/// Code points, as JSON Schema counts them.
std::size_t Length(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Collects one flat object; anything else ends the parse.
class FlatObject final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return Refuse(); }
  bool number_integer(number_integer_t) override { return Refuse(); }
  bool number_unsigned(number_unsigned_t) override { return Refuse(); }
  bool number_float(number_float_t, const string_t&) override {
    return Refuse();
  }
  bool binary(binary_t&) override { return Refuse(); }
  bool start_array(std::size_t) override { return Refuse(); }
  bool end_array() override { return Refuse(); }
  bool end_object() override { return true; }
  bool start_object(std::size_t) override {
    return std::exchange(inside_, true) ? Refuse() : true;
  }
  bool key(string_t& name) override {
    name_ = std::move(name);
    if (members_.count(name_) != 0) {
      error_ = name_.substr(0, 100) + ": stands twice";
    }
    return error_.empty();
  }
  bool boolean(bool value) override {
    if (!inside_) return Refuse();
    members_[name_] = value;
    return true;
  }
  bool string(string_t& value) override {
    if (!inside_) return Refuse();
    if (Length(value) > kMaxText || value.find('\0') != std::string::npos) {
      error_ = name_.substr(0, 100) + ": expected at most 1000 characters";
      return false;
    }
    members_[name_] = std::move(value);
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception&) override {
    return Refuse();
  }

  Result<SmallJson> Finish() && {
    if (!error_.empty()) return Error{Code::kInvalidArgument, error_};
    return std::move(members_);
  }

 private:
  bool Refuse() {
    if (error_.empty()) {
      error_ = "body: expected one flat JSON object of text and true or false";
    }
    return false;
  }

  bool inside_ = false;
  std::string name_;
  std::string error_;
  SmallJson members_;
};

}  // namespace

Result<SmallJson> ParseSmallJson(std::string_view body) {
  if (body.empty()) return SmallJson{};
  FlatObject object;
  Json::sax_parse(body.begin(), body.end(), &object);
  return std::move(object).Finish();
}

Result<std::optional<std::string>> TextOf(const SmallJson& json,
                                          std::string_view name) {
  const auto found = json.find(name);
  if (found == json.end()) return std::optional<std::string>();
  if (const auto* text = std::get_if<std::string>(&found->second)) {
    return std::optional<std::string>(*text);
  }
  return Error{Code::kInvalidArgument,
               std::string(name) + ": expected a string"};
}

Result<std::optional<bool>> TruthOf(const SmallJson& json,
                                    std::string_view name) {
  const auto found = json.find(name);
  if (found == json.end()) return std::optional<bool>();
  if (const auto* truth = std::get_if<bool>(&found->second)) {
    return std::optional<bool>(*truth);
  }
  return Error{Code::kInvalidArgument,
               std::string(name) + ": expected true or false"};
}

}  // namespace selfheal
