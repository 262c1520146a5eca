// What a server must be for the store to start, and what is said otherwise.
#include <gtest/gtest.h>

#include "adapters/crypto/digest.h"
#include "adapters/postgres/postgres_store.h"
#include "tests/postgres/postgres_server.h"

namespace selfheal::testing {
namespace {

class PostgresOpen : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server_.lacking().empty()) GTEST_SKIP() << server_.lacking();
  }

  Result<std::unique_ptr<SqlStore>> Open(
      const std::string& url,
      postgres::Durability durability = postgres::Durability::kWaived) {
    return OpenPostgresStore(
        {.url = url,
         .store = {.digester = Sha256Hex, .clock = &clock_},
         .durability = durability});
  }

  /// The message of a start that must fail.
  std::string Refusal(
      const std::string& url, Code code,
      postgres::Durability durability = postgres::Durability::kWaived) {
    const auto store = Open(url, durability);
    if (store.ok()) return "it started";
    EXPECT_EQ(store.error().code, code) << store.error().message;
    return store.error().message;
  }

  static bool Says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  const SystemClock clock_;
  PostgresServer& server_ = SharedServer();
};

TEST_F(PostgresOpen, ThePasswordCountsAndIsNeverShown) {
  const std::string schema = NewSchema();
  EXPECT_TRUE(Open(server_.TcpUrl(schema, PostgresServer::Password())).ok());
  const std::string wrong =
      Refusal(server_.TcpUrl(schema, "wr0ng-s3cret"), Code::kUnavailable);
  EXPECT_TRUE(Says(wrong, "password authentication failed")) << wrong;
  EXPECT_TRUE(Says(wrong, "selfheal:***@127.0.0.1")) << wrong;
  EXPECT_FALSE(Says(wrong, "s3cret")) << wrong;
}

TEST_F(PostgresOpen, ItsOwnerNeedsNoOtherRight) {
  const std::string schema = NewSchema();
  const std::string url = server_.UrlOfOwner(schema);
  for (int start = 0; start < 2; ++start) {
    const auto store = Open(url);
    ASSERT_TRUE(store.ok()) << store.error().message;
    EXPECT_TRUE((*store)->Recent(clock_.Now())->breakers.empty());
    EXPECT_TRUE((*store)->CheckDatabase().ok());
  }
}

TEST_F(PostgresOpen, NobodyThere) {
  const std::string refusal =
      Refusal("postgresql://u:s3cret@127.0.0.1:1/d", Code::kUnavailable);
  EXPECT_TRUE(Says(refusal, "127.0.0.1:1/d")) << refusal;
  EXPECT_TRUE(Says(refusal, "Connection refused")) << refusal;
  EXPECT_FALSE(Says(refusal, "s3cret")) << refusal;
}

TEST_F(PostgresOpen, AServerThatMayForgetIsRefused) {
  const std::string refusal =
      Refusal(server_.Url(NewSchema()), Code::kFailedPrecondition,
              postgres::Durability::kRequired);
  EXPECT_TRUE(Says(refusal, "fsync is off")) << refusal;
}

TEST_F(PostgresOpen, TablesOfAnotherProgramAreLeftAlone) {
  const std::string schema = NewSchema();
  ASSERT_TRUE(server_.Exec(schema, "CREATE TABLE theirs(x INT)"));
  const std::string refusal =
      Refusal(server_.Url(schema), Code::kFailedPrecondition);
  EXPECT_TRUE(Says(refusal, "another program's tables")) << refusal;
  EXPECT_EQ(server_.Ask(schema,
                        "SELECT count(*) FROM pg_tables WHERE schemaname = "
                        "current_schema()"),
            "1");
}

TEST_F(PostgresOpen, ANewerSchemaAdmitsThisReleaseOrSaysFromWhichOn) {
  const std::string schema = NewSchema();
  ASSERT_TRUE(Open(server_.Url(schema)).ok());
  ASSERT_TRUE(server_.Exec(schema, "UPDATE selfheal_schema SET version = 999"));
  EXPECT_TRUE(Open(server_.Url(schema)).ok());
  ASSERT_TRUE(server_.Exec(schema, "UPDATE selfheal_schema SET oldest = 998"));
  const std::string refusal =
      Refusal(server_.Url(schema), Code::kFailedPrecondition);
  EXPECT_TRUE(Says(refusal, "999, which admits releases from 998")) << refusal;
}

TEST_F(PostgresOpen, AnotherHistoryOfTheServerOpensTheBreaker) {
  const std::string schema = NewSchema();
  ASSERT_TRUE(Open(server_.Url(schema)).ok());
  {
    auto store = Open(server_.Url(schema));
    ASSERT_TRUE(store.ok());
    EXPECT_TRUE((*store)->Recent(clock_.Now())->breakers.empty());
  }
  ASSERT_TRUE(server_.Exec(schema, "UPDATE server SET timeline = '00000000'"));
  auto store = Open(server_.Url(schema));
  ASSERT_TRUE(store.ok());
  const auto breakers = (*store)->Recent(clock_.Now())->breakers;
  ASSERT_EQ(breakers.size(), 1u);
  EXPECT_EQ(breakers[0].scope, "global");
  EXPECT_FALSE(breakers[0].closes_at);
  EXPECT_TRUE(Says(breakers[0].reason, "timeline 00000000"));
}

}  // namespace
}  // namespace selfheal::testing
