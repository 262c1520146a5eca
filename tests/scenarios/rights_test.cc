// What `selfheal rbac` grants against what is really called.
#include "execute/rights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <tuple>

#include "sim/scenario/runner.h"
#include "tests/support/paths.h"

namespace selfheal::testing {
namespace {

/// Group, resource (with its subresource), verb.
using Right = std::tuple<std::string, std::string, std::string>;

/// "/apis/apps/v1/namespaces/shop/deployments/cart/scale" -> its parts.
std::vector<std::string> PartsOf(const std::string& path) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : path.substr(0, path.find('?')) + "/") {
    if (c != '/') {
      part += c;
    } else if (!part.empty()) {
      parts.push_back(std::move(part));
      part.clear();
    }
  }
  return parts;
}

Right RightOf(const WireRequest& request) {
  std::vector<std::string> parts = PartsOf(request.path);
  const bool core = parts.at(0) == "api";
  const std::string group = core ? "" : parts.at(1);
  parts.erase(parts.begin(), parts.begin() + (core ? 2 : 3));
  // A namespace is an object itself where nothing follows it.
  if (parts.at(0) == "namespaces" && parts.size() > 2) {
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  std::string resource = parts.at(0);
  if (parts.size() > 2) resource += "/" + parts.at(2);
  std::string verb = parts.size() > 1 ? "get" : "list";
  if (request.method == "DELETE") verb = "delete";
  if (request.method == "PATCH") verb = "patch";
  if (request.method == "PUT") verb = "update";
  if (request.method == "POST") verb = "create";
  return {group, resource, verb};
}

void Add(const std::vector<Grant>& grants, std::set<Right>& rights) {
  for (const Grant& grant : grants) {
    for (const std::string& resource : grant.resources) {
      for (const std::string& verb : grant.verbs) {
        rights.insert({grant.group, resource, verb});
      }
    }
  }
}

std::string Shown(const std::set<Right>& rights) {
  std::string text;
  for (const auto& [group, resource, verb] : rights) {
    text += "\n  " + verb + " " + resource + (group.empty() ? "" : ".") + group;
  }
  return text;
}

std::set<Right> Minus(const std::set<Right>& a, const std::set<Right>& b) {
  std::set<Right> rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

/// Every call of every scenario, by one process.
std::set<Right> Called(std::set<Right>* granted) {
  std::set<Right> called;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourceDir() + "/tests/scenarios")) {
    if (entry.path().extension() != ".yml") continue;
    std::vector<SourceFinding> findings;
    const Scenario scenario = ReadScenario(entry.path(), &findings);
    Pipeline pipeline(scenario.config);
    Tell(scenario, pipeline);
    for (const WireRequest& call : pipeline.cluster.calls()) {
      called.insert(RightOf(call));
    }
    for (const auto& [name, runbook] : pipeline.rules->runbooks) {
      for (const RunbookStep& step : runbook.steps) {
        Add(ActGrants(step.action), *granted);
        Add(ClusterGrantsOf(step.action), *granted);
        Add(NodeGrantsOf(step.action), *granted);
      }
    }
  }
  return called;
}

TEST(Rights, AreThoseThatTheScenariosUse) {
  std::set<Right> acts;
  const std::set<Right> called = Called(&acts);
  std::set<Right> granted = acts;
  Add(ViewGrants(), granted);
  Add(ClusterViewGrants(), granted);
  const std::set<Right> missing = Minus(called, granted);
  EXPECT_TRUE(missing.empty()) << "called, not granted:" << Shown(missing);
  const std::set<Right> unused = Minus(acts, called);
  EXPECT_TRUE(unused.empty()) << "granted, never called:" << Shown(unused);
}

}  // namespace
}  // namespace selfheal::testing
