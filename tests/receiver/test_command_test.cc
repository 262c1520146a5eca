#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "receiver/program.h"
#include "support/paths.h"

namespace selfheal::testing {
namespace {

class TestCommand : public ::testing::Test {
 protected:
  TestCommand()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                ("selfheal_test_command_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~TestCommand() override { std::filesystem::remove_all(folder_); }

  /// The shipped scenario with one piece of its text exchanged.
  std::string Altered(const std::string& from, const std::string& to) {
    std::ifstream in(Shipped());
    std::stringstream text;
    text << in.rdbuf();
    std::string altered = text.str();
    const std::size_t at = altered.find(from);
    EXPECT_NE(at, std::string::npos);
    altered.replace(at, from.size(), to);
    const std::string path = folder_ / "altered.yml";
    std::ofstream(path) << altered;
    return path;
  }
  static std::string Shipped() {
    return SourceDir() + "/tests/scenarios/crash-loop.yml";
  }
  static Finished Run(const std::string& file) {
    return RunSelfheal({"test", "--rules", SourceDir() + "/rules", "--runbooks",
                        SourceDir() + "/runbooks", file});
  }

  std::filesystem::path folder_;
};

TEST_F(TestCommand, AStoryThatEndsAsWrittenIsOk) {
  const Finished run = Run(Shipped());
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out,
            "ok    " + Shipped() + "\n1 of 1 scenarios end as written\n");
}

TEST_F(TestCommand, WhatDiffersIsSaid) {
  const Finished run = Run(Altered("mutations: 1", "mutations: 2"));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.out.find("      mutations:\n        - 2\n        + 1\n"),
            std::string::npos)
      << run.out;
}

TEST_F(TestCommand, AListIsComparedItemByItem) {
  const Finished run =
      Run(Altered("actions: [", "actions: [drain apply applied, "));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.out.find("      actions:\n        - drain apply applied\n"
                         "          restart_pod"),
            std::string::npos)
      << run.out;
}

TEST_F(TestCommand, JsonHasBothSides) {
  const std::string path = Altered("mutations: 1", "mutations: 2");
  const Finished run =
      RunSelfheal({"test", "--json", "--rules", SourceDir() + "/rules",
                   "--runbooks", SourceDir() + "/runbooks", Shipped(), path});
  EXPECT_EQ(run.exit_code, 1);
  const auto told = nlohmann::json::parse(run.out);
  EXPECT_EQ(told["ok"], 1);
  EXPECT_EQ(told["scenarios"][0]["differences"], nlohmann::json::array());
  EXPECT_EQ(told["scenarios"][1]["file"], path);
  EXPECT_EQ(told["scenarios"][1]["differences"][0],
            (nlohmann::json{
                {"what", "mutations"}, {"expected", {"2"}}, {"found", {"1"}}}));
}

TEST_F(TestCommand, AMisspeltKeyIsFoundWithItsPlace) {
  const std::string path = Altered("alerts:", "alert:");
  const Finished run = Run(path);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.out.find(path + ":"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("alert"), std::string::npos) << run.out;
}

TEST_F(TestCommand, NoFileIsAUsageError) {
  EXPECT_EQ(RunSelfheal({"test"}).exit_code, 2);
}

}  // namespace
}  // namespace selfheal::testing
