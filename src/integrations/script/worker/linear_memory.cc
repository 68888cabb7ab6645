#include "integrations/script/worker/linear_memory.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

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
  file_ = memfd_create("gantry-script-image", MFD_CLOEXEC);
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
  const LinearMemory untouched(image);
  const std::size_t shared_bytes = untouched.memory_.size;
  for (std::size_t at = 0; at < memory_.size; at += kPageBytes) {
    const std::uint8_t* const page = memory_.data + at;
    const bool same = at < shared_bytes
                          ? std::memcmp(page, untouched.memory_.data + at, kPageBytes) == 0
                          : is_empty(page);
    if (!same) remembered_.push_back({at, {reinterpret_cast<const char*>(page), kPageBytes}});
  }
}

void LinearMemory::restore() {
  const std::size_t kept_bytes = remembered_pages_ * kWasmPageBytes;
  // Private pages go; what the image holds shows again, and zeros elsewhere.
  madvise(memory_.data, memory_.size, MADV_DONTNEED);
  if (memory_.size > kept_bytes) {
    mprotect(memory_.data + kept_bytes, memory_.size - kept_bytes, PROT_NONE);
    memory_.pages = remembered_pages_;
    memory_.size = static_cast<std::uint32_t>(kept_bytes);
  }
  for (const Page& page : remembered_) {
    std::memcpy(memory_.data + page.at, page.bytes.data(), page.bytes.size());
  }
}

}  // namespace gantry::integrations::script
