#pragma once

#include <optional>
#include <string>

#include "core/cluster.h"

namespace selfheal {

/// Somebody who keeps an object as it is declared elsewhere, and so takes back
/// what others change of it.
struct Keeper {
  enum class Kind { kArgoCd, kFlux, kController };
  Kind kind = Kind::kController;
  std::string ns;    ///< Of what it keeps it by; "" = not known.
  std::string name;  ///< An Application, a Kustomization, an owner ...
  std::string text;  ///< "Argo CD's Application argocd/shop".
};

/// The cluster that Argo CD runs in, as it calls it.
inline constexpr char kOwnServer[] = "https://kubernetes.default.svc";

/// Where Argo CD is installed, unless a tracking id says otherwise.
inline constexpr char kArgoCdNamespace[] = "argocd";

/// Who keeps `object`, as its own metadata says: Argo CD's tracking id, the
/// labels of Flux, or an owner that controls it. Pure.
std::optional<Keeper> KeeperOf(const ClusterObject& object);

Keeper KeeperBy(const ObjectRef& application);

/// The Application of Argo CD that the label app.kubernetes.io/instance of
/// `object` may name, in whatever namespace it is; Helm writes that label too,
/// so it counts only where there is one. One request at most.
///
/// @error  kNotFound  there is none; kFailedPrecondition  there are several.
///         With any other, nobody can say: act as if there was one.
Result<ClusterObject> PossibleApplication(ClusterView& view,
                                          const ClusterObject& object);

/// The name of the Application of Argo CD that keeps `workload`, or may; "" for
/// none. Pure.
std::string ApplicationOf(const ClusterObject& workload);

}  // namespace selfheal
