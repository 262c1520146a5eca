#include "verify/compared.h"

#include <cmath>
#include <map>

namespace selfheal {
namespace {

/// Where the part of a field's name is kept; null = no part of Compared.
std::optional<double>* BoundOf(const std::string& part, Compared& compared) {
  if (part == "at_least") return &compared.at_least;
  if (part == "above") return &compared.above;
  if (part == "at_most") return &compared.at_most;
  if (part == "below") return &compared.below;
  return nullptr;
}

/// A figure of another kind is no number, and so never inside.
double NumberOf(const FieldValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* count = std::get_if<std::int64_t>(&value)) {
    return static_cast<double>(*count);
  }
  return std::nan("");
}

}  // namespace

std::string_view LookName(LookState state) {
  switch (state) {
    case LookState::kBackInside:
      return "back_inside";
    case LookState::kOutside:
      return "outside";
    case LookState::kUnmeasured:
      return "unmeasured";
  }
  return "unmeasured";
}

bool Compared::Inside() const {
  if (!std::isfinite(lowest) || !std::isfinite(highest)) return false;
  // So that a bound which is no number holds nobody inside.
  return !(at_least && !(lowest >= *at_least)) &&
         !(above && !(lowest > *above)) &&
         !(at_most && !(highest <= *at_most)) &&
         !(below && !(highest < *below));
}

void Note(const std::string& name, const Compared& compared, Fields& fields) {
  fields.emplace_back(name + ".lowest", compared.lowest);
  fields.emplace_back(name + ".highest", compared.highest);
  Compared copy = compared;
  for (const char* part : {"at_least", "above", "at_most", "below"}) {
    const std::optional<double>& bound = *BoundOf(part, copy);
    if (bound) fields.emplace_back(name + "." + part, *bound);
  }
}

LookState StateOf(const Fields& fields) {
  std::map<std::string, Compared> things;
  bool unmeasured = fields.empty();
  bool outside = false;
  for (const auto& [name, value] : fields) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) {
      // What was not compared by figures says itself how it is.
      const auto* said = std::get_if<std::string>(&value);
      if (said != nullptr && *said == LookName(LookState::kOutside)) {
        outside = true;
      } else if (said == nullptr || *said != LookName(LookState::kBackInside)) {
        unmeasured = true;
      }
      continue;
    }
    Compared& thing = things[name.substr(0, dot)];
    const std::string part = name.substr(dot + 1);
    if (part == "lowest") {
      thing.lowest = NumberOf(value);
    } else if (part == "highest") {
      thing.highest = NumberOf(value);
    } else if (std::optional<double>* bound = BoundOf(part, thing)) {
      *bound = NumberOf(value);
    }
  }
  for (const auto& [name, thing] : things) {
    if (!thing.Inside()) outside = true;
  }
  if (unmeasured) return LookState::kUnmeasured;
  return outside ? LookState::kOutside : LookState::kBackInside;
}

}  // namespace selfheal
