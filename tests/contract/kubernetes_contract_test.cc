#include "tests/contract/kubernetes_contract.h"

#include <gtest/gtest.h>

#include "sim/kubesim/simulator.h"
#include "tests/contract/kubernetes_control_plane.h"

namespace selfheal::testing {
namespace {

std::vector<ContractCheck> AllChecks() {
  std::vector<ContractCheck> all;
  for (const auto& part : {ObjectChecks(), PatchChecks(), TemplateChecks(),
                           PodChecks(), ListChecks(), NodeChecks()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

void RunCheck(const Client& api, const ContractCheck& check) {
  SCOPED_TRACE(check.name);
  std::string name_space = "c-";
  for (const char c : check.name) {
    name_space += static_cast<char>(std::tolower(c));
  }
  ASSERT_EQ(
      api.Post("/api/v1/namespaces", {{"metadata", {{"name", name_space}}}})
          .code,
      201);
  check.run(ContractScene{api, name_space});
}

class SimulatedKubernetes : public ::testing::TestWithParam<ContractCheck> {};

TEST_P(SimulatedKubernetes, KeepsTheContract) {
  kubesim::Options options;
  options.token = "contract-token";
  options.real_time = false;
  kubesim::Simulator simulator(options);
  simulator.Start();
  RunCheck(Client(simulator.url(), options.token), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Contract, SimulatedKubernetes,
                         ::testing::ValuesIn(AllChecks()),
                         [](const auto& info) { return info.param.name; });

// One test for all checks, so that one API server serves them.
TEST(RealKubernetes, KeepsTheContract) {
  KubernetesControlPlane control_plane;
  bool missing = false;
  const std::string problem = control_plane.Start(&missing);
  if (missing) GTEST_SKIP() << problem;
  ASSERT_EQ(problem, "");
  const Client api(control_plane.url(), control_plane.token());
  for (const ContractCheck& check : AllChecks()) RunCheck(api, check);
}

}  // namespace
}  // namespace selfheal::testing
