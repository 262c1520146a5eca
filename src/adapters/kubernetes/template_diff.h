#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace selfheal::kubernetes {

/// Dotted paths of the fields in which two pod templates differ, sorted, at
/// most 20: "spec.template.spec.containers[0].image".
///
/// The label pod-template-hash, which differs always, is left out.
std::vector<std::string> TemplateDiff(const nlohmann::json& before,
                                      const nlohmann::json& after);

}  // namespace selfheal::kubernetes
