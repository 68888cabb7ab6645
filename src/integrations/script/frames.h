#pragma once
// The language between the server and its script workers: length-prefixed frames of small binary
// fields over a socket pair. Used by both sides; the server reads with limits and trusts nothing.

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::integrations::script {

enum class FrameType : std::uint8_t {
  // To the worker.
  Run = 1,
  Compile = 2,
  HttpReply = 3,
  // From the worker.
  Hello = 16,  // the protocol's version, or 0 and why the worker cannot serve
  RunDone = 17,
  CompileDone = 18,
  HttpCall = 19,
  Waiting = 20  // nothing to compute until a reply comes
};

inline constexpr std::uint32_t kProtocolVersion = 2;
inline constexpr std::size_t kFrameHeaderBytes = 5;  // length of the body, then the type
inline constexpr std::size_t kFrameBytesMaxToWorker = 32 * 1024 * 1024;
inline constexpr std::size_t kFrameBytesMaxFromWorker = 8 * 1024 * 1024;

class FrameWriter {
 public:
  explicit FrameWriter(FrameType type) : bytes_(kFrameHeaderBytes, '\0') {
    bytes_[4] = static_cast<char>(type);
  }
  FrameWriter& u8(std::uint8_t value);
  FrameWriter& u32(std::uint32_t value);
  FrameWriter& u64(std::uint64_t value);
  FrameWriter& text(std::string_view value);
  // The whole frame, header included.
  std::string finish() &&;

 private:
  std::string bytes_;
};

struct FrameHeader {
  std::uint32_t body_bytes = 0;
  FrameType type{};
};

FrameHeader read_frame_header(const char (&bytes)[kFrameHeaderBytes]);

// After the first field that is not there, everything reads as zero or empty and ok() is false.
class FrameReader {
 public:
  explicit FrameReader(std::string_view body) : left_(body) {}
  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  std::string_view text();
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && left_.empty(); }

 private:
  std::string_view take(std::size_t count);

  std::string_view left_;
  bool ok_ = true;
};

}  // namespace gantry::integrations::script
