// Forgeries of the signature: what Slack did not sign is answered 401 and
// leaves no trace.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "adapters/slack/signature.h"
#include "tests/adapters/slack/slack_world.h"

namespace selfheal::slack {
namespace {

constexpr auto kClick = ChatRequest::Kind::kInteraction;

class ForgedSignature : public ::testing::Test {
 protected:
  /// A click that would approve, were it believed.
  ChatRequest GoodClick() {
    return world_.Signed(kClick, SlackWorld::Form(world_.Click(
                                     incident_, "100.1", "U1", "approve")));
  }
  ChatRequest ClickAt(const std::string& timestamp) {
    ChatRequest request = GoodClick();
    request.timestamp = timestamp;
    request.signature =
        SignatureOf(SlackWorld::kSecret, timestamp, request.body);
    return request;
  }
  void ExpectRefused(const ChatRequest& request) {
    EXPECT_EQ(world_.Post(request), 401);
    const Incident after = world_.Load(incident_);
    EXPECT_EQ(after.approval->state, ApprovalState::kPending);
    EXPECT_TRUE(after.approval->grants.empty());
    EXPECT_EQ(world_.Calls("chat.postEphemeral"), 0u);
  }
  void ExpectTaken(const ChatRequest& request) {
    EXPECT_EQ(world_.Post(request), 200);
    EXPECT_EQ(world_.Load(incident_).approval->state, ApprovalState::kGranted);
  }

  SlackWorld world_;
  Incident incident_ = world_.Ask("cart", "100.1");
};

TEST_F(ForgedSignature, NoneIsRefused) { ExpectTaken(GoodClick()); }

TEST_F(ForgedSignature, WrongSecret) {
  ChatRequest request = GoodClick();
  request.signature = SignatureOf("another", request.timestamp, request.body);
  ExpectRefused(request);
}

TEST_F(ForgedSignature, EmptySecretConfigured) {
  ChatRequest request = GoodClick();
  request.signature = SignatureOf("", request.timestamp, request.body);
  std::ofstream(world_.secret_file) << "";
  ExpectRefused(request);
  std::ofstream(world_.secret_file) << "\n";
  ExpectRefused(request);
  Door closed(*world_.desk, "", world_.clock, world_.log);
  EXPECT_EQ(closed.Answer(request).status, 401);
}

TEST_F(ForgedSignature, SignatureOverTheParsedBody) {
  const std::string json =
      world_.Click(incident_, "100.1", "U1", "approve").dump();
  ChatRequest request = world_.Signed(kClick, json);
  request.body = SlackWorld::Form(
      nlohmann::json::parse(json));  // The same, as it travels.
  ExpectRefused(request);
}

TEST_F(ForgedSignature, UppercaseSignature) {
  ChatRequest request = GoodClick();
  std::transform(request.signature.begin(), request.signature.end(),
                 request.signature.begin(), ::toupper);
  ExpectRefused(request);
}

TEST_F(ForgedSignature, ShortSignature) {
  ChatRequest request = GoodClick();
  request.signature.pop_back();
  ExpectRefused(request);
}

TEST_F(ForgedSignature, LongSignature) {
  ChatRequest request = GoodClick();
  request.signature += '0';
  ExpectRefused(request);
}

TEST_F(ForgedSignature, SignatureOfAnotherVersion) {
  ChatRequest request = GoodClick();
  request.signature[1] = '1';
  ExpectRefused(request);
}

TEST_F(ForgedSignature, MissingSignature) {
  ChatRequest request = GoodClick();
  request.signature.clear();
  ExpectRefused(request);
}

TEST_F(ForgedSignature, MissingTimestamp) { ExpectRefused(ClickAt("")); }

TEST_F(ForgedSignature, CommaJoinedSignatures) {
  ChatRequest request = GoodClick();
  request.signature += ", " + request.signature;
  ExpectRefused(request);
}

TEST_F(ForgedSignature, CommaJoinedTimestamps) {
  ExpectRefused(ClickAt(world_.Now() + ", " + world_.Now()));
}

TEST_F(ForgedSignature, TimestampBehindTheWindow) {
  ExpectRefused(ClickAt(world_.Now(-301)));
  ExpectTaken(ClickAt(world_.Now(-300)));
}

TEST_F(ForgedSignature, TimestampBeforeTheWindow) {
  ExpectRefused(ClickAt(world_.Now(301)));
  ExpectTaken(ClickAt(world_.Now(300)));
}

TEST_F(ForgedSignature, NegativeTimestamp) {
  ExpectRefused(ClickAt("-1795608000"));
}

TEST_F(ForgedSignature, ExponentInTheTimestamp) {
  ExpectRefused(ClickAt("1e99"));
  ExpectRefused(ClickAt("1795608e3"));
}

TEST_F(ForgedSignature, TimestampWithOtherCharacters) {
  ExpectRefused(ClickAt(world_.Now() + "x"));
  ExpectRefused(ClickAt(world_.Now() + ".0"));
  ExpectRefused(ClickAt("99999999999999999999999999"));
}

TEST_F(ForgedSignature, TimestampWithLeadingSpace) {
  ExpectRefused(ClickAt(" " + world_.Now()));
}

TEST_F(ForgedSignature, BodyReencodedOnItsWay) {
  nlohmann::json click = world_.Click(incident_, "100.1", "U1", "approve");
  click["note"] = "a b";
  ChatRequest request = world_.Signed(kClick, SlackWorld::Form(click));
  request.body.replace(request.body.find("%20"), 3, "+");
  ExpectRefused(request);
}

TEST(Signature, VectorOfSlack) {
  const std::string secret = "8f742231b10e8888abcd99yyyzzz85a5";
  const std::string body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain="
      "testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
      "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url="
      "https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
      "96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
      "803a0bc887a14d10d2c447fce8b6703c";
  const std::string signature =
      "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
  EXPECT_EQ(SignatureOf(secret, "1531420618", body), signature);
  const Time then{std::chrono::seconds(1531420618)};
  EXPECT_TRUE(Signed(secret, "1531420618", signature, body, then));
  EXPECT_FALSE(Signed("", "1531420618", SignatureOf("", "1531420618", body),
                      body, then));
}

}  // namespace
}  // namespace selfheal::slack
