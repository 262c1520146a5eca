// Socket Mode over TLS: to whom the socket speaks, and to whom not.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "adapters/slack/socket_mode.h"
#include "tests/adapters/slack/slack_world.h"
#include "tests/adapters/slack/tls_socket_server.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;
using testing::MakeAuthority;
using testing::MakeIdentity;
using testing::TestIdentity;

/// The authority of this machine's trust store, as far as OpenSSL knows.
const TestIdentity& Trusted() {
  static const TestIdentity authority = [] {
    const TestIdentity made = MakeAuthority();
    static const testing::TempFolder folder;
    const std::string path = folder.path() + "/ca.pem";
    std::ofstream(path) << made.cert_pem;
    setenv("SSL_CERT_FILE", path.c_str(), 1);
    return made;
  }();
  return authority;
}

class SocketTls : public ::testing::Test {
 protected:
  void SetUp() override {
    (void)Trusted();
    incident_ = world_.Ask("cart", "1.2");
    envelope_ = json{{"envelope_id", "e1"},
                     {"type", "events_api"},
                     {"payload", world_.Reply("1.2", "U1", "approve by tls")}}
                    .dump();
  }

  /// Opens sockets to `server` until `done`.
  template <typename Done>
  void OpenTo(const TlsSocketServer& server, const Done& done) {
    world_.answers["apps.connections.open"] = {
        {"ok", true},
        {"url", "wss://localhost:" + std::to_string(server.port()) +
                    "/link/?ticket=s3cret"}};
    SocketMode socket(
        {.api = *world_.api, .desk = *world_.desk, .log = world_.log},
        {.local = true,
         .back_off = std::chrono::milliseconds(10),
         .max_back_off = std::chrono::milliseconds(10)});
    socket.Start();
    done();
    socket.Stop();
    (void)world_.desk->WorkOff();
  }

  void ExpectRefused(const TestIdentity& identity) {
    TlsSocketServer server(identity, envelope_);
    // At the second the first has been told of.
    OpenTo(server, [&] { EXPECT_TRUE(server.Refused(2)); });
    const std::string told = world_.log.text();
    EXPECT_NE(told.find("Slack's socket is not reached"), std::string::npos);
    EXPECT_EQ(told.find("Slack's socket is open"), std::string::npos);
    EXPECT_EQ(told.find("s3cret"), std::string::npos);
    EXPECT_EQ(world_.Load(incident_).approval->state, ApprovalState::kPending);
  }

  SlackWorld world_;
  Incident incident_;
  std::string envelope_;
};

TEST_F(SocketTls, HearsSlackBehindACertificateOfItsName) {
  TlsSocketServer server(MakeIdentity(Trusted(), "localhost"), envelope_);
  OpenTo(server, [&] {
    EXPECT_EQ(json::parse(server.Answer()), (json{{"envelope_id", "e1"}}));
  });
  EXPECT_EQ(world_.Load(incident_).approval->reason, "by tls")
      << world_.log.text();
}

TEST_F(SocketTls, RefusesACertificateOfAnotherName) {
  ExpectRefused(MakeIdentity(Trusted(), "wss.slack.example"));
}

TEST_F(SocketTls, RefusesACertificateOfAnUnknownAuthority) {
  ExpectRefused(MakeIdentity(MakeAuthority(), "localhost"));
}

}  // namespace
}  // namespace selfheal::slack
