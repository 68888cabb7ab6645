#include "integrations/script/worker/channel.h"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

namespace gantry::integrations::script {

std::size_t Channel::receive_some(char* to, std::size_t count) {
  for (;;) {
    const ssize_t got = recv(file_, to, count, 0);
    if (got < 0 && errno == EINTR) continue;
    return got <= 0 ? 0 : static_cast<std::size_t>(got);
  }
}

bool Channel::read_all(char* to, std::size_t count) {
  while (count > 0) {
    if (unread_.empty() && count < kAheadBytes) {
      unread_ = {ahead_, receive_some(ahead_, kAheadBytes)};
      if (unread_.empty()) return false;
    }
    std::size_t got = std::min(count, unread_.size());
    if (got > 0) {
      unread_.copy(to, got);
      unread_.remove_prefix(got);
    } else {
      got = receive_some(to, count);
      if (got == 0) return false;
    }
    to += got;
    count -= got;
  }
  return true;
}

std::optional<Channel::Frame> Channel::receive() {
  char header_bytes[kFrameHeaderBytes];
  if (!read_all(header_bytes, sizeof header_bytes)) return std::nullopt;
  const FrameHeader header = read_frame_header(header_bytes);
  if (header.body_bytes > kFrameBytesMaxToWorker) return std::nullopt;
  Frame frame{header.type, std::string(header.body_bytes, '\0')};
  if (!read_all(frame.body.data(), frame.body.size())) return std::nullopt;
  return frame;
}

bool Channel::send(const std::string& frame) {
  std::size_t sent = 0;
  while (sent < frame.size()) {
    const ssize_t count = ::send(file_, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace gantry::integrations::script
