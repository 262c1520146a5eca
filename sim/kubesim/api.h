#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/kubesim/store.h"

namespace kubesim {

struct ApiRequest {
  std::string method;
  std::string path;  // without the query, decoded
  std::multimap<std::string, std::string> query;
  std::string content_type;
  std::string body;

  std::string Query(const std::string& name) const;
};

struct ApiResponse {
  int code = 200;
  std::string body;
  std::string content_type = "application/json";
  std::map<std::string, std::string> headers;
};

/// The Kubernetes API as a function from requests to responses over a store.
///
/// Not thread-safe; the simulator's lock surrounds every call.
class Api {
 public:
  explicit Api(Store* store) : store_(store) {}

  ApiResponse Handle(const ApiRequest& request);

  /// From now on `verb resource` (as in RBAC: "patch deployments",
  /// "create pods/eviction") answers 403, and access reviews say no.
  void Deny(const std::string& verb_and_resource) {
    denied_.insert(verb_and_resource);
  }
  void AllowAll() { denied_.clear(); }

  /// From now on the kinds of `group` are not there, as without its CRDs.
  void Lack(const std::string& group) { lacking_.insert(group); }

 private:
  ApiResponse Dispatch(const ApiRequest& request);
  ApiResponse Discover(const ApiRequest& request) const;
  ApiResponse ReviewAccess(const ApiRequest& request) const;
  ApiResponse HandleObject(const ApiRequest& request, const ResourcePath& path);
  ApiResponse HandleScale(const ApiRequest& request, const ResourcePath& path);
  ApiResponse Evict(const ApiRequest& request, const ResourcePath& path);
  ApiResponse ListObjects(const ApiRequest& request,
                          const ResourcePath& path) const;
  ApiResponse CreateObject(const ApiRequest& request, const ResourcePath& path);
  ApiResponse WriteObject(const ApiRequest& request, const ResourcePath& path);
  ApiResponse DeleteObject(const ApiRequest& request, const ResourcePath& path);
  void CheckAllowed(const ApiRequest& request, const ResourcePath& path) const;

  Store* store_;
  std::set<std::string> denied_;
  std::set<std::string> lacking_;
};

/// True when the request asks for a dry run; 422 for an unknown value.
bool WantsDryRun(const ApiRequest& request, const Json& options);

/// Parses a JSON object body; 400 when it is none.
Json ParseBody(const std::string& body, const std::string& kind);

ApiResponse Answer(int code, const Json& body);

}  // namespace kubesim
