#include "domain/ready_listings.h"

#include "base/text_hash.h"

namespace gantry::domain {
namespace {

std::uint32_t tag_of(const ListingKey& key) {
  return static_cast<std::uint32_t>(text_hash(key.text)) | 1U;
}

}  // namespace

std::shared_ptr<const std::string> ReadyListings::find(const ListingKey& key) const {
  const std::uint32_t tag = tag_of(key);
  for (const Place& place : key.of_one_caller ? for_one_ : for_many_) {
    if (place.tag.load(std::memory_order_acquire) != tag) continue;
    if (place.listing->key != key.text) continue;
    return {place.listing, &place.listing->reply};
  }
  return nullptr;
}

std::shared_ptr<const std::string> ReadyListings::keep(const ListingKey& key, std::string reply,
                                                       std::size_t& bytes_kept) {
  const std::size_t bytes = sizeof(Listing) + key.text.size() + reply.size();
  reply.shrink_to_fit();
  auto listing = std::make_shared<const Listing>(Listing{key.text, std::move(reply)});
  std::shared_ptr<const std::string> out(listing, &listing->reply);
  if (find(key) != nullptr) return out;
  for (Place& place : key.of_one_caller ? for_one_ : for_many_) {
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
