#include "guard/guard_input.h"

namespace selfheal::guard {

GuardPolicy PolicyOf(const Config& config, std::string own_namespace,
                     std::string own_pod) {
  return {.guards = config.guards,
          .namespaces = config.kubernetes.namespaces,
          .enabled = config.enabled,
          .dry_run = config.dry_run,
          .own_namespace = std::move(own_namespace),
          .own_pod = std::move(own_pod)};
}

}  // namespace selfheal::guard
