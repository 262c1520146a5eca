#pragma once

#include <optional>
#include <string>

#include "core/fields.h"

namespace selfheal {

/// What a look comes to.
enum class LookState {
  kBackInside,  ///< Everything that counts is inside its bounds.
  kOutside,     ///< At least one is still on its bad side.
  kUnmeasured,  ///< At least one can't be judged.
};

/// Lower snake case, as in the audit.
std::string_view LookName(LookState state);

/// The figures of one look against the bounds of one thing; an absent bound
/// holds nothing.
struct Compared {
  double lowest = 0;
  double highest = 0;
  std::optional<double> at_least = {};  ///< Bounds of `lowest`.
  std::optional<double> above = {};
  std::optional<double> at_most = {};  ///< Bounds of `highest`.
  std::optional<double> below = {};

  /// False where one of the figures is no number. Pure.
  bool Inside() const;
};

/// Appends `compared` as "NAME.lowest", "NAME.at_most"..., for the audit.
void Note(const std::string& name, const Compared& compared, Fields& fields);

/// Appends how something is that no figures tell, as "NAME.look".
void Note(const std::string& name, LookState state, Fields& fields);

/// What `fields`, as the two above write them, come to: unmeasured over outside
/// over inside. Other fields may stand between; empty where nothing was
/// compared. Pure.
std::optional<LookState> StateOf(const Fields& fields);

}  // namespace selfheal
