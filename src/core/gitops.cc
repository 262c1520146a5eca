#include "core/gitops.h"

#include <array>
#include <utility>

namespace selfheal {
namespace {

constexpr char kTrackingId[] = "argocd.argoproj.io/tracking-id";
/// Only Argo CD writes it, where it is told to mark by this label.
constexpr char kOwnInstance[] = "argocd.argoproj.io/instance";
constexpr char kInstance[] = "app.kubernetes.io/instance";

/// Prefix of Flux's labels and annotations -> what it names.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kFlux = {
    {{"kustomize.toolkit.fluxcd.io/", "Flux's Kustomization "},
     {"helm.toolkit.fluxcd.io/", "Flux's HelmRelease "}}};

/// "argo_shop" is shop in another namespace than Argo CD's own.
ObjectRef ApplicationNamed(std::string name) {
  std::string ns = kArgoCdNamespace;
  if (const auto mark = name.find('_'); mark != std::string::npos) {
    ns = name.substr(0, mark);
    name.erase(0, mark + 1);
  }
  return {ObjectKind::kApplication, std::move(ns), std::move(name)};
}

/// "shop:apps/Deployment:shop/cart" names shop.
std::optional<Keeper> ByArgoCd(const ClusterObject& object) {
  const std::string id(LabelOr(object.annotations, kTrackingId));
  std::string name = id.substr(0, id.find(':'));
  if (name.empty()) name = LabelOr(object.labels, kOwnInstance);
  if (name.empty()) return std::nullopt;
  const ObjectRef one = ApplicationNamed(std::move(name));
  return Keeper{Keeper::Kind::kArgoCd, one.ns, one.name,
                "Argo CD's Application " + one.ns + "/" + one.name};
}

std::optional<Keeper> ByFlux(const ClusterObject& object) {
  for (const auto& [prefix, what] : kFlux) {
    const std::string key(prefix);
    const std::string name(LabelOr(object.labels, key + "name"));
    if (name.empty()) continue;
    if (LabelOr(object.annotations, key + "reconcile") == "disabled") continue;
    const std::string ns(LabelOr(object.labels, key + "namespace"));
    return Keeper{Keeper::Kind::kFlux, ns, name,
                  std::string(what) + ns + "/" + name};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Keeper> KeeperOf(const ClusterObject& object) {
  if (auto keeper = ByArgoCd(object)) return keeper;
  if (auto keeper = ByFlux(object)) return keeper;
  const OwnerRef* owner = object.Controller();
  if (owner == nullptr) return std::nullopt;
  return Keeper{Keeper::Kind::kController, object.ref.ns, owner->name,
                owner->kind + " " + owner->name + ", which controls it"};
}

std::optional<ObjectRef> PossibleApplication(const ClusterObject& object) {
  const std::string name(LabelOr(object.labels, kInstance));
  ObjectRef ref = ApplicationNamed(name);
  if (name.empty() || !IsWellFormed(ref)) return std::nullopt;
  return ref;
}

std::string ApplicationOf(const ClusterObject& workload) {
  const auto keeper = KeeperOf(workload);
  if (keeper) {
    return keeper->kind == Keeper::Kind::kArgoCd ? keeper->name : "";
  }
  const auto possible = PossibleApplication(workload);
  return possible ? possible->name : "";
}

}  // namespace selfheal
