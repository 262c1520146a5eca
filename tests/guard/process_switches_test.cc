#include "guard/process_switches.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace selfheal::guard {
namespace {

class ProcessSwitchesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/switchesXXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ + "/stop";
  }
  void TearDown() override {
    ::chmod(folder_.c_str(), 0700);
    ::unlink(file_.c_str());
    ::rmdir(file_.c_str());
    ::rmdir(folder_.c_str());
  }

  std::string folder_;
  std::string file_;
};

TEST_F(ProcessSwitchesTest, NoFileConfiguredIsNoSwitch) {
  ProcessSwitches switches("");
  EXPECT_FALSE(switches.Read().on());
}

TEST_F(ProcessSwitchesTest, TheFileTurnsItOnWhateverItHolds) {
  ProcessSwitches switches(file_);
  EXPECT_FALSE(switches.Read().on());
  std::ofstream(file_).close();
  EXPECT_TRUE(switches.Read().on());
  EXPECT_EQ(switches.Read().sources, std::vector<std::string>{"file"});
  std::ofstream(file_) << "false";
  EXPECT_TRUE(switches.Read().on());
  ::unlink(file_.c_str());
  EXPECT_FALSE(switches.Read().on());
}

TEST_F(ProcessSwitchesTest, AFolderOrADanglingLinkOfThatNameIsOn) {
  ProcessSwitches switches(file_);
  ASSERT_EQ(::mkdir(file_.c_str(), 0700), 0);
  EXPECT_TRUE(switches.Read().on());
  ::rmdir(file_.c_str());
  ASSERT_EQ(::symlink("/nowhere/at/all", file_.c_str()), 0);
  EXPECT_TRUE(switches.Read().on());
}

TEST_F(ProcessSwitchesTest, AnythingUnreadableIsOn) {
  EXPECT_TRUE(ProcessSwitches(folder_ + "/absent/stop").Read().on());
  std::ofstream(file_).close();
  EXPECT_TRUE(ProcessSwitches(file_ + "/below").Read().on()) << "ENOTDIR";
  EXPECT_TRUE(
      ProcessSwitches(folder_ + "/" + std::string(300, 'x')).Read().on())
      << "ENAMETOOLONG";
}

TEST_F(ProcessSwitchesTest, AFolderWithoutPermissionIsOn) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  ::chmod(folder_.c_str(), 0);
  EXPECT_TRUE(ProcessSwitches(file_).Read().on());
}

TEST_F(ProcessSwitchesTest, ARelativeNameLiesInTheWorkingFolder) {
  EXPECT_FALSE(ProcessSwitches("no-such-switch").Read().on());
}

TEST_F(ProcessSwitchesTest, TheFlagIsASourceOfItsOwn) {
  ProcessSwitches switches(file_);
  switches.SetFlag(true, Time(seconds(7)));
  EXPECT_EQ(switches.flagged_at(), Time(seconds(7)));
  EXPECT_EQ(switches.Read().sources, std::vector<std::string>{"process"});
  std::ofstream(file_).close();
  EXPECT_EQ(switches.Read().sources.size(), 2u);
  EXPECT_FALSE(switches.Read().reason.empty());
  switches.SetFlag(false, Time(seconds(8)));
  EXPECT_FALSE(switches.flagged_at().has_value());
  EXPECT_EQ(switches.Read().sources, std::vector<std::string>{"file"});
}

}  // namespace
}  // namespace selfheal::guard
