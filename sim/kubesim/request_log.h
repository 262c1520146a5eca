#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/kubesim/types.h"

namespace kubesim {

/// One mutating request as it came, and what became of it.
struct LoggedRequest {
  int sequence = 0;
  TimePoint at{};  // when it was applied or refused
  std::string method;
  std::string path;
  std::string query;
  std::map<std::string, std::string> headers;
  std::string body;
  int status = 0;        // what the API answered; 0 = never got that far
  bool applied = false;  // reached the API
  bool changed = false;  // changed the state of the cluster
  bool dry_run = false;
  bool answered = true;        // false when a fault swallowed the answer
  std::string version_before;  // of the store
  std::string version_after;   // of the store
  std::string object_version;  // of the object in the answer
};

Json ToJson(const LoggedRequest& request);

/// The requests in the order in which the API took them.
using RequestLog = std::vector<LoggedRequest>;

/// How many of them changed something.
int CountChanges(const RequestLog& log);

}  // namespace kubesim
