#include "tests/receiver/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "support/paths.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

/// What the child becomes; runs between fork and exec.
void Become(const std::string& folder, const Streams& streams,
            std::vector<char*>& argv, std::vector<char*>& environment) {
  const auto redirect = [](const std::string& file, int flags, int to) {
    const int fd = open(file.c_str(), flags, 0600);
    dup2(fd, to);
  };
  constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
  redirect(streams.in, O_RDONLY, STDIN_FILENO);
  redirect(streams.out.empty() ? folder + "/out" : streams.out, kWrite,
           STDOUT_FILENO);
  redirect(folder + "/err", kWrite, STDERR_FILENO);
  execve(argv[0], argv.data(), environment.data());
  _exit(127);
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment,
                 const Streams& streams)
    : folder_(FreshFolder()) {
  std::vector<std::string> words = {SelfhealBinary()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = {"PATH=/usr/bin:/bin",
                                        "HOME=" + folder_};
  for (const auto& [name, value] : environment) {
    variables.push_back(name + "=" + value);
  }
  std::vector<char*> argv = Pointers(words);
  std::vector<char*> envp = Pointers(variables);
  pid_ = fork();
  if (pid_ == 0) Become(folder_, streams, argv, envp);
}

Program::~Program() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
  }
}

std::string Program::Read(const std::string& file) const {
  std::ifstream stream(folder_ + "/" + file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

bool Program::Ended() {
  if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
  return pid_ < 0;
}

Finished Program::Wait() {
  const auto until = Clock::now() + seconds(60);
  while (!Ended()) {
    if (Clock::now() > until) Signal(SIGKILL);
    std::this_thread::sleep_for(milliseconds(5));
  }
  return {WIFEXITED(status_) ? WEXITSTATUS(status_) : -1, Read("out"),
          Read("err")};
}

void Program::Signal(int number) {
  if (pid_ > 0) kill(pid_, number);
}

int Program::AwaitPort() {
  const std::string mark = "listening on port ";
  const auto until = Clock::now() + seconds(60);
  while (Clock::now() < until) {
    const std::string out = Read("out");
    const std::size_t at = out.find(mark);
    if (at != std::string::npos && out.find('\n', at) != std::string::npos) {
      return std::atoi(out.c_str() + at + mark.size());
    }
    if (Ended()) return 0;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return 0;
}

Finished RunSelfheal(const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment,
                     const Streams& streams) {
  return Program(arguments, environment, streams).Wait();
}

}  // namespace selfheal::testing
