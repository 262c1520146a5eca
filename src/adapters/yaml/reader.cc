#include "adapters/yaml/reader.h"

#include <algorithm>

#include "config/scalar.h"
#include "core/duration.h"

namespace selfheal::yaml {
namespace {

/// True where YAML 1.1 or 1.2 reads a plain scalar as a truth value.
bool LooksBoolean(std::string_view text) {
  static constexpr std::string_view kWords[] = {"true", "false", "yes",
                                                "no",   "on",    "off"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return std::find(std::begin(kWords), std::end(kWords), lower) !=
         std::end(kWords);
}

bool LooksNumeric(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  if (text == ".inf" || text == ".nan" || text == ".NaN") return true;
  const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  return digits &&
         text.find_first_not_of("0123456789_.eExXoabcdfABCDF+-") ==
             std::string_view::npos &&
         (ParseNumber(text) || text.starts_with('0'));
}

void AddWrongKind(const Node& node, std::string_view expected,
                  FindingSink& sink) {
  sink.Add(node.at, "expected " + std::string(expected) + ", found " +
                        std::string(Describe(node)));
}

/// The text of a plain scalar; a finding for anything else.
const std::string* PlainText(const Node& node, std::string_view expected,
                             FindingSink& sink) {
  if (node.kind == NodeKind::kScalar && !node.quoted) return &node.text;
  AddWrongKind(node, expected, sink);
  return nullptr;
}

/// "expected <what> from <min> to <max>, found \"x\"".
void AddOutOfRange(const Node& node, std::string_view what,
                   const std::string& min, const std::string& max,
                   FindingSink& sink) {
  sink.Add(node.at, "expected " + std::string(what) + " from " + min + " to " +
                        max + ", found \"" + node.text + "\"");
}

}  // namespace

std::string_view Describe(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return "nothing";
    case NodeKind::kSequence:
      return "a list";
    case NodeKind::kMap:
      return "a map";
    case NodeKind::kScalar:
      break;
  }
  if (node.quoted) return "a quoted string";
  if (LooksBoolean(node.text)) return "a truth value";
  if (LooksNumeric(node.text)) return "a number";
  return "a string";
}

std::optional<std::string> ReadString(const Node& node, FindingSink& sink) {
  const std::string_view found = Describe(node);
  if (found == "a string" || found == "a quoted string") return node.text;
  sink.Add(node.at, "expected a string, found " + std::string(found) +
                        (node.kind == NodeKind::kScalar
                             ? " (quote it if it is meant as text)"
                             : ""));
  return std::nullopt;
}

std::optional<bool> ReadBool(const Node& node, FindingSink& sink) {
  const std::string* text = PlainText(node, "true or false", sink);
  if (text == nullptr) return std::nullopt;
  const auto value = ParseBool(*text);
  if (!value) {
    sink.Add(node.at, "expected true or false, found \"" + *text + "\"");
  }
  return value;
}

std::optional<int> ReadInteger(const Node& node, Range<int> range,
                               FindingSink& sink) {
  if (PlainText(node, "a whole number", sink) == nullptr) return std::nullopt;
  const auto value = ParseInteger(node.text);
  if (value && *value >= range.min && *value <= range.max) {
    return static_cast<int>(*value);
  }
  AddOutOfRange(node, "a whole number", std::to_string(range.min),
                std::to_string(range.max), sink);
  return std::nullopt;
}

std::optional<double> ReadNumber(const Node& node, Range<double> range,
                                 FindingSink& sink) {
  if (PlainText(node, "a number", sink) == nullptr) return std::nullopt;
  const auto value = ParseNumber(node.text);
  if (value && *value >= range.min && *value <= range.max) return value;
  AddOutOfRange(node, "a number", FormatNumber(range.min),
                FormatNumber(range.max), sink);
  return std::nullopt;
}

std::optional<seconds> ReadSeconds(const Node& node, Range<seconds> range,
                                   FindingSink& sink) {
  if (node.kind != NodeKind::kScalar) {
    AddWrongKind(node, "a duration such as 5m", sink);
    return std::nullopt;
  }
  const auto value = ParseDuration(node.text);
  if (!value) {
    sink.Add(node.at,
             "expected a duration with its unit such as 90s, 5m or "
             "72h, found \"" +
                 node.text + "\"");
    return std::nullopt;
  }
  const auto whole = std::chrono::duration_cast<seconds>(*value);
  if (whole == *value && whole >= range.min && whole <= range.max) return whole;
  AddOutOfRange(node, "a duration in whole seconds", FormatDuration(range.min),
                FormatDuration(range.max), sink);
  return std::nullopt;
}

std::optional<long long> ReadSize(const Node& node, FindingSink& sink) {
  if (node.kind != NodeKind::kScalar) {
    AddWrongKind(node, "a size such as 16MiB", sink);
    return std::nullopt;
  }
  const auto value = ParseSize(node.text);
  if (!value) {
    sink.Add(node.at,
             "expected a size such as 16MiB, found \"" + node.text + "\"");
  }
  return value;
}

std::optional<std::size_t> ReadChoice(
    const Node& node, const std::vector<std::string_view>& names,
    FindingSink& sink) {
  const auto text = ReadString(node, sink);
  if (!text) return std::nullopt;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == *text) return i;
  }
  std::string list;
  for (const std::string_view name : names) {
    list += (list.empty() ? "" : ", ") + std::string(name);
  }
  sink.Add(node.at, "expected one of " + list + "; found \"" + *text + "\"");
  return std::nullopt;
}

MapReader::MapReader(const Node& node, FindingSink& sink)
    : node_(node), sink_(sink) {
  if (!is_map()) AddWrongKind(node, "a map", sink);
}

const Node* MapReader::Find(std::string_view key) {
  known_.emplace_back(key);
  return node_.Find(key);
}

const Node* MapReader::Require(std::string_view key) {
  const Node* value = Find(key);
  if (value == nullptr && is_map()) {
    sink_.Add(node_.at, "key \"" + std::string(key) + "\" is missing");
  }
  return value;
}

void MapReader::Finish() {
  for (const Entry& entry : node_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) {
      continue;
    }
    const std::string_view closest = ClosestName(entry.key, known_);
    std::string message = "unknown key \"" + entry.key + "\"";
    if (!closest.empty()) {
      message += ", did you mean \"" + std::string(closest) + "\"?";
    }
    sink_.Add(entry.at, std::move(message));
  }
}

}  // namespace selfheal::yaml
