#include "adapters/yaml/tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>

#include "adapters/yaml/source_check.h"
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
    const bool in_list =
        !open_.empty() && open_.back().node.kind == NodeKind::kSequence;
    if (in_list && !open_.back().is_block && !WritesNull(text_, Offset(mark))) {
      sink_.Add(node.at, "an item of the list is missing");
    }
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
    if (AwaitsKey()) CheckKey(node.at, mark);
    node.text = value;
    node.quoted = tag == "!";
    CheckIndent(node.at, mark, Extra::kOne);
    std::string problem = ScalarProblem(text_, Offset(mark));
    if (!problem.empty()) sink_.Add(node.at, std::move(problem));
    Put(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    const bool is_block = style == YAML::EmitterStyle::Block;
    Node node = Make(NodeKind::kSequence, mark, tag, anchor);
    CheckIndent(node.at, mark, is_block ? Extra::kNone : Extra::kOne);
    Open(std::move(node), mark, is_block);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    Node node = Make(NodeKind::kMap, mark, tag, anchor);
    CheckIndent(node.at, mark, Extra::kOne);
    Open(std::move(node), mark, style == YAML::EmitterStyle::Block);
  }
  void OnMapEnd() override { Close(); }

 private:
  /// A map or sequence whose end has not come yet.
  struct OpenNode {
    Node node;
    bool awaits_key = true;  ///< Of a map: the next event is a key.
    bool is_block = false;   ///< Written without braces or brackets.
    YAML::Mark mark;
    YAML::Mark key_mark;  ///< Of a map: of the last key.
  };

  /// By how much a value is indented more than the map or list around it: the
  /// dashes of a list may stand right below their key.
  enum class Extra { kNone = 0, kOne = 1 };

  std::size_t Offset(const YAML::Mark& mark) const {
    return ByteOffset(text_, mark.line, mark.column);
  }

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
    if (anchor != 0) {
      sink_.Add(node.at, "anchors are not allowed");
      is_decorated_ = true;
    }
    const bool library_tag = tag.empty() || tag == "?" || tag == "!";
    if (!library_tag || HasTag(text_, Offset(mark))) {
      sink_.Add(node.at, "tags are not allowed");
      is_decorated_ = true;
    }
    return node;
  }

  /// Of a block map: keys stand below each other, a colon behind each.
  void CheckKey(Position at, const YAML::Mark& mark) {
    OpenNode& map = open_.back();
    map.key_mark = mark;
    if (!map.is_block || is_decorated_) return;
    if (mark.column != map.mark.column) {
      sink_.Add(at, "a key must stand below the others, without \"?\"");
    } else if (!HasColon(text_, Offset(mark))) {
      sink_.Add(at, "expected a key with a colon behind it");
    }
  }

  /// For a value that begins on a line of its own.
  void CheckIndent(Position at, const YAML::Mark& mark, Extra extra) {
    if (open_.empty() || AwaitsKey() || !open_.back().is_block) return;
    const OpenNode& parent = open_.back();
    const bool map = parent.node.kind == NodeKind::kMap;
    if (map && parent.key_mark.line == mark.line) return;
    const int least = parent.mark.column + (map ? static_cast<int>(extra) : 1);
    if (mark.column >= least) return;
    sink_.Add(at, "must be indented more than what it belongs to");
  }

  void Open(Node node, const YAML::Mark& mark, bool is_block) {
    if (AwaitsKey()) Fail(node.at, "a key must be a string");
    if (open_.size() >= static_cast<std::size_t>(kMaxDepth)) {
      Fail(node.at,
           "nested more than " + std::to_string(kMaxDepth) + " levels deep");
    }
    open_.emplace_back();
    open_.back().node = std::move(node);
    open_.back().mark = mark;
    open_.back().is_block = is_block;
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
  /// An anchor or tag was seen: marks may stand at it, not at the node.
  bool is_decorated_ = false;
};

/// How far line `number`, from 0, and the one before it are indented, where
/// that differs; else "".
std::string Indents(std::string_view text, int number) {
  std::optional<std::size_t> before;
  std::optional<std::size_t> here;
  for (int line = 0; line <= number; ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    const std::size_t indent = one.find_first_not_of(' ');
    if (indent != std::string_view::npos && one[indent] != '#') {
      before = std::exchange(here, indent);
    }
    text.remove_prefix(std::min(text.size(), one.size() + 1));
  }
  if (!before || before == here) return "";
  return "this line is indented by " + std::to_string(*here) +
         ", the one before it by " + std::to_string(*before) +
         ": no list or map goes on there";
}

/// Takes what the library adds to its message for `what()` out again.
void AddParserError(std::string_view text, const YAML::Exception& error,
                    FindingSink& sink) {
  const YAML::Mark& mark = error.mark;
  const Position at = mark.is_null()
                          ? Position{}
                          : CharacterPosition(text, mark.line, mark.column);
  const bool early = error.msg == "end of map not found" ||
                     error.msg == "end of sequence not found";
  const std::string indents =
      early && !mark.is_null() ? Indents(text, mark.line) : "";
  sink.Add(at, "not valid YAML: " + (indents.empty() ? error.msg : indents));
}

void ParseDocuments(const std::string& text, TreeBuilder& builder,
                    FindingSink& sink) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  if (!parser.HandleNextDocument(builder)) return;
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
  if (!CheckText(text, sink)) return std::nullopt;
  TreeBuilder builder(text, sink);
  try {
    ParseDocuments(text, builder, sink);
  } catch (const Stop&) {  // NOLINT(bugprone-empty-catch): its finding says why
  } catch (const YAML::Exception& error) {
    AddParserError(text, error, sink);
  } catch (const std::exception& error) {
    sink.Add({}, std::string("not valid YAML: ") + error.what());
  }
  if (sink.count() != before) return std::nullopt;
  Node root = builder.Take();
  if (root.kind == NodeKind::kNull) root.at = {};
  return root;
}

}  // namespace selfheal::yaml
