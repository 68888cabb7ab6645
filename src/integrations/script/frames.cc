#include "integrations/script/frames.h"

#include <cstring>

namespace gantry::integrations::script {

namespace {

// Both ends were built together and run on one machine, so the machine's byte order will do.
template <class T>
void append(std::string& to, T value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T from_bytes(std::string_view bytes) {
  T value{};
  if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace

FrameWriter& FrameWriter::u8(std::uint8_t value) {
  append(bytes_, value);
  return *this;
}

FrameWriter& FrameWriter::u32(std::uint32_t value) {
  append(bytes_, value);
  return *this;
}

FrameWriter& FrameWriter::u64(std::uint64_t value) {
  append(bytes_, value);
  return *this;
}

FrameWriter& FrameWriter::text(std::string_view value) {
  u32(static_cast<std::uint32_t>(value.size()));
  bytes_.append(value);
  return *this;
}

std::string FrameWriter::finish() && {
  const auto body_bytes = static_cast<std::uint32_t>(bytes_.size() - kFrameHeaderBytes);
  std::memcpy(bytes_.data(), &body_bytes, sizeof body_bytes);
  return std::move(bytes_);
}

FrameHeader read_frame_header(const char (&bytes)[kFrameHeaderBytes]) {
  FrameHeader header;
  std::memcpy(&header.body_bytes, bytes, sizeof header.body_bytes);
  header.type = static_cast<FrameType>(static_cast<std::uint8_t>(bytes[4]));
  return header;
}

std::string_view FrameReader::take(std::size_t count) {
  if (!ok_ || left_.size() < count) {
    ok_ = false;
    return {};
  }
  const std::string_view taken = left_.substr(0, count);
  left_.remove_prefix(count);
  return taken;
}

std::uint8_t FrameReader::u8() {
  return from_bytes<std::uint8_t>(take(1));
}

std::uint32_t FrameReader::u32() {
  return from_bytes<std::uint32_t>(take(4));
}

std::uint64_t FrameReader::u64() {
  return from_bytes<std::uint64_t>(take(8));
}

std::string_view FrameReader::text() {
  return take(u32());
}

}  // namespace gantry::integrations::script
