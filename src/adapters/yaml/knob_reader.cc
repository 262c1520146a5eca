#include "adapters/yaml/knob_reader.h"

#include <set>

#include "adapters/yaml/reader.h"
#include "config/scalar.h"

namespace selfheal::yaml {
namespace {

using Approver = Config::ApprovalsConfig::Approver;

constexpr std::size_t kMaxItems = 1000;

/// A text. One that has not the form which the knob asks for is taken as it
/// stands: KnobProblem says more than what YAML takes it for.
std::optional<std::string> ReadText(const Node& node, const Knob& knob,
                                    FindingSink& sink) {
  const bool formless = node.kind == NodeKind::kScalar &&
                        knob.check != nullptr && !knob.check(node.text).empty();
  return formless ? node.text : ReadString(node, sink);
}

void ReadStrings(const Node& node, const Knob& knob,
                 std::vector<std::string>& field, FindingSink& sink) {
  field.clear();
  if (knob.comma_text && node.kind == NodeKind::kScalar) {
    const auto text = ReadString(node, sink);
    if (text) field = SplitCommas(*text);
    return;
  }
  if (node.kind != NodeKind::kSequence || node.items.size() > kMaxItems) {
    sink.Add(node.at, "expected a list, found " + std::string(Describe(node)));
    return;
  }
  for (const Node& item : node.items) {
    field.push_back(ReadText(item, knob, sink).value_or("?"));
  }
}

Approver ReadApprover(const Node& node, FindingSink& sink) {
  Approver approver;
  MapReader reader(node, sink);
  if (!reader.is_map()) return approver;
  if (const Node* user = reader.Find("slack_user")) {
    approver.slack_user = ReadString(*user, sink).value_or("");
  }
  if (const Node* group = reader.Find("slack_group")) {
    approver.slack_group = ReadString(*group, sink).value_or("");
  }
  const Node* risk = reader.Require("risk");
  reader.Finish();
  if (risk == nullptr) return approver;
  if (risk->kind != NodeKind::kSequence) {
    sink.Add(risk->at,
             "expected a list, found " + std::string(Describe(*risk)));
    return approver;
  }
  for (const Node& item : risk->items) {
    approver.risk.push_back(ReadString(item, sink).value_or(""));
  }
  return approver;
}

/// Reads one node into the field of one knob.
struct FieldReader {
  const Node& node;
  const Knob& knob;
  FindingSink& sink;

  template <typename T, typename U>
  void Assign(T* field, const std::optional<U>& value) const {
    if (value) *field = static_cast<T>(*value);
  }
  void operator()(std::string* field) const {
    Assign(field, ReadText(node, knob, sink));
  }
  void operator()(bool* field) const { Assign(field, ReadBool(node, sink)); }
  void operator()(int* field) const {
    Assign(field,
           ReadInteger(node,
                       {static_cast<int>(knob.min), static_cast<int>(knob.max)},
                       sink));
  }
  void operator()(double* field) const {
    Assign(field, ReadNumber(node, {knob.min, knob.max}, sink));
  }
  void operator()(seconds* field) const {
    const auto bound = [](double value) {
      return seconds(static_cast<long long>(value));
    };
    Assign(field, ReadSeconds(node, {bound(knob.min), bound(knob.max)}, sink));
  }
  void operator()(long long* field) const {
    Assign(field, ReadSize(node, sink));
  }
  void operator()(std::vector<std::string>* field) const {
    ReadStrings(node, knob, *field, sink);
  }
  void operator()(std::vector<Approver>* field) const {
    field->clear();
    if (node.kind != NodeKind::kSequence || node.items.size() > kMaxItems) {
      sink.Add(node.at,
               "expected a list, found " + std::string(Describe(node)));
      return;
    }
    for (const Node& item : node.items) {
      field->push_back(ReadApprover(item, sink));
    }
  }
};

/// Walks the tree of a configuration file.
class KnobTree {
 public:
  KnobTree(const std::vector<Knob>& knobs, FindingSink& sink) : sink_(sink) {
    for (const Knob& knob : knobs) {
      const std::string path(knob.path);
      knobs_.emplace(path, &knob);
      for (auto dot = path.rfind('.'); dot != std::string::npos && dot > 0;
           dot = path.rfind('.', dot - 1)) {
        sections_.insert(path.substr(0, dot));
      }
    }
  }

  void Read(const Node& node, const std::string& prefix) {
    if (node.kind == NodeKind::kNull) return;
    MapReader reader(node, sink_);  // For its finding where it is no map.
    for (const Entry& entry : node.entries) {
      const std::string path = prefix + entry.key;
      const auto knob = knobs_.find(path);
      if (knob != knobs_.end()) {
        ReadOne(*knob->second, entry);
      } else if (sections_.count(path) > 0) {
        Read(entry.value, path + ".");
      } else {
        AddUnknown(entry, prefix);
      }
    }
  }

  KnobPositions TakePositions() { return std::move(positions_); }

 private:
  void ReadOne(const Knob& knob, const Entry& entry) {
    positions_.emplace(knob.path, entry.value.at);
    const int before = sink_.count();
    std::visit(
        [&](auto* field) { FieldReader{entry.value, knob, sink_}(field); },
        knob.field);
    if (sink_.count() != before) return;
    const std::string problem = KnobProblem(knob);
    if (!problem.empty()) sink_.Add(entry.value.at, problem);
  }

  void AddUnknown(const Entry& entry, const std::string& prefix) {
    std::set<std::string> siblings;
    const auto add = [&](const std::string& path) {
      if (!path.starts_with(prefix)) return;
      const std::string rest = path.substr(prefix.size());
      siblings.insert(rest.substr(0, rest.find('.')));
    };
    for (const auto& [path, knob] : knobs_) add(path);
    const std::string_view closest = ClosestName(entry.key, siblings);
    sink_.Add(entry.at,
              "unknown key \"" + prefix + entry.key + "\"" +
                  (closest.empty() ? ""
                                   : ", did you mean \"" + prefix +
                                         std::string(closest) + "\"?"));
  }

  std::map<std::string, const Knob*> knobs_;
  std::set<std::string> sections_;
  KnobPositions positions_;
  FindingSink& sink_;
};

}  // namespace

KnobPositions ReadKnobs(const Node& root, const std::vector<Knob>& knobs,
                        FindingSink& sink) {
  KnobTree tree(knobs, sink);
  tree.Read(root, "");
  return tree.TakePositions();
}

}  // namespace selfheal::yaml
