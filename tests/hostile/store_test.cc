#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "adapters/crypto/digest.h"
#include "adapters/sql/audit_verify.h"
#include "adapters/sqlite/read_only.h"
#include "adapters/sqlite/sqlite_store.h"
#include "tests/hostile/sinks.h"

namespace selfheal::testing {
namespace {

using nlohmann::json;

class HostileStore : public ::testing::Test {
 protected:
  HostileStore() {
    auto opened = OpenSqliteStore(
        {.path = file_, .store = {.digester = Sha256Hex, .clock = &clock_}});
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    store_ = *std::move(opened);
  }

  const SystemClock clock_;
  const std::string file_ = NewFolder() + "/selfheal.db";
  std::unique_ptr<SqlStore> store_;
};

TEST_F(HostileStore, Sql) {
  std::vector<Labels> put;
  AlertGroup group;
  group.version = "4";
  for (const std::string& text : HostileTexts()) {
    if (!IsUtf8(text)) continue;  // No JSON body can hold it.
    Alert alert;
    alert.labels = {{"alertname", "A" + text}, {"l" + text, text}};
    alert.annotations = {{"summary", text}};
    alert.fingerprint = Fingerprint(alert.labels);
    alert.starts_at = clock_.Now();
    put.push_back(alert.labels);
    group.alerts.push_back(std::move(alert));
  }
  group.received = group.alerts.size();
  AlertStore& alerts = *store_;
  ASSERT_TRUE(alerts.Append(group, clock_.Now()).ok());
  std::vector<Labels> found;
  AlertQuery query{.fingerprint = "", .since = {}, .limit = 500, .cursor = {}};
  do {
    const auto page = alerts.List(query);
    ASSERT_TRUE(page.ok());
    for (const StoredAlert& one : page->items) {
      found.push_back(one.alert.labels);
      EXPECT_EQ(one.alert.annotations.at("summary"),
                one.alert.labels.at("alertname").substr(1));
    }
    query.cursor = page->next;
  } while (query.cursor);
  std::sort(put.begin(), put.end());
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found.size(), put.size());
  EXPECT_TRUE(found == put);
  // And through every row of a fingerprint: it is a parameter, never SQL.
  ForEach("SQL", [&](const std::string& text) -> std::string {
    const auto page = alerts.List(
        {.fingerprint = text, .since = {}, .limit = 5, .cursor = {}});
    if (!page.ok()) return "";
    return text.empty() || page->items.empty() ? "" : "rows of another";
  });
}

TEST_F(HostileStore, AuditExport) {
  std::vector<AuditRecord> records;
  for (const std::string& text : HostileTexts()) {
    records.push_back({.seq = 0,
                       .at = clock_.Now(),
                       .incident_id = "",
                       .stage = Stage::kIntake,
                       .outcome = "hostile",
                       .reason = text,
                       .data = {{"k", text}}});
  }
  AuditStore& audit = *store_;
  ASSERT_TRUE(audit.Append(records).ok());
  auto opened = sqlite::OpenAudit(file_);
  ASSERT_TRUE(opened.ok());
  const auto report = VerifyAudit(**opened, Sha256Hex);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->first_bad, 0) << report->problem;
  std::stringstream out;
  ASSERT_TRUE(ExportAudit(**opened, out).ok());
  std::vector<json> rows;
  for (std::string line; std::getline(out, line);) {
    ASSERT_FALSE(MovesATerminal(line)) << line;
    const json row = Parsed(line);
    ASSERT_FALSE(row.is_discarded()) << line;
    if (row["outcome"] == "hostile") rows.push_back(row);
  }
  ASSERT_EQ(rows.size(), HostileTexts().size());
  std::size_t next = 0;
  ForEach("the audit's export", [&](const std::string& text) {
    const json& row = rows[next++];
    const std::string problem = HeldAt(row, "/reason", text);
    return problem.empty() ? HeldAt(row, "/data/k", text) : problem;
  });
}

TEST(HostileTexts, AreManyAndOfAllKinds) {
  EXPECT_EQ(HostileTexts().size(), 2000u);
  const auto utf8 = std::count_if(HostileTexts().begin(), HostileTexts().end(),
                                  [](const auto& t) { return IsUtf8(t); });
  EXPECT_GT(utf8, 1000);
  EXPECT_LT(utf8, 1900);
  EXPECT_FALSE(IsUtf8("\xc0\xaf"));
  EXPECT_TRUE(IsUtf8("M\u00fcnchen"));
}

}  // namespace
}  // namespace selfheal::testing
