#include "adapters/kubernetes/state_mapper.h"

namespace selfheal::kubernetes {

ClaimState MapClaim(const FieldReader& root) {
  const FieldReader spec = root.Object("spec");
  const FieldReader status = root.Object("status");
  ClaimState state;
  state.phase = status.String("phase");
  state.storage_class = spec.String("storageClassName");
  state.volume = spec.String("volumeName");
  state.requested =
      spec.Object("resources").Object("requests").String("storage");
  state.capacity = status.Object("capacity").String("storage");
  for (const FieldReader& condition : status.Objects("conditions")) {
    if (condition.String("status") == "True") {
      state.conditions.push_back(condition.String("type"));
    }
  }
  return state;
}

StorageClassState MapStorageClass(const FieldReader& root) {
  return {.allows_expansion = root.Bool("allowVolumeExpansion"),
          .provisioner = root.String("provisioner")};
}

CertificateState MapCertificate(const FieldReader& root) {
  const FieldReader issuer = root.Object("spec").Object("issuerRef");
  const FieldReader status = root.Object("status");
  CertificateState state;
  state.issuer_kind = issuer.String("kind");
  if (state.issuer_kind.empty()) state.issuer_kind = "Issuer";
  state.issuer_name = issuer.String("name");
  state.issuer_group = issuer.String("group");
  state.revision = status.Long("revision");
  state.not_after = status.Timestamp("notAfter");
  int place = 0;
  for (const FieldReader& condition : status.Objects("conditions")) {
    const std::string type = condition.String("type");
    const bool holds = condition.String("status") == "True";
    if (type == "Ready") state.ready = holds;
    if (type == "Issuing") {
      state.issuing = holds;
      state.issuing_at = place;
      state.issuing_since = condition.String("lastTransitionTime");
    }
    ++place;
  }
  return state;
}

/// A name outside of the cluster selects none, whatever else stands there.
ServiceState MapService(const FieldReader& root) {
  const FieldReader spec = root.Object("spec");
  if (spec.String("type") == "ExternalName") return {};
  return {.selector = spec.StringMap("selector")};
}

}  // namespace selfheal::kubernetes
