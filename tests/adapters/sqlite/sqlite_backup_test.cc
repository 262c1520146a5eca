#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/backup.h"
#include "adapters/sqlite/sqlite_world.h"

namespace selfheal::testing {
namespace {

TEST(SqliteBackup, IsAWholeStoreMadeWhileTheOtherOneIsWritten) {
  const TempFolder folder;
  const std::string to = folder.path() + "/copy.db";
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Append(OneAlert("a"), Time()).ok());
  const AuditRecord record = SomeRecord("kept");
  ASSERT_TRUE((*store)->Append(std::span(&record, 1)).ok());
  const auto report = Backup(folder.Database(), to, Sha256Hex);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->rows, 1);
  EXPECT_EQ(report->first_bad, 0);
  EXPECT_EQ(report->head.hash, (*store)->AuditHead().hash);
  ASSERT_TRUE((*store)->Append(OneAlert("later"), Time()).ok());
  struct stat status{};
  ASSERT_EQ(stat(to.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  auto copy = OpenStore(to, Patient());
  ASSERT_TRUE(copy.ok()) << copy.error().message;
  EXPECT_EQ((*copy)->List(AlertQuery{})->items.size(), 1u);
  EXPECT_TRUE((*copy)->Append(OneAlert("b"), Time()).ok());
}

TEST(SqliteBackup, TouchesNoFileThatIsThere) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  const std::string to = folder.path() + "/copy.db";
  std::ofstream(to) << "precious";
  const auto report = Backup(folder.Database(), to, Sha256Hex);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, Code::kAlreadyExists);
  EXPECT_EQ(std::filesystem::file_size(to), 8u);
}

TEST(SqliteBackup, OfNothingLeavesNothing) {
  const TempFolder folder;
  const std::string to = folder.path() + "/copy.db";
  EXPECT_EQ(Backup(folder.path() + "/none.db", to, Sha256Hex).error().code,
            Code::kNotFound);
  std::ofstream(folder.path() + "/text.db") << "no database, just text";
  EXPECT_FALSE(Backup(folder.path() + "/text.db", to, Sha256Hex).ok());
  EXPECT_FALSE(std::filesystem::exists(to));
}

TEST(SqliteBackup, TellsThatTheAuditWasTamperedWith) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  const AuditRecord record = SomeRecord("true");
  ASSERT_TRUE((*store)->Append(std::span(&record, 1)).ok());
  RawDatabase raw(folder.Database());
  ASSERT_TRUE(
      raw.Exec("DROP TRIGGER audit_no_update;"
               "UPDATE audit SET reason = 'false'"));
  const auto report =
      Backup(folder.Database(), folder.path() + "/copy.db", Sha256Hex);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->first_bad, 1);
}

}  // namespace
}  // namespace selfheal::testing
