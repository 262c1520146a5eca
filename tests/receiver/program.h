#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace selfheal::testing {

/// What a program that has ended left behind.
struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// What a program reads from and writes to.
struct Streams {
  std::string in = "/dev/null";
  std::string out = "";  ///< "" = a file of its own.
};

/// The `selfheal` of this build as a child process, without the variables of
/// the caller's environment that it would read.
class Program {
 public:
  Program(const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment = {},
          const Streams& streams = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Waits for the end; kills after 60 s.
  Finished Wait();
  void Signal(int number);
  /// The port of "listening on port N"; 0 where the program ended before.
  int AwaitPort();

 private:
  std::string Read(const std::string& file) const;
  bool Ended();

  std::string folder_;
  pid_t pid_ = -1;
  int status_ = 0;
};

/// Runs it to its end.
Finished RunSelfheal(const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment = {},
                     const Streams& streams = {});

}  // namespace selfheal::testing
