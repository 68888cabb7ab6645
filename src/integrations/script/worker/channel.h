#pragma once
// The worker's end of the socket pair: blocking, whole frames. Nothing else of the outside world
// is within a worker's reach.

#include <optional>
#include <string>

#include "integrations/script/frames.h"

namespace gantry::integrations::script {

class Channel {
 public:
  explicit Channel(int file) : file_(file) {}

  struct Frame {
    FrameType type{};
    std::string body;
  };
  // Nothing when the server has gone.
  std::optional<Frame> receive();
  bool send(const std::string& frame);

 private:
  bool read_all(char* to, std::size_t count);

  int file_;
};

}  // namespace gantry::integrations::script
