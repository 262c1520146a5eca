#include <httplib.h>
#include <openssl/crypto.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "receiver/commands/commands.h"

namespace selfheal {
namespace {

void PrintVersion() {
  std::printf("selfheal %s\n", SELFHEAL_VERSION);
  std::printf("compiler %s\n", __VERSION__);
  std::printf("cpp-httplib %s\n", CPPHTTPLIB_VERSION);
  std::printf("nlohmann-json %d.%d.%d\n", NLOHMANN_JSON_VERSION_MAJOR,
              NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH);
  std::printf("CLI11 %s\n", CLI11_VERSION);
  std::printf("%s\n", OpenSSL_version(OPENSSL_VERSION));
  std::printf("built with %s\n", SELFHEAL_LIBRARIES);
}

}  // namespace

void AddVersionCommand(CLI::App& program, int&) {
  CLI::App* const command = program.add_subcommand(
      "version", "Prints the versions of program and libraries");
  command->footer(R"(Examples:
  selfheal version
  selfheal version | head -n 1

Exit: 0; 1 stdout cannot be written; 2 usage.)");
  command->callback(PrintVersion);
}

}  // namespace selfheal
