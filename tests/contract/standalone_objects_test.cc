// Claims, and the custom resources of others: our adapter over the simulator
// and over a real kube-apiserver with CRDs of their shape. Their controllers
// are played by the test.
#include <gtest/gtest.h>

#include "sim/kubesim/simulator.h"
#include "tests/contract/kubernetes_control_plane.h"
#include "tests/contract/standalone_world.h"

namespace selfheal::testing {
namespace {

constexpr char kCertificates[] =
    "/apis/cert-manager.io/v1/namespaces/standalone/certificates";
constexpr char kClaims[] =
    "/api/v1/namespaces/standalone/persistentvolumeclaims";

void GrowsAVolume(World& world) {
  Made(world.raw.Post("/apis/storage.k8s.io/v1/storageclasses",
                      {{"apiVersion", "storage.k8s.io/v1"},
                       {"kind", "StorageClass"},
                       {"metadata", {{"name", "fast"}}},
                       {"provisioner", "csi.example"},
                       {"allowVolumeExpansion", true}}));
  Made(world.raw.Post(
      kClaims, {{"apiVersion", "v1"},
                {"kind", "PersistentVolumeClaim"},
                {"metadata", {{"name", "data"}}},
                {"spec",
                 {{"storageClassName", "fast"},
                  {"accessModes", {"ReadWriteOnce"}},
                  {"volumeName", "pv-1"},
                  {"resources", {{"requests", {{"storage", "10Gi"}}}}}}}}));
  const Answered bound = world.raw.Patch(
      std::string(kClaims) + "/data/status",
      {{"status", {{"phase", "Bound"}, {"capacity", {{"storage", "10Gi"}}}}}});
  ASSERT_EQ(bound.code, 200) << bound.text;
  auto storage = world.view.Get({ObjectKind::kStorageClass, "", "fast"});
  ASSERT_TRUE(storage.ok()) << storage.error().message;
  EXPECT_TRUE(storage->As<StorageClassState>()->allows_expansion);
  const ClusterObject claim =
      world.Live(ObjectKind::kPersistentVolumeClaim, "data");
  EXPECT_EQ(claim.As<ClaimState>()->phase, "Bound");
  EXPECT_EQ(claim.As<ClaimState>()->requested, "10Gi");
  SetVolumeRequest grow{claim.ref, claim.uid, claim.resource_version, "12Gi",
                        "act"};
  EXPECT_EQ(world.Apply(grow), ApplyResult::kApplied);
  const ClusterObject after =
      world.Live(ObjectKind::kPersistentVolumeClaim, "data");
  EXPECT_EQ(after.As<ClaimState>()->requested, "12Gi");
  EXPECT_EQ(LabelOr(after.annotations, "selfheal.dev/last-action"), "act");
  // The very same bytes again: their precondition has become false.
  EXPECT_EQ(world.Apply(grow), ApplyResult::kConflict);
  grow.resource_version = after.resource_version;
  grow.storage = "9Gi";
  EXPECT_EQ(world.Apply(grow), ApplyResult::kRefused);
}

void RenewsACertificate(World& world) {
  Teach(world.raw, {.group = "cert-manager.io",
                    .version = "v1",
                    .plural = "certificates",
                    .kind = "Certificate"});
  Made(world.raw.Post(kCertificates,
                      {{"apiVersion", "cert-manager.io/v1"},
                       {"kind", "Certificate"},
                       {"metadata", {{"name", "tls"}}},
                       {"spec", {{"issuerRef", {{"name", "internal"}}}}}}));
  const Json conditions = {{{"type", "Ready"}, {"status", "True"}}};
  const Answered ready =
      world.raw.Patch(std::string(kCertificates) + "/tls/status",
                      {{"status",
                        {{"revision", 3},
                         {"notAfter", "2026-12-10T00:00:00Z"},
                         {"conditions", conditions}}}});
  ASSERT_EQ(ready.code, 200) << ready.text;
  const ClusterObject before = world.Live(ObjectKind::kCertificate, "tls");
  EXPECT_TRUE(before.As<CertificateState>()->ready);
  RequestRenewal renew{before.ref,
                       before.uid,
                       before.resource_version,
                       "2026-11-25T12:00:00Z",
                       -1,
                       3,
                       "act"};
  EXPECT_EQ(world.Apply(renew), ApplyResult::kApplied);
  const ClusterObject after = world.Live(ObjectKind::kCertificate, "tls");
  EXPECT_TRUE(after.As<CertificateState>()->ready);
  EXPECT_TRUE(after.As<CertificateState>()->issuing);
  EXPECT_EQ(after.As<CertificateState>()->issuing_at, 1);
  EXPECT_EQ(after.As<CertificateState>()->issuing_since,
            "2026-11-25T12:00:00Z");
  EXPECT_EQ(world.Apply(renew), ApplyResult::kConflict);
}

void RunAll(const std::string& url, const std::string& token,
            const std::string& ca_file) {
  const Client raw(url, token);
  const SystemClock clock;
  auto api = kubernetes::ApiClient::Create(
      {.access = {.server = url, .tls = {.ca_file = ca_file}, .token = token}},
      clock);
  ASSERT_TRUE(api.ok()) << api.error().message;
  Made(
      raw.Post("/api/v1/namespaces", {{"metadata", {{"name", "standalone"}}}}));
  World world{raw, kubernetes::KubernetesView(**api),
              kubernetes::KubernetesClient(**api)};
  GrowsAVolume(world);
  RenewsACertificate(world);
  HandlesARollout(world);
}

TEST(StandaloneObjects, KeepTheirContractOverTheSimulator) {
  kubesim::Options options;
  options.token = "contract-token";
  options.real_time = false;
  kubesim::Simulator simulator(options);
  simulator.Start();
  RunAll(simulator.url(), options.token, "");
}

TEST(StandaloneObjects, KeepTheirContractOverARealApiServer) {
  KubernetesControlPlane control_plane;
  bool missing = false;
  const std::string problem = control_plane.Start(&missing);
  if (missing) GTEST_SKIP() << problem;
  ASSERT_EQ(problem, "");
  RunAll(control_plane.url(), control_plane.token(), control_plane.ca_file());
}

}  // namespace
}  // namespace selfheal::testing
