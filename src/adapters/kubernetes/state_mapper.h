#pragma once

#include "codec/field_reader.h"
#include "core/cluster.h"

namespace selfheal::kubernetes {

// The states of kinds that stand for no pods, from the object's JSON.

ClaimState MapClaim(const FieldReader& root);
StorageClassState MapStorageClass(const FieldReader& root);
CertificateState MapCertificate(const FieldReader& root);
ServiceState MapService(const FieldReader& root);

}  // namespace selfheal::kubernetes
