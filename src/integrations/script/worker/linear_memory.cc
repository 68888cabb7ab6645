#include "integrations/script/worker/linear_memory.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace gantry::integrations::script {

namespace {

constexpr std::size_t kPageBytes = 4096;
// Ranges nearer than this become one: a mapping costs more than a few empty pages.
constexpr std::size_t kRangeGapBytes = 16 * kPageBytes;

bool is_empty(const std::uint8_t* page) {
  static constexpr std::uint8_t kZeros[kPageBytes] = {};
  return std::memcmp(page, kZeros, kPageBytes) == 0;
}

}  // namespace

MemoryImage::MemoryImage(const wasm_rt_memory_t& memory) : pages_(memory.pages) {
  for (std::size_t at = 0; at < memory.size; at += kPageBytes) {
    if (is_empty(memory.data + at)) continue;
    if (!ranges_.empty() && ranges_.back().at + ranges_.back().bytes + kRangeGapBytes >= at) {
      ranges_.back().bytes = at + kPageBytes - ranges_.back().at;
    } else {
      ranges_.push_back({at, kPageBytes});
    }
  }
  file_ = memfd_create("gantry-script-image", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file_ < 0 || ftruncate(file_, static_cast<off_t>(memory.size)) != 0) {
    throw std::runtime_error("no memory for the script engine's image");
  }
  for (const Range& range : ranges_) {
    const auto at = static_cast<off_t>(range.at);
    if (pwrite(file_, memory.data + range.at, range.bytes, at) !=
        static_cast<ssize_t>(range.bytes)) {
      throw std::runtime_error("cannot write the script engine's image");
    }
  }
  // Later states, other integrations' among them, begin with what this file holds: nobody changes
  // it any more.
  if (fcntl(file_, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) {
    throw std::runtime_error("cannot seal the script engine's image");
  }
}

MemoryImage::MemoryImage(MemoryImage&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      pages_(other.pages_),
      ranges_(std::move(other.ranges_)) {}

MemoryImage& MemoryImage::operator=(MemoryImage&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(pages_, other.pages_);
  std::swap(ranges_, other.ranges_);
  return *this;
}

MemoryImage::~MemoryImage() {
  if (file_ >= 0) close(file_);
}

LinearMemory::LinearMemory(std::uint32_t pages) {
  reserve();
  memory_.max_pages = pages;
  if (!grow_to(pages)) throw std::bad_alloc();
}

LinearMemory::LinearMemory(const MemoryImage& image) {
  reserve();
  memory_.max_pages = image.pages();
  if (!grow_to(image.pages())) throw std::bad_alloc();
  for (const MemoryImage::Range& range : image.ranges()) {
    void* const at = mmap(memory_.data + range.at, range.bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_FIXED, image.file(), static_cast<off_t>(range.at));
    if (at == MAP_FAILED) throw std::bad_alloc();
  }
}

LinearMemory::~LinearMemory() {
  if (memory_.data) munmap(memory_.data, kReservedBytes);
}

void LinearMemory::reserve() {
  void* const at =
      mmap(nullptr, kReservedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  memory_.data = static_cast<std::uint8_t*>(at);
}

bool LinearMemory::grow_to(std::uint32_t pages) {
  if (pages > memory_.max_pages) return false;
  if (pages <= memory_.pages) return true;
  const std::size_t from = memory_.size;
  const std::size_t to = pages * kWasmPageBytes;
  if (mprotect(memory_.data + from, to - from, PROT_READ | PROT_WRITE) != 0) return false;
  memory_.pages = pages;
  memory_.size = static_cast<std::uint32_t>(to);
  return true;
}

void LinearMemory::remember(const MemoryImage& image) {
  remembered_.clear();
  remembered_pages_ = memory_.pages;
  const auto copy = [this](std::size_t from, std::size_t to) {
    remembered_.push_back({from, {reinterpret_cast<const char*>(memory_.data + from), to - from}});
  };
  const std::vector<MemoryImage::Range>& ranges = image.ranges();
  for (std::size_t i = 0; i + 1 < ranges.size(); ++i) {
    copy(ranges[i].at, ranges[i].at + ranges[i].bytes);
  }
  // The last range is the heap, which goes on as far as anything stands in it.
  std::size_t end = memory_.size;
  while (end > ranges.back().at + ranges.back().bytes &&
         is_empty(memory_.data + end - kPageBytes)) {
    end -= kPageBytes;
  }
  copy(ranges.back().at, end);
}

// Comparing costs less than letting the pages go and faulting them in again. What lies behind the
// heap's end is not looked at: the engine clears what it takes from there.
void LinearMemory::restore() {
  const std::size_t kept_bytes = remembered_pages_ * kWasmPageBytes;
  if (memory_.size > kept_bytes) {
    madvise(memory_.data + kept_bytes, memory_.size - kept_bytes, MADV_DONTNEED);
    mprotect(memory_.data + kept_bytes, memory_.size - kept_bytes, PROT_NONE);
    memory_.pages = remembered_pages_;
    memory_.size = static_cast<std::uint32_t>(kept_bytes);
  }
  for (const Part& part : remembered_) {
    for (std::size_t at = 0; at < part.bytes.size(); at += kPageBytes) {
      std::uint8_t* const now = memory_.data + part.at + at;
      const char* const then = part.bytes.data() + at;
      if (std::memcmp(now, then, kPageBytes) != 0) std::memcpy(now, then, kPageBytes);
    }
  }
}

}  // namespace gantry::integrations::script
