#pragma once
// A hash map for many readers and one writer: each of 64 stripes has its own shared lock, held for
// one lookup or change and never across anything else.

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

namespace gantry {

template <class Key, class Value, class Hash = std::hash<Key>>
class StripedMap {
 public:
  // The default Value when absent.
  Value find(const Key& key) const {
    const Stripe& stripe = stripe_of(key);
    const std::shared_lock lock(stripe.mutex);
    const auto at = stripe.map.find(key);
    return at == stripe.map.end() ? Value{} : at->second;
  }

  void put(const Key& key, Value value) {
    Stripe& stripe = stripe_of(key);
    const std::unique_lock lock(stripe.mutex);
    stripe.map.insert_or_assign(key, std::move(value));
  }

  void erase(const Key& key) {
    Stripe& stripe = stripe_of(key);
    const std::unique_lock lock(stripe.mutex);
    stripe.map.erase(key);
  }

  // Calls change(Value&) under the stripe's lock, with a default Value made when absent; the entry
  // goes when change returns false.
  template <class Change>
  void update(const Key& key, Change change) {
    Stripe& stripe = stripe_of(key);
    const std::unique_lock lock(stripe.mutex);
    const auto at = stripe.map.try_emplace(key).first;
    if (!change(at->second)) stripe.map.erase(at);
  }

  // Calls look(const Value&) under the stripe's lock when present; returns whether it was.
  template <class Look>
  bool look(const Key& key, Look look_at) const {
    const Stripe& stripe = stripe_of(key);
    const std::shared_lock lock(stripe.mutex);
    const auto at = stripe.map.find(key);
    if (at == stripe.map.end()) return false;
    look_at(at->second);
    return true;
  }

  // Visits a moving picture: entries changed meanwhile may be seen before or after.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Stripe& stripe : stripes_) {
      const std::shared_lock lock(stripe.mutex);
      for (const auto& [key, value] : stripe.map) visit(key, value);
    }
  }

  std::size_t size() const {
    std::size_t total = 0;
    for (const Stripe& stripe : stripes_) {
      const std::shared_lock lock(stripe.mutex);
      total += stripe.map.size();
    }
    return total;
  }

 private:
  struct alignas(64) Stripe {
    mutable std::shared_mutex mutex;
    std::unordered_map<Key, Value, Hash> map;
  };

  static std::size_t index_of(const Key& key) { return (Hash{}(key)*0x9E3779B97F4A7C15ULL) >> 58; }
  const Stripe& stripe_of(const Key& key) const { return stripes_[index_of(key)]; }
  Stripe& stripe_of(const Key& key) { return stripes_[index_of(key)]; }

  std::array<Stripe, 64> stripes_;
};

}  // namespace gantry
