#include "adapters/postgres/database_url.h"

#include <gtest/gtest.h>

namespace selfheal::testing {
namespace {

bool ChecksTheName(const std::string& url) {
  const auto whole = ConnectionUrl(url);
  EXPECT_TRUE(whole.ok()) << whole.error().message;
  return whole.ok() && whole->find("sslmode=verify-full") != std::string::npos;
}

TEST(PostgresUrl, EveryServerElsewhereMustProveItsName) {
  for (const char* const local :
       {"postgresql://u@localhost/d", "postgresql://u@127.0.0.1:5432/d",
        "postgresql://u@[::1]:5432/d", "postgresql:///d?host=/run/postgresql",
        "postgres://u@%2Frun/d"}) {
    EXPECT_FALSE(ChecksTheName(local)) << local;
  }
  for (const char* const elsewhere :
       {"postgresql://u@db/d", "postgresql://u@localhost,db/d",
        "postgresql://u@127.example.com/d", "postgresql:///d?host=db",
        "postgresql:///d?hostaddr=10.0.0.1"}) {
    EXPECT_TRUE(ChecksTheName(elsewhere)) << elsewhere;
  }
}

TEST(PostgresUrl, WhatItSaysCountsMoreThanTheDefaults) {
  const auto url =
      ConnectionUrl("postgresql://u@db/d?connect_timeout=2&sslmode=disable");
  ASSERT_TRUE(url.ok());
  EXPECT_LT(url->find("connect_timeout=5"), url->find("connect_timeout=2"));
  EXPECT_LT(url->find("sslmode=verify-full"), url->find("sslmode=disable"));
}

TEST(PostgresUrl, WhatCanNotBeReadIsRefusedWithoutItsSecrets) {
  for (const char* const url :
       {"postgresql://u:a/s3cret@h/d", "postgresql://u:a?s3cret@h/d",
        "postgresql://u:a@s3cret@h/d", "postgresql://u:s3%cret@h/d",
        "postgresql://u:s3cret", "postgresql://h:s3cret/d",
        "postgresql://u:a@h:5432,i:x/d?sslpassword=s3cret&password=s3cret"}) {
    const auto refused = ConnectionUrl(url);
    ASSERT_FALSE(refused.ok()) << url;
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
    EXPECT_EQ(refused.error().message.find("cret"), std::string::npos)
        << refused.error().message;
  }
}

}  // namespace
}  // namespace selfheal::testing
