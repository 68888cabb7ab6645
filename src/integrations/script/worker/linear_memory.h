#pragma once
// The memory of one QuickJS runtime as WebAssembly sees it: 8 GB of reserved addresses of which
// the first few megabytes exist. The translated code does not check its addresses; what lies
// beyond is unreadable and faults. Lives in worker processes only.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

extern "C" {
#include <wasm-rt.h>
}

namespace gantry::integrations::script {

inline constexpr std::size_t kWasmPageBytes = 65536;
// An address and an offset of 32 bits each, and the widest access.
inline constexpr std::size_t kReservedBytes = (std::size_t{8} << 30) + kWasmPageBytes;

// The non-empty pages of a prepared memory, in an unnamed file that every state maps privately:
// a new state costs two mappings and the pages that it changes.
class MemoryImage {
 public:
  MemoryImage() = default;
  // Copies what is not zero of `memory`.
  explicit MemoryImage(const wasm_rt_memory_t& memory);
  MemoryImage(MemoryImage&& other) noexcept;
  MemoryImage& operator=(MemoryImage&& other) noexcept;
  ~MemoryImage();

  struct Range {
    std::size_t at = 0;
    std::size_t bytes = 0;
  };
  int file() const { return file_; }
  const std::vector<Range>& ranges() const { return ranges_; }
  std::uint32_t pages() const { return pages_; }

 private:
  int file_ = -1;
  std::uint32_t pages_ = 0;
  std::vector<Range> ranges_;
};

class LinearMemory {
 public:
  explicit LinearMemory(std::uint32_t pages);
  explicit LinearMemory(const MemoryImage& image);
  ~LinearMemory();
  LinearMemory(const LinearMemory&) = delete;
  LinearMemory& operator=(const LinearMemory&) = delete;

  wasm_rt_memory_t* memory() { return &memory_; }
  std::uint32_t pages() const { return memory_.pages; }
  // False when there would be more than pages_max.
  bool grow_to(std::uint32_t pages);
  void set_pages_max(std::uint32_t pages_max) { memory_.max_pages = pages_max; }

  // Remembers what the image's ranges and the heap behind them hold now; restore() brings it back.
  // The stack, which lies between them, holds nothing between calls.
  void remember(const MemoryImage& image);
  void restore();

 private:
  void reserve();

  wasm_rt_memory_t memory_{};
  struct Part {
    std::size_t at;
    std::string bytes;
  };
  std::vector<Part> remembered_;
  std::uint32_t remembered_pages_ = 0;
};

}  // namespace gantry::integrations::script
