#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "sim/kubesim/simulator.h"

namespace {

/// "72h", "90m", "45s" or a plain number of seconds.
double ParseDuration(const std::string& text) {
  std::size_t used = 0;
  const double number = std::stod(text, &used);
  const std::string unit = text.substr(used);
  if (unit == "h") return number * 3600;
  if (unit == "m") return number * 60;
  if (unit.empty() || unit == "s") return number;
  throw CLI::ValidationError("duration", "expected 72h, 90m or 45s");
}

struct Settings {
  kubesim::Options options;
  bool print_port = false;
  bool empty = false;
  std::string age = "96h";
  std::string history;
  std::string step = "60s";
  std::string job = "kubesim";
  std::string instance = "kubesim";
  std::vector<std::string> families;
  std::string kubeconfig;
  std::string port_file;
};

void Declare(CLI::App& app, Settings& settings) {
  app.add_option("--port", settings.options.port, "0 = the system picks one");
  app.add_option("--host", settings.options.host, "Address to listen on");
  app.add_option("--token", settings.options.token, "Bearer token to ask for");
  app.add_option("--seed", settings.options.seed, "Same seed, same names");
  app.add_option("--speed", settings.options.speed,
                 "Shortens delays and quickens leaks");
  app.add_option("--age", settings.age, "How long the shop has been running");
  app.add_flag("--empty", settings.empty, "No shop, only two nodes");
  app.add_flag("--print-port", settings.print_port,
               "Print the port once it listens");
  app.add_option("--port-file", settings.port_file, "Write the port there");
  app.add_option("--kubeconfig", settings.kubeconfig,
                 "Write a kubeconfig there");
  app.add_option("--history", settings.history,
                 "Print the samples of this long a past and exit");
  app.add_option("--step", settings.step, "Step of --history");
  app.add_option("--families", settings.families,
                 "Only metrics of --history that begin so")
      ->delimiter(',');
  app.add_option("--job", settings.job, "Label of --history");
  app.add_option("--instance", settings.instance, "Label of --history");
}

void PrintHistory(const kubesim::Simulator& simulator,
                  const Settings& settings) {
  const kubesim::TimePoint to = simulator.Now();
  simulator.WriteHistory(
      {.from = to - kubesim::FromSeconds(ParseDuration(settings.history)),
       .to = to,
       .step = kubesim::FromSeconds(ParseDuration(settings.step)),
       .extra = {{"job", settings.job}, {"instance", settings.instance}},
       .families = settings.families},
      std::cout);
}

void WriteFile(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  const std::string fresh = path + ".new";
  std::ofstream(fresh) << text;
  std::rename(fresh.c_str(), path.c_str());
}

int Run(Settings settings) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  settings.options.shop = !settings.empty;
  settings.options.age =
      std::chrono::seconds(static_cast<long>(ParseDuration(settings.age)));
  kubesim::Simulator simulator(settings.options);
  if (!settings.history.empty()) {
    PrintHistory(simulator, settings);
    return 0;
  }
  simulator.Start();
  WriteFile(settings.kubeconfig, simulator.Kubeconfig());
  WriteFile(settings.port_file, std::to_string(simulator.port()) + "\n");
  if (settings.print_port) {
    std::printf("%d\n", simulator.port());
    std::fflush(stdout);
  }
  int signal = 0;
  sigwait(&signals, &signal);
  simulator.Stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A small Kubernetes for tests and demonstrations");
  Settings settings;
  Declare(app, settings);
  CLI11_PARSE(app, argc, argv);
  try {
    return Run(std::move(settings));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kubesim: %s\n", error.what());
    return 1;
  }
}
