#include <gtest/gtest.h>

#include <string>

#include "adapters/http/client.h"
#include "tests/adapters/http/tls_server.h"

namespace selfheal::http {
namespace {

using selfheal::testing::MakeAuthority;
using selfheal::testing::MakeIdentity;
using selfheal::testing::TestIdentity;
using selfheal::testing::TlsServer;

class TlsTest : public ::testing::Test {
 protected:
  static Outcome Send(const TlsServer& server, const TlsOptions& tls) {
    auto client = Client::Create(
        {.base_url = "https://127.0.0.1:" + std::to_string(server.port()),
         .tls = tls});
    EXPECT_TRUE(client.ok());
    return (*client)->Send({.method = Method::kPatch,
                            .target = "/x",
                            .body = "{}",
                            .connection = Connection::kFresh});
  }

  static void ExpectNotSent(const TlsServer& server, const TlsOptions& tls) {
    const Outcome outcome = Send(server, tls);
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.failure().error.code, Code::kUnavailable);
    EXPECT_EQ(outcome.failure().delivery, Delivery::kNotSent);
    EXPECT_EQ(server.served(), 0);
  }

  const TestIdentity authority_ = MakeAuthority();
  const TestIdentity identity_ = MakeIdentity(authority_, "127.0.0.1");
};

TEST_F(TlsTest, TrustsTheConfiguredAuthority) {
  TlsServer server({.identity = identity_});
  const Outcome outcome = Send(server, {.ca_pem = authority_.cert_pem});
  ASSERT_TRUE(outcome.ok()) << outcome.failure().error.message;
  EXPECT_EQ(outcome.response().body, "tls");
}

TEST_F(TlsTest, TrustsNobodyElse) {
  TlsServer server({.identity = identity_});
  ExpectNotSent(server, {});
  ExpectNotSent(server, {.ca_pem = MakeAuthority().cert_pem});
  ExpectNotSent(server, {.ca_pem = "not a certificate"});
  ExpectNotSent(server, {.ca_file = "/no/such/file"});
}

TEST_F(TlsTest, RefusesACertificateOfAnotherName) {
  TlsServer server({.identity = MakeIdentity(authority_, "10.9.8.7")});
  ExpectNotSent(server, {.ca_pem = authority_.cert_pem});
}

TEST_F(TlsTest, VerifiesTheNameThatItIsToldTo) {
  TlsServer server({.identity = MakeIdentity(authority_, "kubernetes")});
  ExpectNotSent(server, {.ca_pem = authority_.cert_pem});
  ExpectNotSent(server,
                {.ca_pem = authority_.cert_pem, .server_name = "other"});
  const Outcome outcome = Send(
      server, {.ca_pem = authority_.cert_pem, .server_name = "kubernetes"});
  ASSERT_TRUE(outcome.ok()) << outcome.failure().error.message;
}

TEST_F(TlsTest, RefusesVersionsBelow12) {
  TlsServer server({.identity = identity_, .max_version = TLS1_1_VERSION});
  ExpectNotSent(server, {.ca_pem = authority_.cert_pem});
}

TEST_F(TlsTest, ShowsItsOwnCertificate) {
  TlsServer server({.identity = identity_,
                    .client_ca_pem = authority_.cert_pem,
                    .max_version = TLS1_2_VERSION});
  const TestIdentity own = MakeIdentity(authority_, "agent");
  const TestIdentity foreign = MakeIdentity(MakeAuthority(), "agent");
  ExpectNotSent(server, {.ca_pem = authority_.cert_pem});
  ExpectNotSent(server, {.ca_pem = authority_.cert_pem,
                         .cert_pem = foreign.cert_pem,
                         .key_pem = foreign.key_pem});
  const Outcome outcome = Send(server, {.ca_pem = authority_.cert_pem,
                                        .cert_pem = own.cert_pem,
                                        .key_pem = own.key_pem});
  ASSERT_TRUE(outcome.ok()) << outcome.failure().error.message;
}

}  // namespace
}  // namespace selfheal::http
