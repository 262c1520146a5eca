#include "guard/process_switches.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace selfheal::guard {
namespace {

/// The folder that `path` names an entry of.
std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Why the file's switch is on, or "" where it is off.
std::string FileReason(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) return path + " exists";
  const int error = errno;
  if (error != ENOENT) {
    return path + " cannot be read: " + std::generic_category().message(error);
  }
  const std::string folder = FolderOf(path);
  if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return "folder " + folder + " of the kill switch file cannot be read";
  }
  return "";
}

}  // namespace

SwitchReading ProcessSwitches::Read() {
  SwitchReading reading;
  if (!file_.empty()) {
    reading.reason = FileReason(file_);
    if (!reading.reason.empty()) reading.sources.push_back("file");
  }
  if (flag()) {
    if (!reading.reason.empty()) reading.reason += "; ";
    reading.reason += "set in this process";
    reading.sources.push_back("process");
  }
  return reading;
}

}  // namespace selfheal::guard
