#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/labels.h"
#include "core/result.h"

namespace selfheal {

/// Reads typed fields of one JSON object, strictly.
///
/// An absent or null field is the fallback; a field of another type, or an
/// integer outside its range, is an error. The first error of a whole tree of
/// readers is kept in the `error` that they share.
class FieldReader {
 public:
  FieldReader(const nlohmann::json& node, std::optional<Error>& error)
      : FieldReader(&node, "", &error) {}

  bool present() const { return node_ != nullptr; }
  bool Has(std::string_view key) const { return Find(key) != nullptr; }

  /// A nested object; where it is absent, a reader in which all is absent.
  FieldReader Object(std::string_view key) const;
  /// The elements of an array of objects.
  std::vector<FieldReader> Objects(std::string_view key) const;
  std::string String(std::string_view key) const;
  /// A string that must be there and not be empty.
  std::string Required(std::string_view key) const;
  bool Bool(std::string_view key, bool fallback = false) const;
  int Int(std::string_view key, int fallback = 0) const;
  /// A string, or an integer as text.
  std::string IntOrString(std::string_view key) const;
  long long Long(std::string_view key, long long fallback = 0) const;
  /// An object of strings.
  Labels StringMap(std::string_view key) const;
  /// RFC 3339.
  std::optional<Time> Timestamp(std::string_view key) const;

  /// Keeps "<path>.<key>: <what>" where no error was kept before.
  void Fail(std::string_view key, std::string_view what) const;

 private:
  FieldReader(const nlohmann::json* node, std::string path,
              std::optional<Error>* error);
  const nlohmann::json* Find(std::string_view key) const;
  std::string PathOf(std::string_view key) const;

  const nlohmann::json* node_;
  std::string path_;
  std::optional<Error>* error_;
};

}  // namespace selfheal
