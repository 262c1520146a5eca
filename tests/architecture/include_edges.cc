#include "architecture/include_edges.h"

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <utility>

namespace selfheal::architecture {
namespace {

const std::set<std::string> kStages = {"intake",  "correlate", "collect",
                                       "assess",  "plan",      "guard",
                                       "execute", "verify",    "record"};

// Beginning of an include -> library. What is not here and not of the
// standard library or the operating system is reported as unknown.
const std::vector<std::pair<std::string, std::string>> kLibraries = {
    {"httplib.h", "cpp-httplib"},
    {"openssl/", "OpenSSL"},
    {"nlohmann/", "nlohmann/json"},
    {"CLI/", "CLI11"},
    {"curl/", "libcurl"},
    {"yaml-cpp/", "yaml-cpp"},
    {"re2/", "re2"},
    {"sqlite3.h", "SQLite"},
    {"zlib.h", "zlib"},
    {"prometheus/", "prometheus-cpp"},
    {"spdlog/", "spdlog"},
    {"fmt/", "fmt"},
    {"Eigen/", "Eigen"}};

const std::set<std::string> kSystemHeaders = {
    "unistd.h",  "fcntl.h", "poll.h",  "signal.h",    "time.h",   "netdb.h",
    "pthread.h", "errno.h", "sched.h", "immintrin.h", "cpuid.h",  "spawn.h",
    "dirent.h",  "glob.h",  "pwd.h",   "malloc.h",    "stdlib.h", "string.h"};

// What a folder's headers and sources may use of third-party libraries.
struct Libraries {
  std::set<std::string> anywhere;
  std::set<std::string> in_sources;
};

const std::map<std::string, Libraries> kAllowedLibraries = {
    {"assess", {{"Eigen"}, {}}},
    {"intake", {{}, {"nlohmann/json"}}},
    {"codec", {{"nlohmann/json"}, {}}},
    {"receiver", {{}, {"cpp-httplib", "CLI11", "OpenSSL", "nlohmann/json"}}}};

bool IsAdapter(const std::string& folder) {
  return folder.starts_with("adapters/");
}

bool IsSource(const std::string& path) { return path.ends_with(".cc"); }

bool LibraryAllowed(const std::string& path, const std::string& library) {
  const std::string folder = FolderOf(path);
  if (IsAdapter(folder)) return true;
  const auto found = kAllowedLibraries.find(folder);
  if (found == kAllowedLibraries.end()) return false;
  return found->second.anywhere.contains(library) ||
         (IsSource(path) && found->second.in_sources.contains(library));
}

bool StageAllowed(const std::string& from, const std::string& to) {
  return to == from || to == "core" || to == "config";
}

bool AdapterAllowed(const std::string& from, const std::string& to,
                    const std::string& header,
                    const std::set<std::string>& ports) {
  if (to == from || to == "core" || to == "config" || to == "codec") {
    return true;
  }
  // Two leaves that the others stand on.
  if (to == "adapters/http" || to == "adapters/crypto") {
    return from != "adapters/http" && from != "adapters/crypto";
  }
  return ports.contains(header);
}

bool EdgeAllowed(const std::string& from, const std::string& to,
                 const std::string& header,
                 const std::set<std::string>& ports) {
  if (from == to) return true;
  if (from == "core") return false;
  if (from == "config" || from == "codec") return to == "core";
  if (kStages.contains(from)) return StageAllowed(from, to);
  if (from == "flow") {
    return to == "core" || to == "config" || kStages.contains(to);
  }
  if (IsAdapter(from)) return AdapterAllowed(from, to, header, ports);
  if (from == "app") return to != "receiver";
  static const std::set<std::string> kReceiverMay = {"app",  "intake", "record",
                                                     "core", "config", "codec"};
  return from == "receiver" && kReceiverMay.contains(to);
}

std::string Check(const std::string& path, bool angle,
                  const std::string& include,
                  const std::set<std::string>& ports) {
  const std::string from = FolderOf(path);
  if (angle) {
    const std::string library = LibraryOf(include);
    if (library.empty() || LibraryAllowed(path, library)) return "";
    return from + (IsSource(path) ? "" : " headers") + " may not include " +
           library + " <" + include + ">";
  }
  const std::string full =
      include.starts_with("receiver/") ? include : "src/" + include;
  const std::string to = FolderOf(full);
  if (to.empty()) return "\"" + include + "\" is in no folder of the product";
  if (EdgeAllowed(from, to, include, ports)) return "";
  return from + " may not include " + to + " (\"" + include + "\")";
}

}  // namespace

std::string FolderOf(const std::string& path) {
  if (path.starts_with("receiver/")) return "receiver";
  if (!path.starts_with("src/")) return "";
  const std::string rest = path.substr(4);
  const std::size_t slash = rest.find('/');
  if (slash == std::string::npos) return "";
  std::string folder = rest.substr(0, slash);
  if (folder == "adapters") {
    const std::size_t next = rest.find('/', slash + 1);
    folder = next == std::string::npos ? "" : rest.substr(0, next);
  }
  static const std::set<std::string> kOthers = {"core", "config", "codec",
                                                "flow", "app"};
  const bool known =
      IsAdapter(folder) || kStages.contains(folder) || kOthers.contains(folder);
  return known ? folder : "";
}

std::string LibraryOf(const std::string& include) {
  for (const auto& [start, library] : kLibraries) {
    if (include.starts_with(start)) return library;
  }
  static constexpr std::array kSystemFolders = {"sys/", "netinet/", "arpa/",
                                                "net/", "linux/"};
  const bool system =
      std::any_of(kSystemFolders.begin(), kSystemFolders.end(),
                  [&](const char* f) { return include.starts_with(f); });
  if (system || kSystemHeaders.contains(include)) return "";
  const bool standard = include.find_first_of("./") == std::string::npos;
  return standard ? "" : "an unknown library";
}

std::vector<std::string> ForbiddenIncludes(const std::vector<SourceFile>& files,
                                           const std::set<std::string>& ports) {
  static const std::regex kInclude(
      R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::vector<std::string> findings;
  for (const SourceFile& file : files) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(file.lines[i], match, kInclude)) continue;
      const std::string reason =
          Check(file.path, match[1] == "<", match[2], ports);
      if (reason.empty()) continue;
      findings.push_back(file.path + ":" + std::to_string(i + 1) + ": " +
                         reason);
    }
  }
  return findings;
}

std::set<std::string> PortHeaders(const std::vector<SourceFile>& files) {
  static const std::regex kPure(R"(=\s*0\s*;)");
  static const std::regex kVirtual(R"(\bvirtual\b)");
  std::set<std::string> ports;
  for (const SourceFile& file : files) {
    const std::string folder = FolderOf(file.path);
    if (!kStages.contains(folder) && folder != "flow") continue;
    const std::string text = file.Text();
    if (std::regex_search(text, kVirtual) && std::regex_search(text, kPure)) {
      ports.insert(file.path.substr(4));
    }
  }
  return ports;
}

}  // namespace selfheal::architecture
