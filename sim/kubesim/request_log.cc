#include "sim/kubesim/request_log.h"

#include <algorithm>

namespace kubesim {

Json ToJson(const LoggedRequest& request) {
  return {{"seq", request.sequence},
          {"at", FormatTime(request.at)},
          {"at_unix", UnixSeconds(request.at)},
          {"method", request.method},
          {"path", request.path},
          {"query", request.query},
          {"headers", request.headers},
          {"body", request.body},
          {"status", request.status},
          {"applied", request.applied},
          {"changed", request.changed},
          {"dry_run", request.dry_run},
          {"answered", request.answered},
          {"version_before", request.version_before},
          {"version_after", request.version_after},
          {"object_version", request.object_version}};
}

int CountChanges(const RequestLog& log) {
  return static_cast<int>(
      std::count_if(log.begin(), log.end(),
                    [](const LoggedRequest& each) { return each.changed; }));
}

}  // namespace kubesim
