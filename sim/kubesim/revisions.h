#pragma once

#include <string>

#include "sim/kubesim/workloads.h"

namespace kubesim {

/// The name of the ControllerRevision that holds `owner`'s present template;
/// makes it, or gives it the newest number again, when needed.
std::string EnsureRevision(Store& store, const Json& owner);

/// The template that revision `name` holds; null when it is gone.
Json TemplateOfRevision(const Store& store, const Json& owner,
                        const std::string& name);

}  // namespace kubesim
