#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/sqlite_world.h"

namespace selfheal::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Overwrites the file in place, as a failing disk does.
void WriteOver(const std::string& path, off_t at, const std::string& bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  ASSERT_EQ(pwrite(file, bytes.data(), bytes.size(), at),
            static_cast<ssize_t>(bytes.size()));
  close(file);
}

bool Becomes(const SqlStore& store, bool writable) {
  const auto end = steady_clock::now() + std::chrono::seconds(60);
  while (steady_clock::now() < end) {
    if (store.Writable() == writable) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

/// A store whose every page stands in its file, none in its log.
void Fill(const std::string& path) {
  auto store = OpenStore(path, Patient());
  ASSERT_TRUE(store.ok());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE((*store)->Append(OneAlert(std::to_string(i)), Time()).ok());
  }
}

TEST(SqliteDamage, AWholeFilePassesItsCheck) {
  const TempFolder folder;
  Fill(folder.Database());
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE((*store)->CheckDatabase().ok());
  EXPECT_TRUE((*store)->Writable());
}

TEST(SqliteDamage, NothingIsTakenFromTheCheckUntilTheFileIsWholeAgain) {
  const TempFolder folder;
  Fill(folder.Database());
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  const std::string whole = ReadFile(folder.Database());
  constexpr off_t kPage = 4096;
  WriteOver(folder.Database(), kPage, std::string(whole.size() - kPage, 'x'));
  const auto checked = (*store)->CheckDatabase();
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, Code::kDataLoss) << checked.error().message;
  EXPECT_FALSE((*store)->Writable());
  const auto refused = (*store)->Append(OneAlert("a"), Time());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  WriteOver(folder.Database(), 0, whole);
  ASSERT_TRUE(Becomes(**store, true));
  EXPECT_TRUE((*store)->Append(OneAlert("a"), Time()).ok());
  EXPECT_EQ((*store)->Uncorrelated(1000)->size(), 51u);
}

TEST(SqliteDamage, AFileThatIsGoneIsNotMadeAnew) {
  const TempFolder folder;
  Fill(folder.Database());
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  const std::string whole = ReadFile(folder.Database());
  WriteOver(folder.Database(), 4096, std::string(whole.size() - 4096, 'x'));
  ASSERT_FALSE((*store)->CheckDatabase().ok());
  std::filesystem::remove(folder.Database());
  std::this_thread::sleep_for(3 * sql::WriterLimits{}.probe);
  EXPECT_FALSE((*store)->Writable());
  EXPECT_FALSE(std::filesystem::exists(folder.Database()));
}

TEST(SqliteDamage, NothingIsAcknowledgedIntoAFileWithoutAName) {
  const TempFolder folder;
  Fill(folder.Database());
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  const std::string aside = folder.Database() + ".aside";
  std::filesystem::rename(folder.Database(), aside);
  const sql::ChainHead before = (*store)->AuditHead();
  const auto refused = (*store)->Append(OneAlert("a"), Time());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_NE(refused.error().message.find("moved or deleted"), std::string::npos)
      << refused.error().message;
  EXPECT_FALSE((*store)->Writable());
  EXPECT_EQ((*store)->AuditHead(), before);
  std::filesystem::rename(aside, folder.Database());
  ASSERT_TRUE(Becomes(**store, true));
  EXPECT_TRUE((*store)->Append(OneAlert("b"), Time()).ok());
}

TEST(SqliteDamage, WhatIsDeletedIsOverwritten) {
  const TempFolder folder;
  const std::string secret = "a-secret-of-one-use";
  {
    auto db = sqlite::Connection::Open(folder.Database(),
                                       sqlite::Connection::Mode::kReadWrite,
                                       std::chrono::seconds(5));
    ASSERT_TRUE(db.ok());
    ASSERT_TRUE((*db)->Exec("CREATE TABLE nonces(one TEXT)").ok());
    ASSERT_TRUE((*db)->Run("INSERT INTO nonces VALUES(?)", secret).ok());
    (*db)->CheckpointEvery(1);
    (*db)->Tidy();
    ASSERT_NE(ReadFile(folder.Database()).find(secret), std::string::npos);
    ASSERT_TRUE((*db)->Exec("DELETE FROM nonces").ok());
  }
  EXPECT_EQ(ReadFile(folder.Database()).find(secret), std::string::npos);
}

TEST(SqliteDamage, AlertsThatConcernNobodyAreNotLookedAt) {
  const TempFolder folder;
  static const SystemClock clock;
  auto store = OpenSqliteStore(
      {.path = folder.Database(),
       .store = {
           .digester = [](std::string_view) { return std::string(64, '0'); },
           .clock = &clock,
           .limits = Patient(),
           .concerns =
               [](const Labels& labels) {
                 return LabelOr(labels, "alertname") == "known";
               }}});
  ASSERT_TRUE(store.ok());
  const auto other = (*store)->Append(OneAlert("other"), Time());
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->fresh, 1u);
  EXPECT_EQ(other->waiting, 0u);
  EXPECT_EQ((*store)->Append(OneAlert("known"), Time())->waiting, 1u);
  const auto waiting = (*store)->Uncorrelated(10);
  ASSERT_EQ(waiting->size(), 1u);
  EXPECT_EQ(AlertName(waiting->front().alert), "known");
  EXPECT_EQ((*store)->List(AlertQuery{})->items.size(), 2u);
}

}  // namespace
}  // namespace selfheal::testing
