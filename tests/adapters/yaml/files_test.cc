#include "adapters/yaml/files.h"

#include <gtest/gtest.h>

#include "adapters/yaml/tree.h"
#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

TEST(Files, AFolderOrAMissingFileIsNotRead) {
  const testing::TempFolder folder;
  for (const std::string& path :
       {folder.Path("rules"), folder.Path("none.yaml"), std::string()}) {
    const auto text = ReadFile(path);
    ASSERT_FALSE(text.ok()) << path;
    EXPECT_EQ(text.error().code, Code::kNotFound);
  }
}

TEST(Files, ALargeFileIsReadToOneByteOverTheCap) {
  const testing::TempFolder folder;
  folder.Write("large.yaml", std::string(3 * kMaxBytes, 'x'));
  const auto text = ReadFile(folder.Path("large.yaml"));
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->size(), kMaxBytes + 1);
}

TEST(Files, AMountedConfigMapIsReadThroughItsLinks) {
  const testing::TempFolder folder;
  std::filesystem::create_directories(folder.Path("rules/..data"));
  folder.Write("rules/..data/a.yaml", "a: 1\n");
  std::filesystem::create_symlink("..data/a.yaml", folder.Path("rules/a.yaml"));
  const auto paths = ListYamlFiles(folder.Path("rules"));
  ASSERT_TRUE(paths.ok());
  EXPECT_EQ(*paths, std::vector<std::string>{folder.Path("rules/a.yaml")});
  EXPECT_EQ(*ReadFile(paths->at(0)), "a: 1\n");
}

TEST(Files, TheOrderIsThatOfTheNames) {
  const testing::TempFolder folder;
  for (const char* name : {"rules/c.yml", "rules/a.yaml", "rules/b.yaml"}) {
    folder.Write(name, "");
  }
  const auto paths = ListYamlFiles(folder.Path("rules"));
  ASSERT_TRUE(paths.ok());
  EXPECT_EQ(*paths, (std::vector<std::string>{folder.Path("rules/a.yaml"),
                                              folder.Path("rules/b.yaml"),
                                              folder.Path("rules/c.yml")}));
}

TEST(Files, ARelativeFolderIsThatOfTheWorkingFolderFirst) {
  EXPECT_EQ(ResolveFolder("rules"), "rules");  // Tests run in the root.
  EXPECT_EQ(ResolveFolder("/nowhere/rules"), "/nowhere/rules");
  EXPECT_EQ(ResolveFolder("no-such-folder"), "no-such-folder");
}

TEST(Files, ARelativeFolderIsThenThatOfTheInstallation) {
  const std::filesystem::path program =
      std::filesystem::read_symlink("/proc/self/exe");
  const std::filesystem::path share =
      program.parent_path().parent_path() / "share/selfheal/for-this-test";
  std::error_code error;
  std::filesystem::create_directories(share, error);
  if (error) GTEST_SKIP() << "cannot write beside the build folder";
  EXPECT_EQ(ResolveFolder("for-this-test"), share.string());
  std::filesystem::remove(share);
}

}  // namespace
}  // namespace selfheal::yaml
