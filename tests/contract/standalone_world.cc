#include "tests/contract/standalone_world.h"

#include <thread>

namespace selfheal::testing {
namespace {

/// As much of the real one's as we read and write.
Json Definition(const CustomKind& kind) {
  const Json open = {{"type", "object"},
                     {"x-kubernetes-preserve-unknown-fields", true}};
  std::string singular = kind.kind;
  singular[0] = static_cast<char>(singular[0] | 0x20);
  Json subresources = {{"status", Json::object()}};
  if (kind.scales) {
    subresources["scale"] = {{"specReplicasPath", ".spec.replicas"},
                             {"statusReplicasPath", ".status.replicas"},
                             {"labelSelectorPath", ".status.selector"}};
  }
  return {{"apiVersion", "apiextensions.k8s.io/v1"},
          {"kind", "CustomResourceDefinition"},
          {"metadata", {{"name", kind.plural + "." + kind.group}}},
          {"spec",
           {{"group", kind.group},
            {"scope", "Namespaced"},
            {"names",
             {{"plural", kind.plural},
              {"singular", singular},
              {"kind", kind.kind},
              {"listKind", kind.kind + "List"}}},
            {"versions",
             {{{"name", kind.version},
               {"served", true},
               {"storage", true},
               {"subresources", subresources},
               {"schema",
                {{"openAPIV3Schema",
                  {{"type", "object"},
                   {"properties", {{"spec", open}, {"status", open}}}}}}}}}}}}};
}

}  // namespace

void Teach(const Client& raw, const CustomKind& kind) {
  const std::string list = "/apis/" + kind.group + "/" + kind.version +
                           "/namespaces/standalone/" + kind.plural;
  if (raw.Get(list).code == 200) return;
  raw.Post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
           Definition(kind));
  for (int i = 0; i < 200 && raw.Get(list).code != 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace selfheal::testing
