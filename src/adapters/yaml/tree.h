#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/source_finding.h"

namespace selfheal::yaml {

/// Caps of one document; beyond them it is refused.
inline constexpr std::size_t kMaxBytes = 256 * 1024;
inline constexpr int kMaxDepth = 16;
inline constexpr int kMaxNodes = 5000;

/// A place in the file at hand, both from 1.
struct Position {
  int line = 1;
  int column = 1;
};

enum class NodeKind { kNull, kScalar, kSequence, kMap };

struct Entry;

/// One node of a document: immutable after ParseTree, free of the library.
struct Node {
  NodeKind kind = NodeKind::kNull;
  Position at;
  std::string text;            ///< Of a scalar.
  bool quoted = false;         ///< A quoted or block scalar: always a string.
  std::vector<Node> items;     ///< Of a sequence.
  std::vector<Entry> entries;  ///< Of a map, in the order of the file.

  /// The value of `key`; null where this is no map or has no such key.
  const Node* Find(std::string_view key) const;
};

/// One key of a map with its value.
struct Entry {
  std::string key;
  Position at;
  Node value;
};

/// What is wrong with one file, collected while it is read.
class FindingSink {
 public:
  FindingSink(std::string file, std::vector<SourceFinding>* findings)
      : file_(std::move(file)), findings_(findings) {}

  void Add(Position at, std::string message);
  SourcePosition At(Position at) const { return {file_, at.line, at.column}; }
  /// Number of findings added through this sink.
  int count() const { return count_; }

 private:
  std::string file_;
  std::vector<SourceFinding>* findings_;
  int count_ = 0;
};

/// Parses the one document of `text`, strictly.
///
/// Refused, each with its position: over kMaxBytes, not UTF-8, control
/// characters, directives, anchors, aliases, tags, keys that are not plain
/// strings, duplicate keys, depth over kMaxDepth, more than kMaxNodes nodes, a
/// second document, and what is not YAML but known to pass the library.
/// @return the tree, a null for an empty file, or nullopt where anything was
/// added to `sink`.
std::optional<Node> ParseTree(const std::string& text, FindingSink& sink);

}  // namespace selfheal::yaml
