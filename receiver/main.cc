#include "receiver/options.h"
#include "receiver/process.h"

int main(int argc, char** argv) {
  selfheal::HardenProcess();
  return selfheal::RunProgram(argc, argv);
}
