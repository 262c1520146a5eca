#include "collect/promql.h"

#include <cstdio>

namespace selfheal {
namespace {

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The names that Kubernetes gives to the pods of a workload, as a regex.
std::string PodPattern(const ObjectRef& workload) {
  const std::string name = EscapeRegex(workload.name);
  switch (workload.kind) {
    case ObjectKind::kDeployment:
    case ObjectKind::kRollout:
      return name + "-[a-z0-9]+-[a-z0-9]{5}";
    case ObjectKind::kStatefulSet:
      return name + "-[0-9]+";
    case ObjectKind::kDaemonSet:
    case ObjectKind::kReplicaSet:
    case ObjectKind::kJob:
      return name + "-[a-z0-9]{5}";
    case ObjectKind::kPod:
    case ObjectKind::kNode:
    case ObjectKind::kNamespace:
    case ObjectKind::kHorizontalPodAutoscaler:
    case ObjectKind::kPodDisruptionBudget:
    case ObjectKind::kControllerRevision:
    case ObjectKind::kPersistentVolumeClaim:
    case ObjectKind::kStorageClass:
    case ObjectKind::kCertificate:
    case ObjectKind::kApplication:
    case ObjectKind::kResourceQuota:
    case ObjectKind::kLimitRange:
    case ObjectKind::kService:
      return name;
  }
  return name;
}

std::string TargetMatchers(const TargetScope& scope) {
  const ObjectRef& target = scope.target;
  if (target.kind == ObjectKind::kPersistentVolumeClaim) {
    return "namespace=" + QuotePromQl(target.ns) +
           ",persistentvolumeclaim=" + QuotePromQl(target.name);
  }
  if (target.kind == ObjectKind::kCertificate) {
    return "namespace=" + QuotePromQl(target.ns) +
           ",name=" + QuotePromQl(target.name);
  }
  if (target.kind == ObjectKind::kNode) {
    return "node=" + QuotePromQl(target.name);
  }
  const std::string ns = "namespace=" + QuotePromQl(target.ns);
  if (!scope.pods.empty()) {
    std::string pattern;
    for (const std::string& pod : scope.pods) {
      pattern += (pattern.empty() ? "" : "|") + EscapeRegex(pod);
    }
    return ns + ",pod=~" + QuotePromQl(pattern);
  }
  if (target.kind == ObjectKind::kPod) {
    return ns + ",pod=" + QuotePromQl(target.name);
  }
  return ns + ",pod=~" + QuotePromQl(PodPattern(target));
}

Error Wrong(std::string_view name, const TargetScope& scope) {
  return Error{Code::kInvalidArgument, "placeholder $" + std::string(name) +
                                           " has no meaning for " +
                                           ToString(scope.target)};
}

Result<std::string> Value(std::string_view name, const TargetScope& scope) {
  const ObjectRef& target = scope.target;
  if (name == "target") return TargetMatchers(scope);
  if (name == "namespace" && !target.ns.empty()) return QuotePromQl(target.ns);
  if (name == "workload" && IsWorkload(target.kind)) {
    return QuotePromQl(target.name);
  }
  if ((name == "volume" && target.kind == ObjectKind::kPersistentVolumeClaim) ||
      (name == "certificate" && target.kind == ObjectKind::kCertificate)) {
    return QuotePromQl(target.name);
  }
  if (name == "node" && target.kind == ObjectKind::kNode) {
    return QuotePromQl(target.name);
  }
  if (name == "pod" && scope.pods.size() == 1) {
    return QuotePromQl(scope.pods.front());
  }
  if (name == "pod" && target.kind == ObjectKind::kPod) {
    return QuotePromQl(target.name);
  }
  return Wrong(name, scope);
}

Result<void> CheckScope(const TargetScope& scope) {
  if (!IsWellFormed(scope.target)) {
    return Error{Code::kInvalidArgument, "target is not a Kubernetes name"};
  }
  for (const std::string& pod : scope.pods) {
    if (!IsDnsSubdomain(pod)) {
      return Error{Code::kInvalidArgument, "pod is not a Kubernetes name"};
    }
  }
  return {};
}

}  // namespace

std::string QuotePromQl(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string EscapeRegex(std::string_view text) {
  constexpr std::string_view kSyntax = "\\.+*?()|[]{}^$";
  std::string out;
  for (const char c : text) {
    if (kSyntax.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

Result<std::string> ExpandQuery(std::string_view query,
                                const TargetScope& scope) {
  if (auto ok = CheckScope(scope); !ok.ok()) return ok.error();
  std::string out;
  for (std::size_t i = 0; i < query.size(); ++i) {
    // A `$` at the end of a regex ("...$") is no placeholder.
    if (query[i] != '$' || i + 1 == query.size() || !IsNameChar(query[i + 1])) {
      out += query[i];
      continue;
    }
    std::size_t end = i + 1;
    while (end < query.size() && IsNameChar(query[end])) ++end;
    auto value = Value(query.substr(i + 1, end - i - 1), scope);
    if (!value.ok()) return value.error();
    out += *value;
    i = end - 1;
  }
  return out;
}

}  // namespace selfheal
