#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

constexpr std::string_view kMethods[] = {"GET",   "HEAD",   "POST",    "PUT",
                                         "PATCH", "DELETE", "OPTIONS", "TRACE"};

struct Caller {
  std::string token;
  bool known;
  bool webhook;
  bool viewer;
  bool admin;
};

std::vector<Caller> Callers() {
  std::vector<Caller> callers = {
      {"", false, false, false, false},
      {"unknown", false, false, false, false},
      {std::string(TestServer::kWebhookToken), true, true, false, false},
      {std::string(TestServer::kViewerToken), true, false, true, false},
      {std::string(TestServer::kAdminToken), true, false, false, true},
      {"bob-t0ken", true, false, false, true},
  };
  for (const std::string_view token :
       {TestServer::kWebhookToken, TestServer::kViewerToken,
        TestServer::kAdminToken}) {
    std::string changed(token);
    changed.back() ^= 1;
    callers.push_back({changed, false, false, false, false});
    callers.push_back({std::string(token.substr(0, token.size() - 1)), false,
                       false, false, false});
    callers.push_back({std::string(token) + "x", false, false, false, false});
  }
  return callers;
}

/// The routes of the documentation, written down once more.
struct Row {
  std::string path;
  std::string methods;
  std::string who;
};

const std::vector<Row>& Table() {
  static const std::vector<Row> table = {
      {"/api/v1/alerts", "GET", "viewer"},
      {"/api/v1/alerts", "POST", "webhook"},
      {"/api/v1/incidents", "GET", "viewer"},
      {"/api/v1/incidents/01J", "GET", "viewer"},
      {"/api/v1/incidents/01J/timeline", "GET", "viewer"},
      {"/api/v1/incidents/01J/evidence", "GET", "viewer"},
      {"/api/v1/incidents/01J/approve", "POST", "admin"},
      {"/api/v1/incidents/01J/deny", "POST", "admin"},
      {"/api/v1/kill-switch", "GET", "admin"},
      {"/api/v1/kill-switch", "POST", "admin"},
      {"/api/v1/breakers", "GET", "viewer"},
      {"/api/v1/breakers/global", "POST", "admin"},
      {"/api/v1/config", "GET", "viewer"},
      {"/api/v1/rules", "GET", "viewer"},
      {"/api/v1/runbooks", "GET", "viewer"},
      {"/api/v1/me", "GET", "page"},
      {"/", "GET", "page"},
      {"/docs", "GET", "page"},
      {"/api/openapi.json", "GET", "page"},
      {"/web/page.js", "GET", "page"},
      {"/web/page.css", "GET", "page"},
      {"/web/icon.svg", "GET", "page"},
      {"/slack/interactions", "POST", "slack"},
      {"/slack/events", "POST", "slack"},
      {"/-/reload", "POST", "admin"},
      {"/-/healthy", "GET", "anyone"},
      {"/-/ready", "GET", "anyone"},
      {"/metrics", "GET", "anyone"},
  };
  return table;
}

int Expected(const std::string& path, std::string_view method,
             const Caller& caller) {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  bool known_path = false;
  for (const Row& row : Table()) {
    if (row.path != path) continue;
    known_path = true;
    if (row.methods != wanted) continue;
    if (row.who == "slack") return 401;  // No token stands for a signature.
    const bool allowed = row.who == "anyone" ||
                         (row.who == "webhook" && caller.webhook) ||
                         ((row.who == "viewer" || row.who == "page") &&
                          (caller.viewer || caller.admin)) ||
                         (row.who == "admin" && caller.admin);
    if (allowed) return 200;
    return caller.known ? 403 : 401;
  }
  return known_path ? 405 : 404;
}

std::string BodyFor(const std::string& path) {
  if (path == "/api/v1/alerts") return Payload(1);
  if (path == "/api/v1/kill-switch") return R"({"on":true,"reason":"drill"})";
  if (path.starts_with("/api/v1/breakers/")) {
    return R"({"open":false,"reason":"looked at it"})";
  }
  return R"({"plan_hash":"good"})";
}

int Ask(TestServer& server, std::string_view method, const std::string& path,
        const std::string& token) {
  RawClient client(server.port());
  const bool body = method == "POST";
  client.Send(Request(method, path, token, body ? BodyFor(path) : "",
                      "Connection: close\r\n"));
  return StatusOf(client.ReadAll());
}

TEST(Authz, EveryCellOfTheMatrix) {
  TestServer server;
  std::vector<std::string> paths = {
      "/healthz", "/api/v1",     "/metrics/", "//metrics", "/%6detrics",
      "/docs/",   "/web/a/b.js", "/web/.js",  "/web/",     "/slack"};
  for (const Row& row : Table()) {
    if (std::find(paths.begin(), paths.end(), row.path) == paths.end()) {
      paths.push_back(row.path);
    }
  }
  int cells = 0;
  for (const std::string& path : paths) {
    for (const std::string_view method : kMethods) {
      for (const Caller& caller : Callers()) {
        EXPECT_EQ(Ask(server, method, path, caller.token),
                  Expected(path, method, caller))
            << method << " " << path << " as '" << caller.token << "'";
        ++cells;
      }
    }
  }
  EXPECT_GE(cells, 2000);
}

TEST(Authz, PublicPagesNeedNoTokenAndTheirDataStillDoes) {
  TestServer::Options options;
  options.public_pages = true;
  TestServer server(std::move(options));
  for (const Row& row : Table()) {
    if (row.methods != "GET" || row.who == "anyone") continue;
    EXPECT_EQ(Ask(server, "GET", row.path, ""), row.who == "page" ? 200 : 401)
        << row.path;
  }
}

TEST(Authz, TheTableIsTheWholeTable) {
  EXPECT_EQ(Routes().size(), Table().size());
  const std::string text = RouteTable();
  for (const Route& route : Routes()) {
    EXPECT_NE(text.find(route.sentence), std::string::npos);
  }
}

TEST(Authz, NoAdminTokenConfiguredMeans401) {
  TestServer::Options options;
  options.admin_file = false;
  options.viewer_file = false;
  TestServer server(std::move(options));
  EXPECT_EQ(Ask(server, "POST", "/-/reload", "alice-t0ken"), 401);
  EXPECT_EQ(Ask(server, "GET", "/api/v1/incidents", ""), 401);
  EXPECT_EQ(
      Ask(server, "POST", "/-/reload", std::string(TestServer::kWebhookToken)),
      403);
}

TEST(Authz, InsecureDevMakesEverybodyAdminOnLoopbackNames) {
  TestServer::Options options;
  options.mode = AuthMode::kInsecureDev;
  TestServer server(std::move(options));
  EXPECT_EQ(Ask(server, "POST", "/-/reload", ""), 200);
  EXPECT_EQ(Ask(server, "POST", "/api/v1/alerts", ""), 200);
  EXPECT_EQ(Ask(server, "GET", "/api/v1/config", "whatever"), 200);
  const auto with = [&](const std::string& fields) {
    RawClient client(server.port());
    client.Send("GET /api/v1/config HTTP/1.1\r\n" + fields + "\r\n");
    return StatusOf(client.ReadAnswer());
  };
  EXPECT_EQ(with("Host: 127.0.0.1:8000\r\n"), 200);
  EXPECT_EQ(with("Host: [::1]:8000\r\n"), 200);
  EXPECT_EQ(with("Host: evil.example\r\n"), 421);
  EXPECT_EQ(with("Host: localhost.evil.example\r\n"), 421);
  EXPECT_EQ(with("Host: 127.evil.example:8000\r\n"), 421);
  EXPECT_EQ(with("Host: 127.0.0.1.evil.example\r\n"), 421);
  EXPECT_EQ(with("Host: 127.0.0.1:8000\r\n"), 200);
  EXPECT_EQ(with("Host: localhost\r\nOrigin: http://localhost:8000\r\n"), 200);
  EXPECT_EQ(
      with("Host: localhost\r\nOrigin: http://127.0.0.1.evil.example\r\n"),
      403);
  EXPECT_EQ(with("Host: localhost\r\nOrigin: http://evil.example\r\n"), 403);
  EXPECT_EQ(with("Host: localhost\r\nOrigin: null\r\n"), 403);
}

TEST(Authz, The401SaysHow) {
  TestServer server;
  RawClient client(server.port());
  client.Send(Request("GET", "/api/v1/config", ""));
  const std::string answer = client.ReadAll();
  EXPECT_TRUE(HasField(answer, "WWW-Authenticate: Bearer realm=\"selfheal\""));
  EXPECT_TRUE(HasField(answer, "Content-Type: application/problem+json"));
}

TEST(Authz, The405SaysWhatIsAllowed) {
  TestServer server;
  RawClient client(server.port());
  client.Send(Request("DELETE", "/api/v1/alerts", ""));
  EXPECT_TRUE(HasField(client.ReadAll(), "Allow: POST, GET, HEAD"));
}

TEST(Authz, AnUnauthorisedBodyIsNotRead) {
  TestServer server;
  RawClient client(server.port());
  client.Send(
      "POST /api/v1/alerts HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 10000000\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadAll()), 401);
}

TEST(Authz, SchemesOtherThanBearerAreUnknown) {
  TestServer server;
  for (const char* value : {"Basic webhook-t0ken", "webhook-t0ken", "Bearer",
                            "Bearer ", "Bearer  ", "Bearerwebhook-t0ken"}) {
    RawClient client(server.port());
    client.Send(Request("POST", "/api/v1/alerts", "", Payload(1),
                        std::string("Authorization: ") + value + "\r\n"));
    EXPECT_EQ(StatusOf(client.ReadAll()), 401) << value;
  }
  RawClient client(server.port());
  client.Send(Request("POST", "/api/v1/alerts", "", Payload(1),
                      "authorization: bEARER webhook-t0ken\r\n"));
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
}

TEST(Authz, MetricsMayHaveAPortOfTheirOwn) {
  TestServer::Options main;
  main.surface = Surface::kWithoutMetrics;
  TestServer without(std::move(main));
  EXPECT_EQ(Ask(without, "GET", "/metrics", ""), 404);
  EXPECT_EQ(Ask(without, "GET", "/-/healthy", ""), 200);
  TestServer::Options own;
  own.surface = Surface::kMetricsOnly;
  TestServer only(std::move(own));
  EXPECT_EQ(Ask(only, "GET", "/metrics", ""), 200);
  EXPECT_EQ(Ask(only, "GET", "/-/ready", ""), 200);
  EXPECT_EQ(Ask(only, "POST", "/api/v1/alerts",
                std::string(TestServer::kWebhookToken)),
            404);
}

}  // namespace
}  // namespace selfheal::testing
