#include "verify/compared.h"

#include <cmath>
#include <map>
#include <set>

namespace selfheal {
namespace {

/// A figure of another kind is no number, and so never inside.
double NumberOf(const FieldValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* count = std::get_if<std::int64_t>(&value)) {
    return static_cast<double>(*count);
  }
  return std::nan("");
}

/// Takes the figure that `part` names; false where it names none.
bool Take(const std::string& part, const FieldValue& value, Compared& thing) {
  if (part == "lowest") {
    thing.lowest = NumberOf(value);
  } else if (part == "highest") {
    thing.highest = NumberOf(value);
  } else if (part == "at_least") {
    thing.at_least = NumberOf(value);
  } else if (part == "above") {
    thing.above = NumberOf(value);
  } else if (part == "at_most") {
    thing.at_most = NumberOf(value);
  } else if (part == "below") {
    thing.below = NumberOf(value);
  } else {
    return false;
  }
  return true;
}

/// What is none of the names can't be told.
LookState NamedState(const FieldValue& value) {
  for (const LookState state : {LookState::kBackInside, LookState::kOutside}) {
    if (value == FieldValue(std::string(LookName(state)))) return state;
  }
  return LookState::kUnmeasured;
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
  const auto note = [&](const char* part, const std::optional<double>& bound) {
    if (bound) fields.emplace_back(name + part, *bound);
  };
  note(".at_least", compared.at_least);
  note(".above", compared.above);
  note(".at_most", compared.at_most);
  note(".below", compared.below);
}

void Note(const std::string& name, LookState state, Fields& fields) {
  fields.emplace_back(name + ".look", std::string(LookName(state)));
}

std::optional<LookState> StateOf(const Fields& fields) {
  std::set<LookState> states;
  std::map<std::string, Compared> things;
  for (const auto& [name, value] : fields) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) continue;
    const std::string part = name.substr(dot + 1);
    if (part == "look") {
      states.insert(NamedState(value));
      continue;
    }
    const std::string thing = name.substr(0, dot);
    const auto known = things.find(thing);
    Compared figures = known == things.end() ? Compared() : known->second;
    if (Take(part, value, figures)) things[thing] = figures;
  }
  for (const auto& [name, thing] : things) {
    states.insert(thing.Inside() ? LookState::kBackInside
                                 : LookState::kOutside);
  }
  // They are declared from good to bad.
  if (states.empty()) return std::nullopt;
  return *states.rbegin();
}

}  // namespace selfheal
