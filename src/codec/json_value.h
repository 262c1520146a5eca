#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/labels.h"
#include "core/object.h"
#include "core/result.h"

namespace selfheal::codec {

/// Keeps the order in which members are written.
using Json = nlohmann::ordered_json;

/// One line without spaces; bytes that are not UTF-8 become U+FFFD.
std::string Dump(const Json& value);

/// The value of `text`; throws a json exception where it is not JSON.
Json Parse(std::string_view text);

/// What could not be read, as kDataLoss: "stored <what>: <why>".
Error Unreadable(std::string_view what, const std::exception& why);

/// Stored form of a time: nanoseconds since 1970. Null where there is none.
Json StoredTime(Time time);
Json StoredTime(const std::optional<Time>& time);
/// Public form of a time: RFC 3339 with milliseconds. Null likewise.
Json PublicTime(Time time);
Json PublicTime(const std::optional<Time>& time);
/// NaN and infinities have no JSON form: null.
Json Number(double value);
Json Numbers(const std::vector<double>& values);
Json Strings(const std::vector<std::string>& values);
Json LabelsValue(const Labels& labels);
/// {"kind", "namespace", "name"}
Json RefValue(const ObjectRef& ref);

/// Reads members of one stored object. What is absent reads as the default of
/// its type, so that rows of an older release stay readable; a member of the
/// wrong type throws.
class Reader {
 public:
  /// Keeps a reference: `object` must outlive the reader.
  explicit Reader(const Json& object);

  std::string Text(const char* key) const;
  long long Integer(const char* key) const;
  int Int(const char* key) const;
  /// Null reads as NaN.
  double Real(const char* key) const;
  bool Flag(const char* key) const;
  Time At(const char* key) const;
  std::optional<Time> MaybeAt(const char* key) const;
  ObjectRef Ref(const char* key) const;
  std::vector<double> Reals(const char* key) const;
  std::vector<std::string> Texts(const char* key) const;
  Labels LabelMap(const char* key) const;
  /// The member, or null pointer where it is absent or null.
  const Json* Member(const char* key) const;

 private:
  const Json& object_;
};

}  // namespace selfheal::codec
