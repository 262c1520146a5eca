#include "adapters/kubernetes/state_mapper.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adapters/kubernetes/object_mapper.h"

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;

json Object(const char* kind, const json& spec, const json& status) {
  return {{"kind", kind},
          {"metadata",
           {{"name", "x"},
            {"namespace", "shop"},
            {"uid", "u"},
            {"resourceVersion", "5"}}},
          {"spec", spec},
          {"status", status}};
}

TEST(StateMapper, MapsAClaim) {
  const auto object =
      ParseObject(Object("PersistentVolumeClaim",
                         {{"storageClassName", "fast"},
                          {"volumeName", "pv-1"},
                          {"resources", {{"requests", {{"storage", "12Gi"}}}}}},
                         {{"phase", "Bound"},
                          {"capacity", {{"storage", "10Gi"}}},
                          {"conditions",
                           {{{"type", "Resizing"}, {"status", "True"}},
                            {{"type", "Other"}, {"status", "False"}}}}})
                      .dump(),
                  ObjectKind::kPersistentVolumeClaim);
  ASSERT_TRUE(object.ok()) << object.error().message;
  const auto* claim = object->As<ClaimState>();
  ASSERT_NE(claim, nullptr);
  EXPECT_EQ(claim->phase, "Bound");
  EXPECT_EQ(claim->storage_class, "fast");
  EXPECT_EQ(claim->volume, "pv-1");
  EXPECT_EQ(claim->requested, "12Gi");
  EXPECT_EQ(claim->capacity, "10Gi");
  EXPECT_EQ(claim->conditions, std::vector<std::string>{"Resizing"});
}

TEST(StateMapper, AStorageClassAllowsNothingThatItDoesNotSay) {
  json source = {
      {"kind", "StorageClass"},
      {"metadata", {{"name", "x"}, {"uid", "u"}, {"resourceVersion", "5"}}}};
  const auto silent = ParseObject(source.dump(), ObjectKind::kStorageClass);
  ASSERT_TRUE(silent.ok()) << silent.error().message;
  EXPECT_FALSE(silent->As<StorageClassState>()->allows_expansion);
  source["allowVolumeExpansion"] = true;
  const auto says = ParseObject(source.dump(), ObjectKind::kStorageClass);
  EXPECT_TRUE(says->As<StorageClassState>()->allows_expansion);
}

TEST(StateMapper, MapsACertificateAndThePlaceOfItsCondition) {
  const auto object =
      ParseObject(Object("Certificate", {{"issuerRef", {{"name", "internal"}}}},
                         {{"revision", 3},
                          {"notAfter", "2026-12-10T00:00:00Z"},
                          {"conditions",
                           {{{"type", "Ready"}, {"status", "True"}},
                            {{"type", "Issuing"},
                             {"status", "False"},
                             {"lastTransitionTime", "2026-11-20T00:00:00Z"}}}}})
                      .dump(),
                  ObjectKind::kCertificate);
  ASSERT_TRUE(object.ok()) << object.error().message;
  const auto* certificate = object->As<CertificateState>();
  ASSERT_NE(certificate, nullptr);
  EXPECT_TRUE(certificate->ready);
  EXPECT_FALSE(certificate->issuing);
  EXPECT_EQ(certificate->issuing_at, 1);
  EXPECT_EQ(certificate->issuing_since, "2026-11-20T00:00:00Z");
  EXPECT_EQ(certificate->issuer_kind, "Issuer");
  EXPECT_EQ(certificate->issuer_name, "internal");
  EXPECT_EQ(certificate->revision, 3);
  EXPECT_EQ(FormatTime(*certificate->not_after), "2026-12-10T00:00:00.000Z");
}

TEST(StateMapper, ACertificateThatWasNeverIssuedHasNothing) {
  const auto object =
      ParseObject(Object("Certificate", json::object(), json::object()).dump(),
                  ObjectKind::kCertificate);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_FALSE(object->As<CertificateState>()->ready);
  EXPECT_EQ(object->As<CertificateState>()->issuing_at, -1);
  EXPECT_FALSE(object->As<CertificateState>()->not_after.has_value());
}

TEST(StateMapper, AServiceSelectsPodsUnlessItIsANameElsewhere) {
  json source = Object("Service", {{"selector", {{"app", "web"}}}}, json());
  const auto selector = [&] {
    const auto object = ParseObject(source.dump(), ObjectKind::kService);
    EXPECT_TRUE(object.ok()) << object.error().message;
    return object->As<ServiceState>()->selector;
  };
  EXPECT_EQ(selector(), (Labels{{"app", "web"}}));
  source["spec"]["type"] = "ExternalName";
  EXPECT_TRUE(selector().empty());
  source["spec"] = {{"clusterIP", "None"}};
  EXPECT_TRUE(selector().empty()) << "its endpoints are somebody else's";
}

}  // namespace
}  // namespace selfheal::kubernetes
