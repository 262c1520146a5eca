// The example files say what the table of knobs says. After a change of the
// table, SELFHEAL_REGENERATE=1 writes them anew.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "config/render.h"
#include "support/paths.h"

namespace selfheal {
namespace {

std::string ReadWhole(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

void ExpectFile(const std::string& name, const std::string& expected) {
  const std::string path = testing::SourceDir() + "/" + name;
  if (std::getenv("SELFHEAL_REGENERATE") != nullptr) {
    std::ofstream(path, std::ios::binary) << expected;
  }
  EXPECT_EQ(ReadWhole(path), expected) << name << " is out of date";
}

TEST(ShippedConfig, YamlShowsEveryKnobWithItsDefault) {
  ExpectFile("config/selfheal.yaml", ConfigYamlTemplate());
}

TEST(ShippedConfig, EnvironmentExampleShowsEveryVariable) {
  ExpectFile(".env.example", EnvironmentTemplate());
}

TEST(ShippedConfig, SchemaDescribesEveryKnob) {
  ExpectFile("config/config.schema.json", ConfigSchemaJson());
}

}  // namespace
}  // namespace selfheal
