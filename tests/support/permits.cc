#include "support/permits.h"

#include <array>

#include "fakes/fake_action_history.h"
#include "fakes/fake_cluster_view.h"
#include "guard/guard_chain.h"
#include "sim/fakes/fake_surroundings.h"
#include "sim/fakes/fake_switches.h"

namespace selfheal::testing {

Permit MakePermit(const PermitRequest& request, const Clock& clock) {
  FakeClusterView cluster;
  FakeActionHistory history;
  FakeSwitches switches;
  static constexpr std::array<guard::GuardEntry, 1> kTable = {
      {{"test", [](const guard::GuardInput&) {
          return guard::Allow("the test says so");
        }}}};
  guard::GuardPolicy policy{.guards = request.guards,
                            .namespaces = {"*"},
                            .own_namespace = "",
                            .own_pod = ""};
  FakeSurroundings surroundings(clock);
  guard::GuardChain chain(policy, {cluster, history, switches, surroundings},
                          clock, kTable);
  Plan plan;
  plan.risk = request.needs_approval ? Risk::kHigh : Risk::kLow;
  Runbook runbook;
  runbook.risk = Risk::kLow;
  guard::GuardRequest asked;
  asked.plan = &plan;
  asked.runbook = &runbook;
  asked.purpose = request.purpose;
  asked.mutation = request.mutation;
  asked.request = request.request;
  guard::GuardResult result = chain.Check(asked);
  SELFHEAL_CHECK(result.permit.has_value());
  return *std::move(result.permit);
}

}  // namespace selfheal::testing
