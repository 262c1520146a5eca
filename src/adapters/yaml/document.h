#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/yaml/reader.h"

namespace selfheal::yaml {

inline constexpr std::string_view kApiVersion = "selfheal.dev/v1";

/// The envelope that rules and runbooks share with Kubernetes objects.
struct Document {
  std::string name;  ///< metadata.name, a DNS label; empty if it is wrong.
  Position name_at;
  const Node* spec = nullptr;
};

/// Reads `apiVersion`, `kind` (must be `kind`), `metadata.name` and `spec`;
/// nullopt where the root is no map or has no spec.
std::optional<Document> ReadDocument(const Node& root, std::string_view kind,
                                     FindingSink& sink);

/// True for names of rules' queries: [a-z][a-z0-9_]{0,62}.
bool IsMetricName(std::string_view name);

}  // namespace selfheal::yaml
