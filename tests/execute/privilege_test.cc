#include "execute/privilege.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

/// A template of one container with `pod` and `container` added.
std::string With(const std::string& pod, const std::string& container = "") {
  return R"({"spec":{"containers":[{"image":"a:1","name":"app")" +
         (container.empty() ? "" : "," + container) + "}]" +
         (pod.empty() ? "" : "," + pod) + "}}";
}

TEST(Widening, AnotherImageOrCommandIsNone) {
  const std::string now =
      R"({"spec":{"containers":[{"args":["x"],"image":"a:2","name":"app"}]}})";
  EXPECT_EQ(WideningBy(now, With("")), "");
  EXPECT_EQ(WideningBy(With(""), now), "");
}

TEST(Widening, WhatAPodMayDoNeitherComesGoesNorChanges) {
  for (const char* one :
       {R"("serviceAccountName":"admin")", R"("serviceAccount":"admin")",
        R"("automountServiceAccountToken":true)", R"("hostUsers":true)",
        R"("securityContext":{"runAsNonRoot":true})",
        R"("runtimeClassName":"none")", R"("shareProcessNamespace":true)"}) {
    EXPECT_NE(WideningBy(With(""), With(one)), "") << one;
    EXPECT_NE(WideningBy(With(one), With("")), "") << one;
    EXPECT_EQ(WideningBy(With(one), With(one)), "") << one;
  }
  EXPECT_NE(WideningBy(With(R"("serviceAccountName":"cart")"),
                       With(R"("serviceAccountName":"admin")")),
            "");
}

TEST(Widening, OfAContainerToo) {
  const std::string strict = R"("securityContext":{"privileged":false})";
  const std::string wide = R"("securityContext":{"privileged":true})";
  EXPECT_NE(WideningBy(With("", strict), With("", wide)), "");
  EXPECT_NE(WideningBy(With("", strict), With("")), "");
  EXPECT_NE(WideningBy(With(""), With("", wide)), "");
  // A container that goes takes its bounds with it.
  const std::string two =
      R"({"spec":{"containers":[{"image":"a:1","name":"app"},)"
      R"({"image":"b:1","name":"side","securityContext":{"x":1}}]}})";
  EXPECT_EQ(WideningBy(two, With("")), "");
  EXPECT_NE(WideningBy(With(""), two), "");
}

TEST(Widening, OfTheHostMayGoButNotCome) {
  for (const char* one :
       {R"("hostNetwork":true)", R"("hostPID":true)", R"("hostIPC":true)",
        R"("volumes":[{"hostPath":{"path":"/"},"name":"root"}])"}) {
    EXPECT_NE(WideningBy(With(""), With(one)), "") << one;
    EXPECT_EQ(WideningBy(With(one), With("")), "") << one;
  }
  EXPECT_NE(WideningBy(With(""), With("", R"("ports":[{"hostPort":80}])")), "");
  EXPECT_NE(
      WideningBy(With(R"("volumes":[{"hostPath":{"path":"/tmp"},"name":"r"}])"),
                 With(R"("volumes":[{"hostPath":{"path":"/"},"name":"r"}])")),
      "");
}

TEST(Widening, WhatCannotBeReadCountsAsMore) {
  EXPECT_NE(WideningBy("", With("")), "");
  EXPECT_NE(WideningBy(With(""), "{"), "");
}

}  // namespace
}  // namespace selfheal
