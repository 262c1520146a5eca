#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "adapters/http/base64.h"
#include "adapters/kubernetes/access.h"

namespace selfheal::kubernetes {
namespace {

constexpr std::uintmax_t kMaxFile = 1 << 20;

Error Bad(const std::string& what) {
  return Error{Code::kInvalidArgument, "kubeconfig: " + what};
}

/// A named entry with the folder that its relative paths start from.
struct Entry {
  YAML::Node node;
  std::filesystem::path folder;
};

/// The files of one KUBECONFIG, merged: the first that names a thing wins.
struct Merged {
  std::string current_context;
  std::map<std::string, Entry> clusters;
  std::map<std::string, Entry> contexts;
  std::map<std::string, Entry> users;
};

std::string Text(const YAML::Node& node, const char* key) {
  if (!node.IsMap()) return "";
  const YAML::Node value = node[key];
  return value.IsDefined() && value.IsScalar() ? value.Scalar() : "";
}

bool IsTrue(const YAML::Node& node, const char* key) {
  const std::string text = Text(node, key);
  return !text.empty() && text != "false" && text != "null" && text != "~";
}

void MergeList(const YAML::Node& root, const char* list, const char* inner,
               const std::filesystem::path& folder,
               std::map<std::string, Entry>& into) {
  const YAML::Node entries = root[list];
  if (!entries.IsDefined() || !entries.IsSequence()) return;
  for (const YAML::Node& entry : entries) {
    const std::string name = Text(entry, "name");
    if (name.empty() || !entry[inner].IsDefined()) continue;
    into.emplace(name, Entry{entry[inner], folder});
  }
}

Result<void> MergeFile(const std::filesystem::path& path, Merged& merged) {
  std::error_code code;
  if (std::filesystem::file_size(path, code) > kMaxFile || code) {
    return Bad(path.string() + ": not a readable file of at most 1 MiB");
  }
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const YAML::Node root = YAML::Load(text.str());
  if (!root.IsMap()) return Bad(path.string() + ": not a mapping");
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (merged.current_context.empty()) {
    merged.current_context = Text(root, "current-context");
  }
  MergeList(root, "clusters", "cluster", folder, merged.clusters);
  MergeList(root, "contexts", "context", folder, merged.contexts);
  MergeList(root, "users", "user", folder, merged.users);
  return {};
}

/// Inline base 64 wins over a path.
Result<void> FileOrData(const Entry& entry, const std::string& key,
                        std::string& file, std::string& pem) {
  const std::string data = Text(entry.node, (key + "-data").c_str());
  if (!data.empty()) {
    auto decoded = http::Base64Decode(data);
    if (!decoded || decoded->empty()) return Bad(key + "-data: not base 64");
    pem = *std::move(decoded);
    return {};
  }
  const std::string path = Text(entry.node, key.c_str());
  if (!path.empty()) file = (entry.folder / path).string();
  return {};
}

Result<void> ReadCluster(const Entry& entry, Access& access) {
  access.server = Text(entry.node, "server");
  if (access.server.empty()) return Bad("the cluster has no server");
  if (IsTrue(entry.node, "insecure-skip-tls-verify")) {
    return Bad("insecure-skip-tls-verify is refused; give the CA instead");
  }
  if (!Text(entry.node, "proxy-url").empty()) {
    return Bad("proxy-url is not supported");
  }
  access.tls.server_name = Text(entry.node, "tls-server-name");
  return FileOrData(entry, "certificate-authority", access.tls.ca_file,
                    access.tls.ca_pem);
}

Result<ExecSpec> ReadExec(const YAML::Node& node,
                          const std::filesystem::path& folder) {
  ExecSpec spec{.api_version = Text(node, "apiVersion"),
                .command = Text(node, "command"),
                .args = {},
                .env = {}};
  if (spec.command.empty() || spec.api_version.empty()) {
    return Bad("exec needs apiVersion and command");
  }
  if (spec.command.find('/') != std::string::npos) {
    spec.command = (folder / spec.command).string();
  }
  for (const YAML::Node& arg : node["args"]) {
    if (!arg.IsScalar()) return Bad("exec.args: expected strings");
    spec.args.push_back(arg.Scalar());
  }
  for (const YAML::Node& variable : node["env"]) {
    spec.env.emplace_back(Text(variable, "name"), Text(variable, "value"));
  }
  return spec;
}

Result<void> ReadUser(const Entry& entry, Access& access) {
  for (const char* refused : {"auth-provider", "as", "as-uid", "as-groups"}) {
    if (entry.node.IsMap() && entry.node[refused].IsDefined()) {
      return Bad(std::string(refused) + " is not supported");
    }
  }
  access.token = Text(entry.node, "token");
  const std::string file = Text(entry.node, "tokenFile");
  if (!file.empty()) access.token_file = (entry.folder / file).string();
  access.username = Text(entry.node, "username");
  access.password = Text(entry.node, "password");
  auto cert = FileOrData(entry, "client-certificate", access.tls.cert_file,
                         access.tls.cert_pem);
  if (!cert) return cert;
  auto key =
      FileOrData(entry, "client-key", access.tls.key_file, access.tls.key_pem);
  if (!key) return key;
  if (entry.node.IsMap() && entry.node["exec"].IsDefined()) {
    auto exec = ReadExec(entry.node["exec"], entry.folder);
    if (!exec) return exec.error();
    access.exec = *std::move(exec);
  }
  return {};
}

Result<Access> Resolve(const Merged& merged) {
  const auto context = merged.contexts.find(merged.current_context);
  if (context == merged.contexts.end()) {
    return Bad("current-context names no context");
  }
  Access access;
  access.ns = Text(context->second.node, "namespace");
  const auto cluster =
      merged.clusters.find(Text(context->second.node, "cluster"));
  if (cluster == merged.clusters.end()) {
    return Bad("the context names no cluster");
  }
  if (auto read = ReadCluster(cluster->second, access); !read) {
    return read.error();
  }
  const auto user = merged.users.find(Text(context->second.node, "user"));
  if (user == merged.users.end()) return Bad("the context names no user");
  if (auto read = ReadUser(user->second, access); !read) return read.error();
  return access;
}

}  // namespace

Result<Access> LoadKubeconfig(const std::string& paths) {
  try {
    Merged merged;
    bool any = false;
    std::stringstream list(paths);
    std::string path;
    while (std::getline(list, path, ':')) {
      std::error_code code;
      if (path.empty() || !std::filesystem::exists(path, code)) continue;
      if (auto read = MergeFile(path, merged); !read) return read.error();
      any = true;
    }
    if (!any) return Bad(paths + ": no such file");
    return Resolve(merged);
  } catch (const YAML::Exception& e) {
    // The library's text may quote the file, so only the place is told.
    return Bad("not valid YAML at line " + std::to_string(e.mark.line + 1) +
               ", column " + std::to_string(e.mark.column + 1));
  } catch (const std::filesystem::filesystem_error&) {
    return Bad("a path of it cannot be resolved");
  }
}

}  // namespace selfheal::kubernetes
