#include "architecture/include_edges.h"

#include <algorithm>
#include <array>
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
    {"pqxx/", "libpqxx"},
    {"zlib.h", "zlib"},
    {"prometheus/", "prometheus-cpp"},
    {"spdlog/", "spdlog"},
    {"fmt/", "fmt"},
    {"Eigen/", "Eigen"},
    {"boost/", "Boost"}};

const std::set<std::string> kSystemHeaders = {
    "unistd.h",  "fcntl.h", "poll.h",  "signal.h",    "time.h",   "netdb.h",
    "pthread.h", "errno.h", "sched.h", "immintrin.h", "cpuid.h",  "spawn.h",
    "dirent.h",  "glob.h",  "pwd.h",   "malloc.h",    "stdlib.h", "string.h"};

// One row of the table: a folder, the folders that it may include besides
// itself, the libraries that its headers and sources may, and those that its
// sources alone may.
struct Row {
  std::string folder;
  std::string shown;  // As the table of src/README.md says it.
  std::set<std::string> folders;
  std::set<std::string> libraries;
  std::set<std::string> libraries_in_sources;
};

const std::vector<Row>& Rows() {
  static const std::vector<Row> kRows = {
      {"core", "the standard library only", {}, {}, {}},
      {"config", "core", {"core"}, {}, {}},
      {"codec", "core; nlohmann/json", {"core"}, {"nlohmann/json"}, {}},
      {"a stage",
       "core, config, itself; never another stage. Eigen in assess, "
       "nlohmann/json in `.cc` files of intake",
       {"core", "config"},
       {},
       {}},
      {"flow", "core, config, any stage", {"core", "config"}, {}, {}},
      {"adapters/x",
       "core, config, codec, headers of stages that declare a port, "
       "adapters/http, adapters/crypto and adapters/sql, its third-party "
       "library; never another adapter",
       {"core", "config", "codec"},
       {},
       {}},
      {"app", "all of the above", {}, {}, {}},
      {"sim",
       "all of the above but app; nlohmann/json, cpp-httplib, and CLI11 in "
       "`.cc` files",
       {},
       {"nlohmann/json", "cpp-httplib"},
       {"CLI11"}},
      {"receiver",
       "app, sim, intake, record, core, config, codec; cpp-httplib, CLI11, "
       "OpenSSL and nlohmann/json in `.cc` files",
       {"app", "sim", "intake", "record", "core", "config", "codec"},
       {},
       {"cpp-httplib", "CLI11", "OpenSSL", "nlohmann/json"}}};
  return kRows;
}

bool IsAdapter(const std::string& folder) {
  return folder.starts_with("adapters/");
}

bool IsSource(const std::string& path) { return path.ends_with(".cc"); }

// The row of a folder: stages share one, and so do adapters.
const Row& RowOf(const std::string& folder) {
  std::string name = folder;
  if (kStages.contains(folder)) name = "a stage";
  if (IsAdapter(folder)) name = "adapters/x";
  return *std::find_if(Rows().begin(), Rows().end(),
                       [&](const Row& row) { return row.folder == name; });
}

bool LibraryAllowed(const std::string& path, const std::string& library) {
  const std::string folder = FolderOf(path);
  if (IsAdapter(folder)) return true;
  if (folder == "assess" && library == "Eigen") return true;
  const bool source = IsSource(path);
  if (folder == "intake" && source && library == "nlohmann/json") return true;
  const Row& row = RowOf(folder);
  return row.libraries.contains(library) ||
         (source && row.libraries_in_sources.contains(library));
}

bool EdgeAllowed(const std::string& from, const std::string& to,
                 const std::string& header,
                 const std::set<std::string>& ports) {
  if (from == to || RowOf(from).folders.contains(to)) return true;
  if (from == "app") return to != "receiver" && to != "sim";
  if (from == "sim") return to != "receiver" && to != "app";
  if (from == "flow") return kStages.contains(to);
  if (!IsAdapter(from)) return false;
  // Leaves that the other adapters stand on.
  static const std::set<std::string> kLeaves = {
      "adapters/http", "adapters/crypto", "adapters/sql"};
  if (kLeaves.contains(to)) return !kLeaves.contains(from);
  return ports.contains(header);
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
  const bool at_top =
      include.starts_with("receiver/") || include.starts_with("sim/");
  const std::string full = at_top ? include : "src/" + include;
  const std::string to = FolderOf(full);
  if (to.empty()) return "\"" + include + "\" is in no folder of the product";
  if (EdgeAllowed(from, to, include, ports)) return "";
  return from + " may not include " + to + " (\"" + include + "\")";
}

}  // namespace

std::string FolderOf(const std::string& path) {
  if (path.starts_with("receiver/")) return "receiver";
  if (path.starts_with("sim/")) return "sim";
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

std::string EdgeTable() {
  std::string table = "| folder | may include |\n|---|---|";
  for (const Row& row : Rows()) {
    table += "\n| " + row.folder + " | " + row.shown + " |";
  }
  return table;
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
