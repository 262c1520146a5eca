#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/database_url.h"
#include "adapters/sqlite/sqlite_world.h"

namespace selfheal::testing {
namespace {

TEST(SqliteUrl, ThreeAndFourSlashesNameTheSameFile) {
  EXPECT_EQ(*ParseSqliteUrl("sqlite:///var/lib/x.db"), "/var/lib/x.db");
  EXPECT_EQ(*ParseSqliteUrl("sqlite:////var/lib/x.db"), "/var/lib/x.db");
}

TEST(SqliteUrl, WhatIsNoAbsolutePathIsRefused) {
  for (const char* url :
       {"", "sqlite:", "sqlite://", "sqlite://x.db", "sqlite://./x.db",
        "sqlite:///", "sqlite:///folder/", "sqlite:///x.db?mode=memory",
        "postgresql://h/d", "/x.db", "SQLITE:///x.db", "sqlite:///a#b"}) {
    const auto path = ParseSqliteUrl(url);
    ASSERT_FALSE(path.ok()) << url;
    EXPECT_EQ(path.error().code, Code::kInvalidArgument);
    EXPECT_NE(path.error().message.find(url), std::string::npos);
  }
}

TEST(SqliteOpen, SecondHolderIsToldTheFirstOnesPid) {
  const TempFolder folder;
  auto first = OpenStore(folder.Database());
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto second = OpenStore(folder.Database());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::kFailedPrecondition);
  EXPECT_NE(second.error().message.find("process " + std::to_string(getpid())),
            std::string::npos)
      << second.error().message;
  first->reset();
  EXPECT_TRUE(OpenStore(folder.Database()).ok());
}

TEST(SqliteOpen, AbsentFolderIsUnavailable) {
  const auto store = OpenStore("/nonexistent/folder/x.db");
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, Code::kUnavailable);
  EXPECT_NE(store.error().message.find("/nonexistent/folder"),
            std::string::npos);
}

TEST(SqliteOpen, FilesAreReadableByTheirOwnerAlone) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Append(OneAlert("a"), Time()).ok());
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat status{};
    ASSERT_EQ(stat((folder.Database() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << suffix;
  }
}

TEST(SqliteOpen, NewerSchemaIsLeftAlone) {
  const TempFolder folder;
  ASSERT_TRUE(OpenStore(folder.Database()).ok());
  {
    RawDatabase raw(folder.Database());
    ASSERT_TRUE(raw.Exec("PRAGMA user_version = 999"));
  }
  const auto store = OpenStore(folder.Database());
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, Code::kFailedPrecondition);
  EXPECT_NE(store.error().message.find("999"), std::string::npos);
}

TEST(SqliteOpen, AnotherProgramsFileIsLeftAlone) {
  const TempFolder folder;
  {
    RawDatabase raw(folder.Database());
    ASSERT_TRUE(raw.Exec("CREATE TABLE theirs(x)"));
  }
  const auto store = OpenStore(folder.Database());
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, Code::kFailedPrecondition);
}

TEST(SqliteOpen, DamagedFileIsDataLoss) {
  const TempFolder folder;
  {
    auto store = OpenStore(folder.Database(), Patient());
    ASSERT_TRUE(store.ok());
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(
          (*store)->Append(OneAlert("a" + std::to_string(i)), Time()).ok());
    }
  }
  {
    std::fstream file(folder.Database(),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    for (int page = 0; page < 12; ++page) {
      const std::string rubbish(4096, static_cast<char>(0xa5));
      file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
    }
  }
  const auto damaged = OpenStore(folder.Database());
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code, Code::kDataLoss) << damaged.error().message;
}

TEST(SqliteOpen, TextFileIsDataLoss) {
  const TempFolder folder;
  std::ofstream(folder.Database()) << std::string(5000, 'x');
  const auto store = OpenStore(folder.Database());
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, Code::kDataLoss);
}

TEST(SqliteOpen, UsesTheSettingsThatMakeCommitsDurable) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  RawDatabase raw(folder.Database());
  EXPECT_EQ(raw.Number("SELECT count(*) FROM pragma_journal_mode"
                       " WHERE journal_mode = 'wal'"),
            1);
  auto db = sqlite::Connection::Open(folder.Database(),
                                     sqlite::Connection::Mode::kReadWrite,
                                     std::chrono::milliseconds(100));
  ASSERT_TRUE(db.ok());
  auto query = (*db)->Query("PRAGMA synchronous");
  ASSERT_TRUE(query.Next());
  EXPECT_EQ(query.Integer(0), 2);
}

}  // namespace
}  // namespace selfheal::testing
