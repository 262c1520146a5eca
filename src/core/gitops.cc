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

/// "argo_shop" is shop in another namespace than Argo CD's own, whose name it
/// does not tell.
ObjectRef ApplicationNamed(std::string name) {
  std::string ns;
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
  ObjectRef one = ApplicationNamed(std::move(name));
  if (one.ns.empty()) one.ns = kArgoCdNamespace;
  return KeeperBy(one);
}

/// What the label that Helm writes, too, may name; empty for none.
std::optional<ObjectRef> PossiblyNamed(const ClusterObject& object) {
  ObjectRef ref =
      ApplicationNamed(std::string(LabelOr(object.labels, kInstance)));
  const bool named =
      IsDnsSubdomain(ref.name) && (ref.ns.empty() || IsDnsLabel(ref.ns));
  return named ? std::optional(std::move(ref)) : std::nullopt;
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

Keeper KeeperBy(const ObjectRef& application) {
  return {Keeper::Kind::kArgoCd, application.ns, application.name,
          "Argo CD's Application " + application.ns + "/" + application.name};
}

Result<ClusterObject> PossibleApplication(ClusterView& view,
                                          const ClusterObject& object) {
  const auto named = PossiblyNamed(object);
  if (!named) return Error{Code::kNotFound, "no label names an Application"};
  auto found = view.List(
      {.kind = ObjectKind::kApplication, .ns = named->ns, .name = named->name});
  // A cluster without Argo CD does not know the kind: kNotFound, too.
  if (!found.ok()) {
    return found.error().With("whether Argo CD keeps " + ToString(object.ref));
  }
  if (found->empty()) {
    return Error{Code::kNotFound, "no Application is called " + named->name};
  }
  if (found->size() > 1) {
    return Error{Code::kFailedPrecondition,
                 ToString(found->at(0).ref) + " and " +
                     ToString(found->at(1).ref) + " may both keep " +
                     ToString(object.ref)};
  }
  return std::move(found->front());
}

std::string ApplicationOf(const ClusterObject& workload) {
  const auto keeper = KeeperOf(workload);
  if (keeper) {
    return keeper->kind == Keeper::Kind::kArgoCd ? keeper->name : "";
  }
  const auto possible = PossiblyNamed(workload);
  return possible ? possible->name : "";
}

}  // namespace selfheal
