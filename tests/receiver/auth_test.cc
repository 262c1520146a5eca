#include "receiver/auth.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

class Tokens : public ::testing::Test {
 protected:
  Tokens() : folder_(FreshFolder()) {
    config_.webhook_token_file = WriteFile(folder_, "webhook", "hook\n");
  }

  std::string File(std::string_view content) {
    return WriteFile(folder_, "file" + std::to_string(++files_), content);
  }

  /// What is wrong, behind the path; "" where nothing is.
  std::string Wrong(AuthMode mode = AuthMode::kStrict) {
    const auto loaded = Authenticator::Load(config_, mode);
    return loaded.ok() ? "" : loaded.error().message;
  }

  Identity Ask(const std::string& token) {
    const auto loaded = Authenticator::Load(config_, AuthMode::kStrict);
    return loaded.ok() ? loaded->Identify("Bearer " + token) : Identity{};
  }

  std::string folder_;
  int files_ = 0;
  Config::AuthConfig config_;
};

TEST_F(Tokens, WhiteSpaceAtTheEndDoesNotCount) {
  config_.webhook_token_file = File("hook \t\r\n\n");
  EXPECT_TRUE(Ask("hook").webhook);
  EXPECT_FALSE(Ask("hook ").known());
}

TEST_F(Tokens, ABareAdminTokenIsNamedAdmin) {
  config_.admin_token_file = File("s3cret\n");
  const Identity identity = Ask("s3cret");
  EXPECT_TRUE(identity.admin);
  EXPECT_FALSE(identity.webhook);
  EXPECT_EQ(identity.name, "admin:admin");
}

TEST_F(Tokens, NamedAdminsKeepTheirNames) {
  config_.admin_token_file = File("alice:a1\r\n\nbob@corp:b:2\n");
  EXPECT_EQ(Ask("a1").name, "admin:alice");
  EXPECT_EQ(Ask("b:2").name, "admin:bob@corp");
  EXPECT_FALSE(Ask("alice:a1").known());
}

TEST_F(Tokens, OneTokenInTwoFilesIsRefused) {
  config_.viewer_token_file = File("hook");
  EXPECT_EQ(Wrong(), "auth.viewer_token_file: " + config_.viewer_token_file +
                         ": the token is that of webhook, each must have one "
                         "of its own");
  config_.viewer_token_file = File("look");
  config_.admin_token_file = File("hook");
  EXPECT_NE(Wrong().find("is that of webhook"), std::string::npos);
  config_.admin_token_file = File("alice:a1\nbob:look");
  EXPECT_NE(Wrong().find("is that of admin:bob"), std::string::npos);
  config_.admin_token_file = File("alice:a1");
  EXPECT_EQ(Wrong(), "");
}

TEST_F(Tokens, AWebhookTokenIsRequired) {
  config_.webhook_token_file.clear();
  EXPECT_EQ(Wrong().rfind("auth.webhook_token_file: is not set", 0), 0u);
  EXPECT_EQ(Wrong(AuthMode::kNoWebhook), "");
  EXPECT_EQ(Wrong(AuthMode::kInsecureDev), "");
}

TEST_F(Tokens, ANamedFileMustHoldAToken) {
  const struct {
    std::string path;
    const char* why;
  } cases[] = {
      {"/nonexistent/token", "cannot be read"},
      {folder_, "is a folder, expected a file with a token"},
      {File(""), "is empty, expected a token"},
      {File(" \n\t\n"), "is empty, expected a token"},
      {File("two\nlines"), "expected one token of visible ASCII characters"},
      {File("a b"), "expected one token of visible ASCII characters"},
      {File("\xc3\xa4"), "expected one token of visible ASCII characters"},
      {File(std::string(70000, 'a')), "is too long"},
  };
  for (const auto& one : cases) {
    config_.webhook_token_file = one.path;
    EXPECT_EQ(Wrong(), "auth.webhook_token_file: " + one.path + ": " + one.why);
    // Named but useless is wrong also where nobody would ask for it.
    EXPECT_NE(Wrong(AuthMode::kInsecureDev), "");
  }
}

TEST_F(Tokens, AdminFilesAreStrict) {
  const struct {
    const char* content;
    const char* why;
  } cases[] = {
      {"alice:a\nb0b", ":2: expected name:token"},
      {"alice:\n", ":1: expected name:token"},
      {":token", ":1: expected name:token"},
      {"al ice:token", ":1: expected name:token"},
      {"alice:a\nalice:b", ":2: the name stands twice"},
      {"alice:a\nbob:a",
       ":2: the token is that of admin:alice, each must have one of its own"},
      {"two words", ": expected one token, or lines of name:token"},
  };
  for (const auto& one : cases) {
    config_.admin_token_file = File(one.content);
    EXPECT_EQ(Wrong(),
              "auth.admin_token_file: " + config_.admin_token_file + one.why);
  }
}

TEST_F(Tokens, InsecureDevKnowsEverybody) {
  const auto loaded = Authenticator::Load(config_, AuthMode::kInsecureDev);
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded->Identify("").admin);
  EXPECT_TRUE(loaded->insecure());
}

}  // namespace
}  // namespace selfheal::testing
