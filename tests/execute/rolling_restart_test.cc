// Which pods go first.
#include <gtest/gtest.h>

#include "execute/steps.h"
#include "tests/fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};

/// The plan for a workload of so many pods.
PlannedChange Plan(int pods, int canaries) {
  testing::FakeClusterView view;
  ClusterObject cart;
  cart.ref = kCart;
  cart.uid = "uid-cart";
  WorkloadState state;
  state.replicas = pods;
  state.selector = {{"app", "cart"}};
  cart.state = state;
  view.Put(cart);
  for (int i = 0; i < pods; ++i) {
    ClusterObject pod;
    pod.ref = {ObjectKind::kPod, "shop", "cart-" + std::to_string(i)};
    pod.uid = "uid-" + std::to_string(i);
    pod.labels = {{"app", "cart"}};
    PodState running;
    running.phase = "Running";
    running.ready = true;
    pod.state = running;
    view.Put(pod);
  }
  auto change = Freeze(RollingRestart{.canary_pods = canaries}, kCart,
                       {view, Time(), seconds(2)});
  EXPECT_TRUE(change.ok()) << change.error().message;
  return change.ok() ? *std::move(change) : PlannedChange{};
}

TEST(RollingRestart, AsManySiblingsAsCanariesStay) {
  const struct {
    int pods;
    int wanted;
    std::size_t canaries;
  } cases[] = {{1, 1, 0}, {2, 1, 1}, {2, 10, 1}, {3, 10, 1},
               {3, 2, 1}, {4, 2, 2}, {5, 3, 2},  {30, 10, 10}};
  for (const auto& c : cases) {
    const PlannedChange change = Plan(c.pods, c.wanted);
    EXPECT_EQ(change.canaries.size(), c.canaries) << c.pods << " " << c.wanted;
    const std::size_t others = c.pods == 1 ? 0 : c.pods - c.canaries;
    EXPECT_EQ(change.siblings.size(), others);
  }
}

}  // namespace
}  // namespace selfheal
