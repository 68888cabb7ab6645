// What a script worker that lies may send: the first byte is the kind of frame, the rest its body.
// What is taken for a message is one: written and read again it says the same.

#include <algorithm>

#include "base/json.h"
#include "fuzz_support.h"
#include "integrations/script/messages.h"

namespace gantry::integrations::script {
namespace {

using fuzz::require;

template <class Message>
std::optional<Message> read_twice(std::string_view body) {
  std::optional<Message> first = Message::decode(body);
  if (!first) return std::nullopt;
  const std::string frame = first->encode();
  require(frame.size() >= kFrameHeaderBytes);
  char head[kFrameHeaderBytes];
  std::copy_n(frame.data(), kFrameHeaderBytes, head);
  require(read_frame_header(head).body_bytes == frame.size() - kFrameHeaderBytes);
  const auto second = Message::decode(std::string_view(frame).substr(kFrameHeaderBytes));
  require(second.has_value());
  require(second->encode() == frame);
  return first;
}

void read_any(std::uint8_t kind, std::string_view body) {
  switch (static_cast<FrameType>(kind)) {
    case FrameType::RunDone:
      if (const auto done = read_twice<RunDoneMessage>(body)) {
        parse_json(done->result);
        parse_json(done->store);
      }
      break;
    case FrameType::CompileDone:
      read_twice<CompileDoneMessage>(body);
      break;
    case FrameType::HttpCall:
      if (const auto call = read_twice<HttpCallMessage>(body)) parse_json(call->request);
      break;
    case FrameType::Run:
      read_twice<RunMessage>(body);
      break;
    case FrameType::Compile:
      read_twice<CompileMessage>(body);
      break;
    case FrameType::HttpReply:
      read_twice<HttpReplyMessage>(body);
      break;
    default:
      break;
  }
}

}  // namespace
}  // namespace gantry::integrations::script

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  gantry::integrations::script::read_any(data[0], gantry::fuzz::to_view(data + 1, size - 1));
  return 0;
}
