#pragma once
// A table from hashes to numbers of records that live elsewhere: eight bytes a slot, one stretch of
// memory, no nodes. Whoever looks something up compares the record itself. Not thread safe.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace gantry {

class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // The number of the first record under the hash for which fits(number) is true, or kNone.
  template <class Fits>
  std::uint32_t find(std::uint64_t hash, Fits fits) const {
    if (slots_.empty()) return kNone;
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = home_of(tag); slots_[at].number != kNone; at = after(at)) {
      if (slots_[at].tag == tag && fits(slots_[at].number)) return slots_[at].number;
    }
    return kNone;
  }

  // Which record find() will ask about first, for one who wants it fetched. kNone when there is
  // none.
  std::uint32_t guess(std::uint64_t hash) const {
    return find(hash, [](std::uint32_t) { return true; });
  }

  void insert(std::uint64_t hash, std::uint32_t number) {
    if ((used_ + 1) * 4 > slots_.size() * 3) grow();
    place({tag_of(hash), number});
    ++used_;
  }

  void erase(std::uint64_t hash, std::uint32_t number) {
    if (slots_.empty()) return;
    const std::uint32_t tag = tag_of(hash);
    std::size_t at = home_of(tag);
    for (; slots_[at].number != number || slots_[at].tag != tag; at = after(at)) {
      if (slots_[at].number == kNone) return;
    }
    --used_;
    // What was pushed further by the erased slot moves back, so that no search ends early.
    std::size_t hole = at;
    for (std::size_t next = after(at); slots_[next].number != kNone; next = after(next)) {
      const std::size_t home = home_of(slots_[next].tag);
      if (distance(home, next) < distance(hole, next)) continue;
      slots_[hole] = slots_[next];
      hole = next;
    }
    slots_[hole] = Slot{};
  }

  std::size_t size() const { return used_; }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = kNone;
  };

  static constexpr std::size_t kSlotsMin = 16;

  static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32U);
  }
  std::size_t home_of(std::uint32_t tag) const {
    return static_cast<std::size_t>((std::uint64_t{tag} * slots_.size()) >> 32U);
  }
  std::size_t after(std::size_t at) const { return at + 1 == slots_.size() ? 0 : at + 1; }
  std::size_t distance(std::size_t from, std::size_t to) const {
    return to >= from ? to - from : to + slots_.size() - from;
  }
  void place(Slot slot) {
    std::size_t at = home_of(slot.tag);
    while (slots_[at].number != kNone) at = after(at);
    slots_[at] = slot;
  }
  void grow() {
    std::vector<Slot> old(std::max(kSlotsMin, slots_.size() + slots_.size() / 2));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNone) place(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace gantry
