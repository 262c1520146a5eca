// Facts that cannot be had, whatever the source does.
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

TEST(GuardChain, AViewThatThrowsDenies) {
  class Throws final : public ClusterView {
   public:
    Result<ClusterObject> Get(const ObjectRef&) override {
      throw std::runtime_error("boom");
    }
    Result<std::vector<ClusterObject>> List(const ListQuery&) override {
      throw 7;
    }
  };
  for (const Scene scene : kAllScenes) {
    GuardWorld world(scene);
    Throws view;
    GuardChain chain(world.policy,
                     {view, world.history, world.switches, world.surroundings},
                     world.clock);
    EXPECT_FALSE(chain.Check(world.Request()).permit.has_value());
  }
}

}  // namespace
}  // namespace selfheal::guard
