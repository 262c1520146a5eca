#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/app.h"
#include "app/config_files.h"
#include "app/database.h"
#include "config/render.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/listener.h"
#include "receiver/options.h"
#include "receiver/process.h"
#include "receiver/secret_files.h"
#include "receiver/service.h"

namespace selfheal {
namespace {

struct ServeOptions {
  std::string config;
  std::string role = "all";
  bool dry_run = false;
  bool insecure_dev = false;
};

int Complain(std::string_view what, const Error& error, int exit_code) {
  PrintError(what, error.message);
  return exit_code;
}

/// What holds where nobody chose otherwise.
Config DefaultsOf(const ServeOptions& options) {
  Config config;
  if (options.insecure_dev) config.listen = "127.0.0.1:8000";
  return config;
}

/// The address of `key`; `insecure`: nobody asks who calls, so from here only.
Result<void> CheckAddress(const std::string& key, const std::string& text,
                          bool insecure) {
  const auto address = ParseListenAddress(text);
  if (!address.ok()) return address.error();
  if (!insecure || address->loopback) return {};
  return Error{Code::kInvalidArgument, "--insecure-dev: " + key + ": " + text +
                                           ": expected a loopback address"};
}

Role RoleOf(const ServeOptions& options) {
  if (options.role == "receiver") return Role::kReceiver;
  return options.role == "remediator" ? Role::kRemediator : Role::kAll;
}

Result<void> ApplyOptions(const ServeOptions& options, Config& config) {
  const Role role = RoleOf(options);
  if (role != Role::kAll && !IsShared(config)) {
    return Error{Code::kInvalidArgument,
                 "--role " + options.role +
                     ": database.url: the roles run apart on a shared "
                     "database only (postgresql://), SQLite belongs to one "
                     "process"};
  }
  if (role == Role::kRemediator && config.metrics.listen.empty()) {
    config.metrics.listen =
        options.insecure_dev ? "127.0.0.1:9100" : "0.0.0.0:9100";
  }
  if (options.dry_run) config.dry_run = true;
  Result<void> good =
      CheckAddress("listen", config.listen, options.insecure_dev);
  if (!good.ok() || config.metrics.listen.empty()) return good;
  return CheckAddress("metrics.listen", config.metrics.listen,
                      options.insecure_dev);
}

void PrintStart(const Config& config, const Service& service) {
  std::printf("%s\n", EffectiveConfigYaml(config).c_str());
  if (config.tls.cert_file.empty()) {
    std::printf("plain HTTP: tls.cert_file is not set\n");
  }
  std::printf("listening on port %d\n",
              service.port() != 0 ? service.port() : service.metrics_port());
  std::fflush(stdout);
}

void ServeUntilStopped(SignalQueue& signals, App& app) {
  while (true) {
    switch (signals.Wait()) {
      case SignalRequest::kStop:
        return;
      case SignalRequest::kKillSwitch:
        app.SetProcessSwitch();
        break;
      case SignalRequest::kReload: {
        std::vector<SourceFinding> findings;
        if (!app.Reload(&findings).ok()) PrintFindings(findings);
        break;
      }
    }
  }
}

int Serve(const Config& config, Authenticator authenticator, Role role) {
  SignalQueue signals;
  std::vector<SourceFinding> findings;
  auto app = App::Create(config, &findings, role);
  if (!app.ok()) {
    PrintFindings(findings);
    const Code code = app.error().code;
    const bool refused = code == Code::kInvalidArgument ||
                         code == Code::kNotFound ||
                         code == Code::kFailedPrecondition;
    return Complain("start", app.error(), refused ? kExitUsage : kExitFailure);
  }
  auto service = Service::Start(**app, config, std::move(authenticator), role);
  if (!service.ok()) return Complain("start", service.error(), kExitFailure);
  const Result<void> started = (*app)->Start();
  if (!started.ok()) return Complain("start", started.error(), kExitFailure);
  PrintStart(config, **service);
  ServeUntilStopped(signals, **app);
  (*service)->Stop();
  (*app)->Stop();
  return kExitOk;
}

int RunServe(const ServeOptions& options) {
  std::optional<Config> config =
      LoadConfigOrComplain(options.config, DefaultsOf(options));
  if (!config) return kExitUsage;
  Result<void> good = ApplyOptions(options, *config);
  if (!good.ok()) return Complain("config", good.error(), kExitUsage);
  // Files that a later start would stumble over, before anything is opened.
  const std::vector<Error> problems = SecretFileProblems(*config);
  for (const Error& problem : problems) PrintError("config", problem.message);
  if (!problems.empty()) return kExitUsage;
  auto authenticator = Authenticator::Load(
      config->auth, options.insecure_dev ? AuthMode::kInsecureDev
                    : RoleOf(options) == Role::kRemediator
                        ? AuthMode::kNoWebhook
                        : AuthMode::kStrict);
  if (!authenticator.ok()) {
    return Complain("config", authenticator.error(), kExitUsage);
  }
  return Serve(*config, std::move(authenticator).value(), RoleOf(options));
}

}  // namespace

void AddServeCommand(CLI::App& program, int& exit_code) {
  const auto options = std::make_shared<ServeOptions>();
  CLI::App* const command = program.add_subcommand(
      "serve", "Receives alerts and heals until SIGTERM or SIGINT");
  command->add_option("--config", options->config, "Configuration file");
  command->add_option("--role", options->role, "all, receiver or remediator")
      ->check(CLI::IsMember({"all", "receiver", "remediator"}));
  command->add_flag("--dry-run", options->dry_run,
                    "Sends server-side dry runs only");
  command->add_flag("--insecure-dev", options->insecure_dev,
                    "Every caller is admin; on a loopback address only");
  command->footer(R"(Examples:
  selfheal serve --config config/selfheal.yaml
  selfheal serve --dry-run
  selfheal serve --insecure-dev --config my.yaml

SIGHUP reloads rules and runbooks, SIGUSR1 sets the kill switch.
Exit: 0 stopped by a signal; 1 it cannot start (port taken, database not
reachable); 2 usage, configuration, or the store belongs to another process.)");
  command->callback([options, &exit_code] { exit_code = RunServe(*options); });
}

}  // namespace selfheal
