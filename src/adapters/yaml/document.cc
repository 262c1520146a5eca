#include "adapters/yaml/document.h"

#include <algorithm>

#include "core/object.h"

namespace selfheal::yaml {
namespace {

void ReadFixed(const Node* node, std::string_view expected, FindingSink& sink) {
  if (node == nullptr) return;
  const auto text = ReadString(*node, sink);
  if (text && *text != expected) {
    sink.Add(node->at, "expected \"" + std::string(expected) + "\", found \"" +
                           *text + "\"");
  }
}

void ReadMetadata(const Node& node, Document& document, FindingSink& sink) {
  MapReader reader(node, sink);
  if (const Node* name = reader.Require("name")) {
    document.name_at = name->at;
    const auto text = ReadString(*name, sink);
    if (text && IsDnsLabel(*text)) {
      document.name = *text;
    } else if (text) {
      sink.Add(name->at, "\"" + *text +
                             "\" is no name: 1 to 63 of a-z, 0-9 and \"-\", "
                             "a letter or digit first and last");
    }
  }
  reader.Finish();
}

}  // namespace

std::optional<Document> ReadDocument(const Node& root, std::string_view kind,
                                     FindingSink& sink) {
  MapReader reader(root, sink);
  if (!reader.is_map()) return std::nullopt;
  Document document;
  ReadFixed(reader.Require("apiVersion"), kApiVersion, sink);
  ReadFixed(reader.Require("kind"), kind, sink);
  if (const Node* metadata = reader.Require("metadata")) {
    ReadMetadata(*metadata, document, sink);
  }
  document.spec = reader.Require("spec");
  reader.Finish();
  if (document.spec == nullptr) return std::nullopt;
  return document;
}

bool IsMetricName(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= 63 && lower(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return lower(c) || c == '_' || (c >= '0' && c <= '9');
         });
}

}  // namespace selfheal::yaml
