#include "core/right.h"

namespace selfheal {

std::string ToString(const Right& right) {
  std::string text = right.verb + " " + right.resource;
  if (!right.group.empty()) text += "." + right.group;
  if (!right.subresource.empty()) text += "/" + right.subresource;
  if (!right.name.empty()) text += " " + right.name;
  return text + (right.ns.empty() ? " everywhere" : " in " + right.ns);
}

}  // namespace selfheal
