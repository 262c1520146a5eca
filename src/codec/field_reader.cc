#include "codec/field_reader.h"

#include <limits>
#include <utility>

namespace selfheal {

using nlohmann::json;

FieldReader::FieldReader(const json* node, std::string path,
                         std::optional<Error>* error)
    : node_(node), path_(std::move(path)), error_(error) {
  if (node_ != nullptr && !node_->is_object()) {
    Fail("", "expected an object");
    node_ = nullptr;
  }
}

const json* FieldReader::Find(std::string_view key) const {
  if (node_ == nullptr) return nullptr;
  const auto found = node_->find(key);
  return found == node_->end() || found->is_null() ? nullptr : &*found;
}

std::string FieldReader::PathOf(std::string_view key) const {
  if (path_.empty() || key.empty()) return path_ + std::string(key);
  return path_ + "." + std::string(key);
}

void FieldReader::Fail(std::string_view key, std::string_view what) const {
  if (error_->has_value()) return;
  *error_ = Error{Code::kInternal, PathOf(key) + ": " + std::string(what)};
}

FieldReader FieldReader::Object(std::string_view key) const {
  return FieldReader(Find(key), PathOf(key), error_);
}

std::vector<FieldReader> FieldReader::Objects(std::string_view key) const {
  std::vector<FieldReader> readers;
  const json* array = Find(key);
  if (array == nullptr) return readers;
  if (!array->is_array()) {
    Fail(key, "expected an array");
    return readers;
  }
  for (const json& element : *array) {
    readers.push_back(FieldReader(
        &element, PathOf(key) + "[" + std::to_string(readers.size()) + "]",
        error_));
  }
  return readers;
}

std::string FieldReader::String(std::string_view key) const {
  const json* field = Find(key);
  if (field == nullptr) return "";
  if (!field->is_string()) {
    Fail(key, "expected a string");
    return "";
  }
  return field->get_ref<const std::string&>();
}

std::string FieldReader::Required(std::string_view key) const {
  std::string text = String(key);
  if (text.empty()) Fail(key, "missing");
  return text;
}

bool FieldReader::Bool(std::string_view key, bool fallback) const {
  const json* field = Find(key);
  if (field == nullptr) return fallback;
  if (!field->is_boolean()) {
    Fail(key, "expected a boolean");
    return fallback;
  }
  return field->get<bool>();
}

long long FieldReader::Long(std::string_view key, long long fallback) const {
  const json* field = Find(key);
  if (field == nullptr) return fallback;
  const bool fits =
      field->is_number_integer() &&
      (!field->is_number_unsigned() ||
       field->get<std::uint64_t>() <=
           static_cast<std::uint64_t>(std::numeric_limits<long long>::max()));
  if (!fits) {
    Fail(key, "expected an integer");
    return fallback;
  }
  return field->get<long long>();
}

int FieldReader::Int(std::string_view key, int fallback) const {
  const long long value = Long(key, fallback);
  if (value < std::numeric_limits<int>::min() ||
      value > std::numeric_limits<int>::max()) {
    Fail(key, "integer out of range");
    return fallback;
  }
  return static_cast<int>(value);
}

std::string FieldReader::IntOrString(std::string_view key) const {
  const json* field = Find(key);
  if (field == nullptr) return "";
  return field->is_number() ? std::to_string(Long(key)) : String(key);
}

Labels FieldReader::StringMap(std::string_view key) const {
  Labels map;
  const json* field = Find(key);
  if (field == nullptr) return map;
  if (!field->is_object()) {
    Fail(key, "expected an object");
    return map;
  }
  for (const auto& [name, value] : field->items()) {
    if (!value.is_string()) {
      Fail(key, "expected strings in it");
      return {};
    }
    map.emplace(name, value.get_ref<const std::string&>());
  }
  return map;
}

std::optional<Time> FieldReader::Timestamp(std::string_view key) const {
  const std::string text = String(key);
  if (text.empty()) return std::nullopt;
  auto time = ParseTime(text);
  if (!time) Fail(key, "expected an RFC 3339 time");
  return time;
}

}  // namespace selfheal
