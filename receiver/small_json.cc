#include "receiver/small_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <utility>

#include "core/text.h"

namespace selfheal {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxText = 1000;

/// Collects one flat object; anything else ends the parse.
class FlatObject final : public nlohmann::json_sax<Json> {
 public:
  explicit FlatObject(std::span<const std::string_view> known)
      : known_(known) {}

  /// As if it were not there.
  bool null() override { return inside_ || Refuse(); }
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
    if (std::find(known_.begin(), known_.end(), name_) == known_.end()) {
      error_ = Named() + ": unknown";
    } else if (!seen_.insert(name_).second) {
      error_ = Named() + ": stands twice";
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
    if (value.find('\0') != std::string::npos) {
      error_ = Named() + ": holds a character NUL";
    } else if (FirstChars(value, kMaxText).size() < value.size()) {
      error_ = Named() + ": expected at most 1000 characters";
    }
    if (!error_.empty()) return false;
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

  std::string Named() const { return std::string(FirstChars(name_, 100)); }

  const std::span<const std::string_view> known_;
  std::set<std::string> seen_;
  bool inside_ = false;
  std::string name_;
  std::string error_;
  SmallJson members_;
};

}  // namespace

Result<SmallJson> ParseSmallJson(
    std::string_view body, std::initializer_list<std::string_view> known) {
  if (body.empty()) return SmallJson{};
  FlatObject object({known.begin(), known.size()});
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
