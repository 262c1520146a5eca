#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "receiver/routes.h"
#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

using nlohmann::json;

const json& Document() {
  static const json document = [] {
    TestServer server;
    RawClient client(server.port());
    client.Send(Request("GET", "/api/openapi.json", TestServer::kViewerToken));
    return json::parse(BodyOf(client.ReadAnswer()));
  }();
  return document;
}

std::string MethodKey(Method method) {
  std::string key(MethodName(method));
  for (char& c : key) c = static_cast<char>(c - 'A' + 'a');
  return key;
}

json SecurityOf(Who who) {
  const json viewer = {{"viewerToken", json::array()}};
  const json admin = {{"adminToken", json::array()}};
  switch (who) {
    case Who::kAnyone:
      return json::array();
    case Who::kWebhook:
      return json::array({{{"webhookToken", json::array()}}});
    case Who::kViewer:
      return json::array({viewer, admin});
    case Who::kAdmin:
      return json::array({admin});
    case Who::kSlack:
      return json::array({{{"slackSignature", json::array()}}});
    case Who::kPage:
      return json::array({viewer, admin, json::object()});
  }
  return nullptr;
}

/// The words in backquotes.
std::set<std::string> Quoted(std::string_view text) {
  std::set<std::string> words;
  for (std::size_t i = text.find('`'); i != text.npos;) {
    const std::size_t end = text.find('`', i + 1);
    words.insert(std::string(text.substr(i + 1, end - i - 1)));
    i = text.find('`', end + 1);
  }
  return words;
}

std::set<std::string> ParametersIn(const json& operation,
                                   const std::string& place) {
  std::set<std::string> names;
  for (const json& one : operation.value("parameters", json::array())) {
    if (one.at("in") == place) names.insert(one.at("name"));
  }
  return names;
}

TEST(OpenApi, HasEveryRouteAndNoOther) {
  EXPECT_EQ(Document().at("openapi"), "3.1.0");
  std::set<std::string> documented;
  for (const auto& [path, operations] : Document().at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      documented.insert(method + " " + path);
    }
  }
  std::set<std::string> served;
  for (const Route& route : Routes()) {
    served.insert(MethodKey(route.method) + " " + std::string(route.pattern));
  }
  EXPECT_EQ(documented, served);
}

TEST(OpenApi, SaysWhoMayAndWhatIsAnswered) {
  for (const Route& route : Routes()) {
    const json& operation =
        Document().at("paths").at(route.pattern).at(MethodKey(route.method));
    SCOPED_TRACE(operation.at("operationId"));
    EXPECT_EQ(operation.at("security"), SecurityOf(route.who));
    const json& answers = operation.at("responses");
    const bool closed = route.who != Who::kAnyone;
    const bool tagged = closed && route.method == Method::kGet;
    EXPECT_TRUE(answers.contains("200"));
    EXPECT_EQ(answers.contains("401"), closed);
    EXPECT_EQ(answers.contains("403"), closed && route.who != Who::kSlack);
    EXPECT_EQ(answers.contains("304"), tagged);
    EXPECT_EQ(answers.at("200").contains("headers"), tagged);
    EXPECT_EQ(ParametersIn(operation, "header").count("If-None-Match"),
              tagged ? 1u : 0u);
    EXPECT_EQ(operation.contains("requestBody"),
              route.method == Method::kPost && route.pattern != "/-/reload");
  }
}

TEST(OpenApi, NamesTheParametersOfTheTable) {
  for (const Route& route : Routes()) {
    const json& operation =
        Document().at("paths").at(route.pattern).at(MethodKey(route.method));
    std::set<std::string> in_path;
    if (const auto open = route.pattern.find('{'); open != std::string::npos) {
      in_path.emplace(
          route.pattern.substr(open + 1, route.pattern.find('}') - open - 1));
    }
    EXPECT_EQ(ParametersIn(operation, "path"), in_path) << route.pattern;
    const bool list = route.sentence.find("newest first") != std::string::npos;
    EXPECT_EQ(ParametersIn(operation, "query"),
              list ? Quoted(route.sentence) : std::set<std::string>())
        << route.pattern;
  }
}

/// Every "$ref" below `value`.
void CollectRefs(const json& value, std::set<std::string>& refs) {
  if (value.is_object() && value.contains("$ref")) {
    refs.insert(value.at("$ref").get<std::string>());
  }
  if (!value.is_structured()) return;
  for (const json& each : value) CollectRefs(each, refs);
}

TEST(OpenApi, RefersToWhatIsThereAndToAllOfIt) {
  std::set<std::string> refs;
  CollectRefs(Document(), refs);
  std::set<std::string> parts;
  for (const char* kind : {"schemas", "responses"}) {
    for (const auto& [name, part] :
         Document().at("components").at(kind).items()) {
      parts.insert("#/components/" + std::string(kind) + "/" + name);
    }
  }
  EXPECT_EQ(refs, parts);
}

TEST(OpenApi, EnumsAreTheProductsOwn) {
  const json& schemas = Document().at("components").at("schemas");
  for (const json& word : schemas.at("Phase").at("enum")) {
    EXPECT_TRUE(ParsePhase(word.get<std::string>()).has_value()) << word;
  }
  EXPECT_EQ(schemas.at("Phase").at("enum").size(), 8u);
  for (const json& word : schemas.at("IncidentType").at("enum")) {
    EXPECT_TRUE(ParseIncidentType(word.get<std::string>()).has_value()) << word;
  }
  EXPECT_EQ(schemas.at("IncidentType").at("enum").size(), 10u);
  EXPECT_EQ(schemas.at("Action").at("enum").size(), kActionKinds);
}

}  // namespace
}  // namespace selfheal::testing
