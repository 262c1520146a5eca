#include "guard/selectors.h"

#include <gtest/gtest.h>

namespace selfheal::guard {
namespace {

TEST(Selects, EmptySelectsNothing) {
  EXPECT_FALSE(Selects({}, {{"a", "1"}}));
  EXPECT_FALSE(Selects({}, {}));
  EXPECT_TRUE(Selects({{"a", "1"}}, {{"a", "1"}, {"b", "2"}}));
  EXPECT_FALSE(Selects({{"a", "1"}, {"b", "2"}}, {{"a", "1"}}));
  EXPECT_FALSE(Selects({{"a", "1"}}, {{"a", "2"}}));
  EXPECT_FALSE(Selects({{"a", ""}}, {})) << "absent is not empty";
}

TEST(PdbSelects, UnknownOnlyWhereExpressionsDecide) {
  const Labels pod = {{"app", "cart"}};
  PdbState pdb;
  EXPECT_EQ(PdbSelects(pdb, pod), Selection::kNo) << "null selects nothing";
  pdb.selects_all = true;
  EXPECT_EQ(PdbSelects(pdb, pod), Selection::kYes);
  pdb.selects_all = false;
  pdb.selector = {{"app", "cart"}};
  EXPECT_EQ(PdbSelects(pdb, pod), Selection::kYes);
  pdb.selector_has_expressions = true;
  EXPECT_EQ(PdbSelects(pdb, pod), Selection::kUnknown);
  pdb.selector = {{"app", "other"}};
  EXPECT_EQ(PdbSelects(pdb, pod), Selection::kNo) << "its labels say no";
  pdb.selector = {};
  EXPECT_EQ(PdbSelects(pdb, pod), Selection::kUnknown);
}

ClusterObject PodOf(const char* kind, const char* owner, const char* uid) {
  ClusterObject pod;
  pod.owners = {{kind, owner, uid, true}};
  return pod;
}

TEST(BelongsTo, ByUidOrByTheNameOfAReplicaSet) {
  ClusterObject workload;
  workload.ref = {ObjectKind::kDeployment, "shop", "cart"};
  workload.uid = "uid-dep";
  EXPECT_TRUE(BelongsTo(PodOf("ReplicaSet", "cart-5d9c", "x"), workload));
  EXPECT_FALSE(
      BelongsTo(PodOf("ReplicaSet", "cart-service-5d9c", "x"), workload))
      << "a ReplicaSet of Deployment cart-service";
  EXPECT_FALSE(BelongsTo(PodOf("ReplicaSet", "carts-5d9c", "x"), workload));
  EXPECT_FALSE(BelongsTo(PodOf("StatefulSet", "cart-5d9c", "x"), workload));
  EXPECT_FALSE(BelongsTo(ClusterObject{}, workload)) << "a bare pod";
  ClusterObject set;
  set.ref = {ObjectKind::kStatefulSet, "shop", "orders"};
  set.uid = "uid-set";
  EXPECT_TRUE(BelongsTo(PodOf("StatefulSet", "orders", "uid-set"), set));
  EXPECT_FALSE(BelongsTo(PodOf("StatefulSet", "orders", "uid-old"), set));
}

TEST(Serves, ReadyAndNotOnItsWayOut) {
  ClusterObject pod;
  EXPECT_FALSE(Serves(pod));
  PodState state;
  state.ready = true;
  pod.state = state;
  EXPECT_TRUE(Serves(pod));
  pod.deleting = true;
  EXPECT_FALSE(Serves(pod));
}

}  // namespace
}  // namespace selfheal::guard
