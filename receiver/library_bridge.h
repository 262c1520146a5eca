#pragma once

#include <memory>
#include <string>

#include "receiver/http_message.h"
#include "receiver/request_handler.h"

namespace selfheal {

/// cpp-httplib as writer of answers, behind the gate.
///
/// The library sees a head that the gate wrote anew (method, path without
/// query, allow-listed fields) through a stream in memory. It never sees a
/// socket, a body, a query or a credential, so the faults of its parser have
/// nothing to work on. One bridge a thread.
class LibraryBridge {
 public:
  /// @param handler  outlives the bridge.
  explicit LibraryBridge(RequestHandler& handler);
  ~LibraryBridge();
  LibraryBridge(const LibraryBridge&) = delete;
  LibraryBridge& operator=(const LibraryBridge&) = delete;

  /// The answer's bytes, and what they mean for the connection.
  struct Answer {
    std::string bytes;
    int status = 500;
    bool close = true;
  };

  /// Runs the handler and writes its answer.
  Answer Serve(const HttpRequest& request);

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

}  // namespace selfheal
