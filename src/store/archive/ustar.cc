#include "store/archive/ustar.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace gantry::store::archive {
namespace {

struct Part {
  std::size_t at;
  std::size_t bytes;
};
constexpr Part kName{0, 100};
constexpr Part kMode{100, 8};
constexpr Part kUser{108, 8};
constexpr Part kGroup{116, 8};
constexpr Part kSize{124, 12};
constexpr Part kModified{136, 12};
constexpr Part kChecksum{148, 8};
constexpr std::size_t kTypeAt = 156;
constexpr Part kMagic{257, 8};
constexpr Part kPrefix{345, 155};

constexpr char kPlainFile = '0';
constexpr std::string_view kUstar{"ustar\00000", 8};
constexpr std::uint64_t kOctalSizeMax = 077777777777;
constexpr unsigned char kBinaryMark = 0x80;

void put(std::string& block, const Part& part, std::string_view text) {
  block.replace(part.at, text.size(), text);
}

void put_octal(std::string& block, const Part& part, std::uint64_t value) {
  put(block, part, fmt::format("{:0{}o}", value, part.bytes - 1));
}

void put_size(std::string& block, std::uint64_t size) {
  if (size <= kOctalSizeMax) {
    put_octal(block, kSize, size);
    return;
  }
  block[kSize.at] = static_cast<char>(kBinaryMark);
  for (std::size_t i = 0; i < sizeof size; ++i) {
    block[kSize.at + kSize.bytes - 1 - i] = static_cast<char>(size >> (8 * i) & 0xFF);
  }
}

std::string_view view(std::string_view block, const Part& part) {
  return block.substr(part.at, part.bytes);
}

std::string_view text(std::string_view block, const Part& part) {
  const std::string_view whole = view(block, part);
  return whole.substr(0, std::min(whole.find('\0'), whole.size()));
}

std::optional<std::uint64_t> octal(std::string_view digits) {
  std::uint64_t out = 0;
  bool any = false;
  for (const char c : digits) {
    if (c == '\0' || c == ' ') break;
    if (c < '0' || c > '7') return std::nullopt;
    out = out << 3 | static_cast<std::uint64_t>(c - '0');
    any = true;
  }
  if (!any) return std::nullopt;
  return out;
}

std::optional<std::uint64_t> size_of(std::string_view block) {
  const std::string_view part = view(block, kSize);
  if (static_cast<unsigned char>(part.front()) != kBinaryMark) return octal(part);
  std::uint64_t out = 0;
  for (const char c : part.substr(part.size() - sizeof out)) {
    out = out << 8 | static_cast<unsigned char>(c);
  }
  return out;
}

// The sum of all bytes, with blanks in the place of the sum itself.
std::uint64_t checksum_of(std::string_view block) {
  std::string counted(block);
  counted.replace(kChecksum.at, kChecksum.bytes, kChecksum.bytes, ' ');
  return std::accumulate(
      counted.begin(), counted.end(), std::uint64_t{0},
      [](std::uint64_t sum, char c) { return sum + static_cast<unsigned char>(c); });
}

}  // namespace

std::string to_block(const UstarHeader& header, Time modified) {
  std::string block(kBlockBytes, '\0');
  put(block, kName, header.name);
  put_octal(block, kMode, 0600);
  put_octal(block, kUser, 0);
  put_octal(block, kGroup, 0);
  put_size(block, header.bytes);
  put_octal(block, kModified, static_cast<std::uint64_t>(to_epoch_ms(modified) / 1000));
  block[kTypeAt] = kPlainFile;
  put(block, kMagic, kUstar);
  put(block, kChecksum, fmt::format("{:06o}", checksum_of(block)));
  block[kChecksum.at + kChecksum.bytes - 1] = ' ';
  return block;
}

std::optional<UstarHeader> from_block(std::string_view block) {
  if (block.size() != kBlockBytes || view(block, kMagic) != kUstar) return std::nullopt;
  if (block[kTypeAt] != kPlainFile || block[kPrefix.at] != '\0') return std::nullopt;
  const auto sum = octal(view(block, kChecksum));
  if (!sum || *sum != checksum_of(block)) return std::nullopt;
  const auto size = size_of(block);
  if (!size) return std::nullopt;
  return UstarHeader{std::string(text(block, kName)), *size};
}

std::size_t padding_of(std::uint64_t bytes) {
  return static_cast<std::size_t>((kBlockBytes - bytes % kBlockBytes) % kBlockBytes);
}

}  // namespace gantry::store::archive
