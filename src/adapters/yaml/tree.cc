#include "adapters/yaml/tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <sstream>
#include <utility>

#include "adapters/yaml/text_check.h"

namespace selfheal::yaml {
namespace {

/// Ends the parse; the finding is already in the sink.
struct Stop : std::exception {};

/// Builds the tree from the parser's events. Everything the library leaves
/// open (duplicates, anchors, tags, size) is refused here.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, FindingSink& sink)
      : text_(text), sink_(sink) {}

  Node Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node = Make(NodeKind::kNull, mark, "", anchor);
    const bool is_key = AwaitsKey();
    if (is_key) sink_.Add(node.at, "a key must be a string");
    // The library places an absent value at the next token: show the key.
    if (!is_key && !open_.empty() && open_.back().node.kind == NodeKind::kMap) {
      node.at = open_.back().node.entries.back().at;
    }
    Put(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Node node = Make(NodeKind::kNull, mark, "", 0);
    sink_.Add(node.at, "aliases are not allowed");
    Put(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    Node node = Make(NodeKind::kScalar, mark, tag, anchor);
    node.text = value;
    node.quoted = tag == "!";
    Put(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Make(NodeKind::kSequence, mark, tag, anchor));
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Open(Make(NodeKind::kMap, mark, tag, anchor));
  }
  void OnMapEnd() override { Close(); }

 private:
  /// A map or sequence whose end has not come yet.
  struct OpenNode {
    Node node;
    bool awaits_key = true;  ///< Of a map: the next event is a key.
  };

  bool AwaitsKey() const {
    return !open_.empty() && open_.back().node.kind == NodeKind::kMap &&
           open_.back().awaits_key;
  }

  Node Make(NodeKind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    Node node;
    node.kind = kind;
    node.at = CharacterPosition(text_, mark.line, mark.column);
    if (++nodes_ > kMaxNodes) {
      Fail(node.at, "more than " + std::to_string(kMaxNodes) + " nodes");
    }
    if (anchor != 0) sink_.Add(node.at, "anchors are not allowed");
    if (!tag.empty() && tag != "?" && tag != "!") {
      sink_.Add(node.at, "tags are not allowed");
    }
    return node;
  }

  void Open(Node node) {
    if (AwaitsKey()) Fail(node.at, "a key must be a string");
    if (open_.size() >= static_cast<std::size_t>(kMaxDepth)) {
      Fail(node.at,
           "nested more than " + std::to_string(kMaxDepth) + " levels deep");
    }
    open_.push_back({std::move(node)});
  }

  void Close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    Put(std::move(node));
  }

  void Put(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (AwaitsKey()) {
      PutKey(std::move(node));
    } else if (open_.back().node.kind == NodeKind::kMap) {
      open_.back().node.entries.back().value = std::move(node);
      open_.back().awaits_key = true;
    } else {
      open_.back().node.items.push_back(std::move(node));
    }
  }

  void PutKey(Node key) {
    auto& entries = open_.back().node.entries;
    for (const Entry& entry : entries) {
      if (entry.key != key.text) continue;
      sink_.Add(key.at, "duplicate key \"" + key.text + "\", first on line " +
                            std::to_string(entry.at.line));
      break;
    }
    entries.push_back({std::move(key.text), key.at, {}});
    open_.back().awaits_key = false;
  }

  [[noreturn]] void Fail(Position at, std::string message) {
    sink_.Add(at, std::move(message));
    throw Stop();
  }

  std::string_view text_;
  FindingSink& sink_;
  std::vector<OpenNode> open_;
  Node root_;
  int nodes_ = 0;
};

/// Takes what the library adds to its message for `what()` out again.
void AddParserError(std::string_view text, const YAML::Exception& error,
                    FindingSink& sink) {
  const YAML::Mark& mark = error.mark;
  const Position at = mark.is_null()
                          ? Position{}
                          : CharacterPosition(text, mark.line, mark.column);
  sink.Add(at, "not valid YAML: " + error.msg);
}

void ParseDocuments(const std::string& text, TreeBuilder& builder,
                    FindingSink& sink) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  if (!parser.HandleNextDocument(builder)) {
    sink.Add({}, "the file holds no document");
    return;
  }
  TreeBuilder second(text, sink);
  if (parser.HandleNextDocument(second)) {
    sink.Add(second.Take().at, "a second document is not allowed");
  }
}

}  // namespace

const Node* Node::Find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

void FindingSink::Add(Position at, std::string message) {
  findings_->push_back({At(at), std::move(message)});
  ++count_;
}

std::optional<Node> ParseTree(const std::string& text, FindingSink& sink) {
  const int before = sink.count();
  std::string_view body = text;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  if (!CheckText(body, sink)) return std::nullopt;
  TreeBuilder builder(body, sink);
  try {
    ParseDocuments(std::string(body), builder, sink);
  } catch (const Stop&) {
    // Its finding says why.
  } catch (const YAML::Exception& error) {
    AddParserError(body, error, sink);
  } catch (const std::exception& error) {
    sink.Add({}, std::string("not valid YAML: ") + error.what());
  }
  if (sink.count() != before) return std::nullopt;
  return builder.Take();
}

}  // namespace selfheal::yaml
