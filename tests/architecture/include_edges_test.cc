#include "architecture/include_edges.h"

#include <gtest/gtest.h>

namespace selfheal::architecture {
namespace {

std::vector<std::string> Check(const std::string& path,
                               const std::string& line) {
  return ForbiddenIncludes({FromText(path, line)}, {"guard/cluster_view.h"});
}

struct Edge {
  const char* path;
  const char* include;
};

class Forbidden : public ::testing::TestWithParam<Edge> {};

TEST_P(Forbidden, IsReported) {
  const auto findings = Check(GetParam().path, GetParam().include);
  ASSERT_EQ(findings.size(), 1u) << GetParam().include;
  EXPECT_EQ(findings[0].find(std::string(GetParam().path) + ":1: "), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Edges, Forbidden,
    ::testing::Values(
        Edge{"src/core/a.h", "#include \"guard/guard_chain.h\""},
        Edge{"src/core/a.cc", "#include <nlohmann/json.hpp>"},
        Edge{"src/core/a.cc", "#include \"config/config.h\""},
        Edge{"src/config/a.cc", "#include \"codec/json.h\""},
        Edge{"src/plan/a.cc", "#include \"guard/guard_chain.h\""},
        Edge{"src/plan/a.cc", "  #  include \"flow/queue.h\""},
        Edge{"src/intake/a.h", "#include <nlohmann/json.hpp>"},
        Edge{"src/guard/a.cc", "#include \"adapters/http/client.h\""},
        Edge{"src/guard/a.cc", "#include <Eigen/Dense>"},
        Edge{"src/flow/a.cc", "#include \"adapters/sqlite/store.h\""},
        Edge{"src/adapters/slack/a.cc", "#include \"adapters/sqlite/s.h\""},
        Edge{"src/adapters/http/a.cc", "#include \"adapters/slack/s.h\""},
        Edge{"src/adapters/slack/a.cc", "#include \"guard/guard_chain.h\""},
        Edge{"src/adapters/slack/a.cc", "#include \"app/app.h\""},
        Edge{"src/app/a.cc", "#include \"receiver/routes.h\""},
        Edge{"src/app/a.cc", "#include <sqlite3.h>"},
        Edge{"src/app/a.cc", "#include \"sim/kubesim/world.h\""},
        Edge{"sim/a.cc", "#include \"app/app.h\""},
        Edge{"receiver/a.cc", "#include \"guard/guard_chain.h\""},
        Edge{"receiver/a.cc", "#include \"adapters/http/client.h\""},
        Edge{"receiver/a.h", "#include <httplib.h>"},
        Edge{"receiver/a.cc", "#include <pqxx/pqxx>"},
        Edge{"src/core/a.cc", "#include \"unheard/of.h\""}));

class Allowed : public ::testing::TestWithParam<Edge> {};

TEST_P(Allowed, IsNotReported) {
  const auto findings = Check(GetParam().path, GetParam().include);
  EXPECT_TRUE(findings.empty()) << Join(findings);
}

INSTANTIATE_TEST_SUITE_P(
    Edges, Allowed,
    ::testing::Values(
        Edge{"src/core/a.h", "#include <vector>"},
        Edge{"src/core/a.cc", "#include <sys/random.h>"},
        Edge{"src/core/a.cc", "#include \"core/result.h\""},
        Edge{"src/core/a.cc", "// a sentence on #include \"guard/x.h\""},
        Edge{"src/codec/a.h", "#include <nlohmann/json_fwd.hpp>"},
        Edge{"src/assess/a.h", "#include <Eigen/Dense>"},
        Edge{"src/intake/a.cc", "#include <nlohmann/json.hpp>"},
        Edge{"src/flow/a.cc", "#include \"guard/guard_chain.h\""},
        Edge{"src/adapters/slack/a.cc", "#include \"guard/cluster_view.h\""},
        Edge{"src/adapters/slack/a.cc", "#include \"adapters/http/client.h\""},
        Edge{"src/adapters/sqlite/a.cc", "#include <sqlite3.h>"},
        Edge{"src/app/a.cc", "#include \"adapters/sqlite/store.h\""},
        Edge{"receiver/a.cc", "#include <httplib.h>"},
        Edge{"receiver/a.cc", "#include \"record/approvals.h\""}));

TEST(PortHeaders, AreThoseOfStagesWithAPureVirtualFunction) {
  const auto ports = PortHeaders(
      {FromText("src/record/notifier.h", "virtual void Notify() = 0;"),
       FromText("src/record/chain.h", "int a = 0;"),
       FromText("src/core/cluster.h", "virtual void Get() = 0;")});
  EXPECT_EQ(ports, std::set<std::string>{"record/notifier.h"});
}

TEST(Readme, OfSourcesHoldsTheTableThatIsChecked) {
  const auto files = ReadTree({"src"}, {"README.md"});
  ASSERT_EQ(files.size(), 1u);
  EXPECT_NE(files[0].Text().find("<!-- edges -->\n" + EdgeTable() +
                                 "\n<!-- /edges -->"),
            std::string::npos)
      << "src/README.md should hold, between the marks edges and /edges:\n"
      << EdgeTable();
}

TEST(Product, IncludesOnlyWhatItsFolderMay) {
  const auto files = ProductSources();
  ASSERT_GT(files.size(), 10u);
  const auto findings = ForbiddenIncludes(files, PortHeaders(files));
  EXPECT_TRUE(findings.empty()) << Join(findings);
}

}  // namespace
}  // namespace selfheal::architecture
