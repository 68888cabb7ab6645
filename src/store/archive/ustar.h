#pragma once
// The header of one plain file in a POSIX tar file. Sizes beyond the format's 8 GiB are written as
// GNU and BSD tar write and read them: in binary, marked by the first bit.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace gantry::store::archive {

inline constexpr std::size_t kBlockBytes = 512;
inline constexpr std::size_t kNameBytesMax = 99;

struct UstarHeader {
  std::string name;  // at most kNameBytesMax
  std::uint64_t bytes = 0;
};

std::string to_block(const UstarHeader& header, Time modified);
// Nothing when the block is not the header of a plain file, or is damaged.
std::optional<UstarHeader> from_block(std::string_view block);

// What fills the last block of a file of this size.
std::size_t padding_of(std::uint64_t bytes);

}  // namespace gantry::store::archive
