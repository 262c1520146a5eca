#include "receiver/secret_files.h"

#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "receiver/auth.h"
#include "receiver/tls.h"

namespace selfheal {
namespace {

/// Such a file holds a few lines; anything larger is a mistake.
constexpr std::size_t kMaxFile = 64 << 10;

Error Wrong(const std::string& where, std::string_view why) {
  return Error{Code::kInvalidArgument, where + ": " + std::string(why)};
}

Result<void> CheckTls(const Config::TlsConfig& tls) {
  if (tls.cert_file.empty()) return {};
  const auto context = TlsContext::Load(tls.cert_file, tls.key_file);
  if (!context.ok()) return context.error();
  return {};
}

}  // namespace

Result<std::string> ReadSecretFile(const std::string& where,
                                   const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Wrong(where, "is a folder, expected a file with a token");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return Wrong(where, "cannot be read");
  std::string text(kMaxFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return Wrong(where, "cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxFile) return Wrong(where, "is too long");
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  if (text.empty()) return Wrong(where, "is empty, expected a token");
  return text;
}

std::vector<Error> SecretFileProblems(const Config& config) {
  std::vector<Error> problems;
  const auto tokens = Authenticator::Load(config.auth, AuthMode::kNoWebhook);
  if (!tokens.ok()) problems.push_back(tokens.error());
  const auto& prometheus = config.prometheus;
  const auto& alertmanager = config.alertmanager;
  const auto& slack = config.slack;
  for (const auto& [key, path] :
       std::initializer_list<std::pair<std::string, const std::string&>>{
           {"prometheus.bearer_token_file", prometheus.bearer_token_file},
           {"prometheus.password_file", prometheus.password_file},
           {"alertmanager.bearer_token_file", alertmanager.bearer_token_file},
           {"alertmanager.password_file", alertmanager.password_file},
           {"slack.bot_token_file", slack.bot_token_file},
           {"slack.signing_secret_file", slack.signing_secret_file},
           {"slack.app_token_file", slack.app_token_file}}) {
    if (path.empty()) continue;
    const auto text = ReadSecretFile(key + ": " + path, path);
    if (!text.ok()) problems.push_back(text.error());
  }
  if (auto tls = CheckTls(config.tls); !tls.ok()) {
    problems.push_back(tls.error());
  }
  return problems;
}

}  // namespace selfheal
