#include "correlate/pod_suffix.h"

namespace selfheal {

bool IsPodSuffix(ObjectKind maker, std::string_view suffix) {
  if (maker == ObjectKind::kStatefulSet) {
    return !suffix.empty() &&
           suffix.find_first_not_of("0123456789") == std::string_view::npos;
  }
  return suffix.size() == 5 &&
         suffix.find_first_not_of("bcdfghjklmnpqrstvwxz2456789") ==
             std::string_view::npos;
}

}  // namespace selfheal
