#pragma once
// A lock for many readers and a rare writer: each thread that reads takes a part of its own, so
// that readers on different cores share no cache line; the writer takes all parts. Readers hold it
// for a few lookups and never while they wait for anything. Not recursive.

#include <array>
#include <shared_mutex>

namespace gantry {

class SpreadLock {
 public:
  class Reading {
   public:
    explicit Reading(const SpreadLock& lock) : held_(lock.parts_[part_of_thread()].mutex) {}

   private:
    std::shared_lock<std::shared_mutex> held_;
  };

  class Writing {
   public:
    explicit Writing(SpreadLock& lock) : lock_(lock) {
      for (Part& part : lock_.parts_) part.mutex.lock();
    }
    ~Writing() {
      for (Part& part : lock_.parts_) part.mutex.unlock();
    }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

   private:
    SpreadLock& lock_;
  };

 private:
  static constexpr std::size_t kParts = 8;
  struct alignas(64) Part {
    mutable std::shared_mutex mutex;
  };
  static std::size_t part_of_thread();

  std::array<Part, kParts> parts_;
};

}  // namespace gantry
