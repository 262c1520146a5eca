#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/kubesim/client.h"
#include "sim/kubesim/simulator.h"

namespace kubesim {

inline constexpr char kDeployments[] =
    "/apis/apps/v1/namespaces/shop/deployments";
inline constexpr char kPods[] = "/api/v1/namespaces/shop/pods";

/// A Deployment of one container with limits of 128Mi and half a core.
inline Json DeploymentOf(const std::string& name, int replicas,
                         const Json& annotations = Json::object()) {
  const Json resources = {{"limits", {{"memory", "128Mi"}, {"cpu", "500m"}}}};
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", name}, {"namespace", "shop"}}},
          {"spec",
           {{"replicas", replicas},
            {"selector", {{"matchLabels", {{"app", name}}}}},
            {"template",
             {{"metadata",
               {{"labels", {{"app", name}}}, {"annotations", annotations}}},
              {"spec",
               {{"containers",
                 {{{"name", "app"},
                   {"image", "app:1"},
                   {"resources", resources}}}}}}}}}}};
}

/// A simulator on a clock that stands still, with the namespace `shop`.
class SimulatorTest : public ::testing::Test {
 protected:
  SimulatorTest() : simulator_({.token = "t", .real_time = false}) {
    simulator_.Apply({{"apiVersion", "v1"},
                      {"kind", "Namespace"},
                      {"metadata", {{"name", "shop"}}}});
    simulator_.Start();
    client_ = std::make_unique<Client>(simulator_.url(), "t");
  }

  void Seconds(double seconds) { simulator_.Advance(FromSeconds(seconds)); }

  Json Deployment(const std::string& name) {
    return simulator_.Get("deployments", "shop", name);
  }

  /// The sample of the first series of `family` that contains `label`.
  double Sample(const std::string& family, const std::string& label) {
    const std::string text = simulator_.Metrics();
    std::size_t at = 0;
    while ((at = text.find("\n" + family + "{", at)) != std::string::npos) {
      const std::size_t end = text.find('\n', at + 1);
      const std::string line = text.substr(at + 1, end - at - 1);
      if (line.find(label) != std::string::npos) {
        return std::stod(line.substr(line.rfind(' ') + 1));
      }
      at = end;
    }
    return -1;
  }

  Simulator simulator_;
  std::unique_ptr<Client> client_;
};

}  // namespace kubesim
