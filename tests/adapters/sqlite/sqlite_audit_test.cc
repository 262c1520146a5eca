#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/sqlite_world.h"

namespace selfheal::testing {
namespace {

constexpr int kRows = 40;

/// A closed database with a chain of kRows rows.
void Fill(const std::string& path) {
  auto store = OpenStore(path, Patient());
  ASSERT_TRUE(store.ok()) << store.error().message;
  std::vector<AuditRecord> records;
  for (int i = 0; i < kRows; ++i) {
    records.push_back(SomeRecord("row " + std::to_string(i)));
    records.back().incident_id = i % 3 == 0 ? "" : "01X";
  }
  ASSERT_TRUE((*store)->Append(records).ok());
  EXPECT_EQ((*store)->AuditHead().seq, kRows);
}

TEST(SqliteAudit, IntactChainIsVerified) {
  const TempFolder folder;
  Fill(folder.Database());
  const auto report = VerifyFile(folder.Database());
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->rows, kRows);
  EXPECT_EQ(report->first_bad, 0) << report->problem;
  EXPECT_EQ(report->head.seq, kRows);
}

TEST(SqliteAudit, EmptyChainIsIntact) {
  const TempFolder folder;
  ASSERT_TRUE(OpenStore(folder.Database()).ok());
  const auto report = VerifyFile(folder.Database());
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->rows, 0);
  EXPECT_EQ(report->first_bad, 0);
}

TEST(SqliteAudit, AbsentDatabaseIsNotFound) {
  EXPECT_EQ(VerifyFile("/nonexistent/x.db").error().code, Code::kNotFound);
  const TempFolder folder;
  {
    RawDatabase raw(folder.Database());
    ASSERT_TRUE(raw.Exec("CREATE TABLE t(x)"));
  }
  EXPECT_EQ(VerifyFile(folder.Database()).error().code, Code::kNotFound);
}

TEST(SqliteAudit, TheDatabaseItselfRefusesChanges) {
  const TempFolder folder;
  Fill(folder.Database());
  RawDatabase raw(folder.Database());
  EXPECT_FALSE(raw.Exec("UPDATE audit SET reason = 'x' WHERE seq = 3"));
  EXPECT_FALSE(raw.Exec("DELETE FROM audit WHERE seq = 3"));
  EXPECT_EQ(raw.Number("SELECT count(*) FROM audit"), kRows);
}

/// One act of an intruder who dropped the triggers.
std::string Tampering(std::mt19937& random) {
  const auto pick = [&](int from, int to) {
    return std::to_string(std::uniform_int_distribution<int>(from, to)(random));
  };
  const std::string row = pick(1, kRows);
  const std::string where = " WHERE seq = " + row;
  switch (std::uniform_int_distribution<int>(0, 13)(random)) {
    case 0:
      return "UPDATE audit SET reason = reason || ' '" + where;
    case 1:
      return "UPDATE audit SET outcome = 'allow'" + where;
    case 2:
      return "UPDATE audit SET at = at + 1" + where;
    case 3:
      return "UPDATE audit SET incident = incident || 'Y'" + where;
    case 4:
      return "UPDATE audit SET stage = 'verify'" + where;
    case 5:
      return "UPDATE audit SET data = '{\"n\":2}'" + where;
    case 6:
      return "DELETE FROM audit" + where;
    case 7:
      return "DELETE FROM audit WHERE seq >= " + row;
    case 8:
      return "UPDATE audit SET hash = previous" + where;
    case 9:
      return "UPDATE audit SET seq = seq + 1000 WHERE seq > " +
             pick(0, kRows - 1);
    case 10:
      return "INSERT INTO audit SELECT max(seq) + 1, at, incident, stage,"
             " outcome, reason, data, hash, hash FROM audit";
    case 11:
      // SQLite would read the number at its front.
      return "UPDATE audit SET at = at || ' forged'" + where;
    case 12:
      return "UPDATE audit SET reason = CAST(reason AS BLOB)" + where;
    default: {
      // Two rows trade places.
      const std::string other = std::to_string(1 + std::stoi(row) % kRows);
      return "UPDATE audit SET seq = -1" + where +
             "; UPDATE audit SET seq = " + row + " WHERE seq = " + other +
             "; UPDATE audit SET seq = " + other + " WHERE seq = -1";
    }
  }
}

TEST(SqliteAudit, EveryTamperingIsFound) {
  const TempFolder folder;
  Fill(folder.Database());
  RawDatabase raw(folder.Database());
  ASSERT_TRUE(
      raw.Exec("PRAGMA synchronous = OFF;"
               "DROP TRIGGER audit_no_update;"
               "DROP TRIGGER audit_no_delete;"
               "CREATE TABLE copy AS SELECT * FROM audit"));
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::string sql = Tampering(random);
    ASSERT_TRUE(raw.Exec(sql)) << sql;
    const auto report = VerifyFile(folder.Database());
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_GT(report->first_bad, 0) << sql;
    EXPECT_FALSE(report->problem.empty());
    ASSERT_TRUE(
        raw.Exec("DELETE FROM audit; INSERT INTO audit SELECT * FROM copy"));
  }
  EXPECT_EQ(VerifyFile(folder.Database())->first_bad, 0);
}

TEST(SqliteAudit, AKnownHeadFindsAnEndThatWasCutOffWithItsHead) {
  const TempFolder folder;
  Fill(folder.Database());
  const std::string path = folder.Database();
  const std::string known = VerifyFile(path)->head.hash;
  EXPECT_EQ(VerifyFile(path, known)->first_bad, 0);
  RawDatabase raw(path);
  ASSERT_TRUE(
      raw.Exec("DROP TRIGGER audit_no_delete;"
               "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit);"
               "UPDATE audit_head SET (seq, hash) ="
               " (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1)"));
  EXPECT_EQ(VerifyFile(path)->first_bad, 0);
  EXPECT_EQ(VerifyFile(path, known)->first_bad, kRows);
}

TEST(SqliteAudit, FirstBadRowIsNamed) {
  const TempFolder folder;
  Fill(folder.Database());
  RawDatabase raw(folder.Database());
  ASSERT_TRUE(raw.Exec("DROP TRIGGER audit_no_update"));
  ASSERT_TRUE(raw.Exec("UPDATE audit SET reason = 'x' WHERE seq IN (9, 30)"));
  const auto report = VerifyFile(folder.Database());
  EXPECT_EQ(report->first_bad, 9);
  EXPECT_EQ(report->head.seq, 8);
}

TEST(SqliteAudit, VerifiesAndExportsBesideAWritingStore) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  std::jthread writer([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const AuditRecord record = SomeRecord("again");
      ASSERT_TRUE((*store)->Append(std::span(&record, 1)).ok());
    }
  });
  long long seen = 0;
  for (int i = 0; i < 20 || seen < 3; ++i) {
    const auto report = VerifyFile(folder.Database());
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(report->first_bad, 0) << report->problem;
    EXPECT_GE(report->rows, seen);
    seen = report->rows;
  }
  std::ostringstream out;
  const auto exported = ExportFile(folder.Database(), out);
  ASSERT_TRUE(exported.ok());
  EXPECT_GE(*exported, seen);
}

TEST(SqliteAudit, ExportIsOneJsonLineARow) {
  const TempFolder folder;
  Fill(folder.Database());
  std::stringstream out;
  const auto rows = ExportFile(folder.Database(), out);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*rows, kRows);
  std::string line;
  std::string last(64, '0');
  int count = 0;
  while (std::getline(out, line)) {
    const auto row = nlohmann::json::parse(line);
    EXPECT_EQ(row["seq"], ++count);
    EXPECT_EQ(row["previous"], last);
    last = row["hash"];
  }
  EXPECT_EQ(count, kRows);
  EXPECT_EQ(last, VerifyFile(folder.Database())->head.hash);
}

TEST(SqliteAudit, FullOutputIsAnError) {
  const TempFolder folder;
  Fill(folder.Database());
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_FALSE(ExportFile(folder.Database(), out).ok());
}

}  // namespace
}  // namespace selfheal::testing
