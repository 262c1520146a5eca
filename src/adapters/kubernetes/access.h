#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/http/client.h"
#include "core/clock.h"
#include "core/result.h"

namespace selfheal::kubernetes {

/// A program that hands out credentials (`users[].user.exec`).
struct ExecSpec {
  std::string api_version;
  std::string command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
};

/// How one API server is reached and how we prove ourselves to it.
struct Access {
  std::string server = {};
  http::TlsOptions tls = {};  ///< CA and, where configured, client certificate.
  std::string ns = {};        ///< Of the context or service account, or "".
  std::string token = {};
  std::string token_file = {};  ///< Wins over `token`; re-read as it rotates.
  std::string username = {};
  std::string password = {};
  std::optional<ExecSpec> exec = {};
};

/// Reads the current context of a kubeconfig, in YAML or JSON.
///
/// @param paths  one path, or several with ':' between: the first that names
///        a thing wins, missing files are skipped unless all are missing.
/// @error kInvalidArgument  unreadable, no such context, cluster or user, or
///        something that we refuse: insecure-skip-tls-verify, a proxy, an
///        auth-provider, impersonation. Never repeats a secret.
Result<Access> LoadKubeconfig(const std::string& paths);

/// The service account of this pod.
///
/// @param folder  where token, ca.crt and namespace are mounted.
/// @error kInvalidArgument  not in a pod: a variable or a file is missing.
Result<Access> InClusterAccess(
    const std::string& folder =
        "/var/run/secrets/kubernetes.io/serviceaccount");

/// The configured kubeconfig, else in-cluster, else ~/.kube/config.
Result<Access> FindAccess(const std::string& kubeconfig);

/// What an exec plugin gave.
struct ExecCredential {
  std::string token;
  std::string cert_pem;  ///< Set together with key_pem, or both empty.
  std::string key_pem;
  std::optional<Time> expires_at;
};

/// Runs an exec plugin without a shell and reads its ExecCredential.
///
/// @param timeout  the program is killed after it.
/// @error kUnauthenticated  it failed, took too long, or wrote nonsense. The
///        message never repeats its output.
Result<ExecCredential> RunExecPlugin(const ExecSpec& spec, Duration timeout);

}  // namespace selfheal::kubernetes
