#include "execute/privilege.h"

#include <algorithm>
#include <array>

#include "execute/json_leaves.h"

namespace selfheal {
namespace {

/// Of the pod itself; the rest of a path is not looked at.
constexpr std::array<std::string_view, 7> kIdentity = {
    "spec.serviceAccountName",
    "spec.serviceAccount",
    "spec.automountServiceAccountToken",
    "spec.hostUsers",
    "spec.runtimeClassName",
    "spec.shareProcessNamespace",
    "spec.securityContext"};
constexpr std::array<std::string_view, 3> kHost = {
    "spec.hostNetwork", "spec.hostPID", "spec.hostIPC"};

/// True where `path` is `name` or lies below it.
bool Under(std::string_view path, std::string_view name) {
  return path.starts_with(name) &&
         (path.size() == name.size() || path[name.size()] == '.');
}

template <typename List>
bool UnderAny(std::string_view path, const List& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return Under(path, name); });
}

bool Has(std::string_view path, std::string_view part) {
  return path.find(part) != std::string_view::npos;
}

/// What may neither come, go nor change.
bool IsIdentity(std::string_view path) {
  return UnderAny(path, kIdentity) || Has(path, "].securityContext") ||
         Has(path, "serviceAccountToken");
}

/// What may go, but neither come nor change.
bool IsHost(std::string_view path) {
  return UnderAny(path, kHost) || Has(path, "].hostPath") ||
         path.ends_with("].hostPort");
}

/// "spec.containers[app]" of a path below it, or "".
std::string_view ContainerOf(std::string_view path) {
  const bool container = path.starts_with("spec.containers[") ||
                         path.starts_with("spec.initContainers[");
  return container ? path.substr(0, path.find(']') + 1) : std::string_view();
}

bool Keeps(const JsonLeaves& leaves, std::string_view container) {
  const auto next = leaves.lower_bound(std::string(container));
  return next != leaves.end() && next->first.starts_with(container);
}

}  // namespace

std::string WideningBy(std::string_view now, std::string_view next) {
  const auto before = LeavesOf(now);
  const auto after = LeavesOf(next);
  if (!before.ok() || !after.ok()) return "a pod template can't be read";
  for (const auto& [path, literal] : *after) {
    if (!IsIdentity(path) && !IsHost(path)) continue;
    const auto found = before->find(path);
    if (found == before->end() || found->second != literal) {
      return "it would set " + path + " to " + literal;
    }
  }
  for (const auto& [path, literal] : *before) {
    if (!IsIdentity(path) || after->contains(path)) continue;
    const std::string_view container = ContainerOf(path);
    const bool gone = !container.empty() && !Keeps(*after, container);
    if (!gone) return "it would take " + path + " = " + literal + " away";
  }
  return "";
}

}  // namespace selfheal
