#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"
#include "config/text_checks.h"

namespace selfheal {

/// Where a knob's value lives in the Config that it was made for. `long long`
/// is a size in bytes.
using KnobField = std::variant<std::string*, bool*, int*, long long*, double*,
                               seconds*, std::vector<std::string>*,
                               std::vector<Config::ApprovalsConfig::Approver>*>;

/// One knob: its names, its range and what it is for. The default is that of
/// a fresh Config and stands nowhere else.
struct Knob {
  std::string_view path;  ///< In YAML, e.g. "guards.scale.percent".
  std::string_view env;   ///< Environment variable; empty: YAML only.
  KnobField field;
  std::string_view doc;  ///< One sentence or more, for people.
  double min = 0;        ///< Of numbers, sizes (bytes) and durations (s).
  double max = 0;
  std::vector<std::string_view> choices = {};  ///< Of texts; empty: any.
  TextCheck check = nullptr;  ///< Of a text, or of each item of a list.
  bool secret = false;        ///< Masked wherever it is shown.
  seconds env_unit{1};        ///< Of the plain number in the environment.
  bool comma_text = false;    ///< YAML may write the list as "a,b".
  bool later = false;         ///< Checked; a later release acts on it.
};

/// The table of all knobs, in the order in which they are shown, bound to
/// `config`. Knobs of one section stand together.
std::vector<Knob> Knobs(Config& config);

/// What is wrong with the value that stands in the field; empty = nothing.
std::string KnobProblem(const Knob& knob);

/// Sets the field from the text of an environment variable: lists are comma-
/// separated, durations are plain numbers in `env_unit`.
/// @return what is wrong; empty = nothing.
std::string SetFromEnvironment(const Knob& knob, std::string_view text);

/// "a, b ,c" -> {"a", "b", "c"}; an empty text is an empty list.
std::vector<std::string> SplitCommas(std::string_view text);

/// One thing that is wrong with several knobs together.
struct KnobConflict {
  std::string_view path;  ///< The knob to point at.
  std::string message;
};

/// What no single knob shows: "a must not be above b".
std::vector<KnobConflict> KnobConflicts(const Config& config);

}  // namespace selfheal
