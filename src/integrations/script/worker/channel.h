#pragma once
// The worker's end of the socket pair: blocking, whole frames. Nothing else of the outside world
// is within a worker's reach.

#include <optional>
#include <string>
#include <string_view>

#include "integrations/script/frames.h"

namespace gantry::integrations::script {

class Channel {
 public:
  explicit Channel(int file) : file_(file) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  struct Frame {
    FrameType type{};
    std::string body;
  };
  // Nothing when the server has gone.
  std::optional<Frame> receive();
  bool send(const std::string& frame);

 private:
  // So much is received ahead: most frames come with one call.
  static constexpr std::size_t kAheadBytes = 16 * 1024;

  std::size_t receive_some(char* to, std::size_t count);  // 0 when the server has gone
  bool read_all(char* to, std::size_t count);

  int file_;
  char ahead_[kAheadBytes];
  std::string_view unread_;  // of ahead_
};

}  // namespace gantry::integrations::script
