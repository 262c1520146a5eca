#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "sim/kubesim/client.h"

namespace selfheal::testing {

using kubesim::Answered;
using kubesim::Client;
using kubesim::Json;

/// What one check works with: an API server whose controllers stand still,
/// and a namespace of its own that exists already.
struct ContractScene {
  const Client& api;
  std::string name_space;

  std::string Path(const std::string& plural, const std::string& name) const;
  /// Creates a Deployment of the name and returns it as stored.
  Json MakeDeployment(const std::string& name) const;
  /// Creates a pod that is bound to a node and, by its status, runs and is
  /// ready; returns it as stored.
  Json MakeRunningPod(const std::string& name, const Json& labels) const;
};

struct ContractCheck {
  std::string name;
  std::function<void(const ContractScene&)> run;
};

inline void PrintTo(const ContractCheck& check, std::ostream* out) {
  *out << check.name;
}

/// The checks of each part of the contract; every one asserts with EXPECT.
std::vector<ContractCheck> ObjectChecks();
std::vector<ContractCheck> PatchChecks();
std::vector<ContractCheck> TemplateChecks();
std::vector<ContractCheck> PodChecks();
std::vector<ContractCheck> ListChecks();
std::vector<ContractCheck> NodeChecks();

/// A Deployment with one container.
Json ContractDeployment(const std::string& name);

/// The names of the items of a list, in order.
std::vector<std::string> NamesOf(const Answered& list);

std::string Meta(const Json& object, const char* field);
std::int64_t Generation(const Json& object);

/// Expects a Status body with this code and reason.
void ExpectStatus(const Answered& answer, int code, const std::string& reason);

}  // namespace selfheal::testing
