#include "domain/ready_listings.h"

#include "base/text_hash.h"

namespace gantry::domain {
namespace {

std::uint32_t tag_of(std::string_view key) {
  return static_cast<std::uint32_t>(text_hash(key)) | 1U;
}

}  // namespace

std::shared_ptr<const std::string> ReadyListings::find(std::string_view key) const {
  const std::uint32_t tag = tag_of(key);
  for (const Place& place : places_) {
    const std::uint32_t there = place.tag.load(std::memory_order_acquire);
    if (there == tag && place.listing->key == key) {
      return {place.listing, &place.listing->reply};
    }
  }
  return nullptr;
}

std::shared_ptr<const std::string> ReadyListings::keep(std::string_view key, std::string reply,
                                                       std::size_t& bytes_kept) {
  const std::size_t bytes = sizeof(Listing) + key.size() + reply.size();
  reply.shrink_to_fit();
  auto listing = std::make_shared<const Listing>(Listing{std::move(reply), std::string(key)});
  std::shared_ptr<const std::string> out(listing, &listing->reply);
  if (find(key) != nullptr) return out;
  for (Place& place : places_) {
    if (place.claimed.exchange(true, std::memory_order_relaxed)) continue;
    place.listing = std::move(listing);
    place.tag.store(tag_of(key), std::memory_order_release);
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    bytes_kept = bytes;
    break;
  }
  return out;
}

}  // namespace gantry::domain
