#pragma once

#include <map>
#include <string>

#include "sim/kubesim/types.h"

namespace kubesim {

/// What a call of the test client came back with; `code` 0 = no answer.
struct Answered {
  int code = 0;
  std::string text;
  std::string content_type;
  std::map<std::string, std::string> headers;
  Json body;  // null when the text is no JSON

  std::string Reason() const;
};

inline constexpr char kMerge[] = "application/merge-patch+json";
inline constexpr char kStrategic[] = "application/strategic-merge-patch+json";
inline constexpr char kJsonPatch[] = "application/json-patch+json";

/// A small client of the Kubernetes API for tests, without any retry.
class Client {
 public:
  /// `url` is http or https; certificates are not checked.
  Client(std::string url, std::string token);

  Answered Get(const std::string& path) const;
  Answered Post(const std::string& path, const Json& body) const;
  Answered Put(const std::string& path, const Json& body) const;
  Answered Patch(const std::string& path, const Json& body,
                 const std::string& type = kMerge) const;
  Answered Delete(const std::string& path, const Json& options = nullptr) const;
  Answered Send(const std::string& method, const std::string& path,
                const std::string& body, const std::string& type) const;

 private:
  std::string url_;
  std::string token_;
};

}  // namespace kubesim
