#pragma once
// The integrations, and the lists under which they are found. Part of the Directory and under its
// lock; a list that was given out is never changed afterwards.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/integration.h"

namespace gantry::domain {

// An integration without script and scriptCompiled, its whole REST form with them as ready-made
// JSON, and the same without them as a document for `query` and `sort`.
struct IntegrationEntry {
  Integration integration;
  std::string json;
  json::object document;
};
using IntegrationPtr = std::shared_ptr<const IntegrationEntry>;
using IntegrationEntries = std::vector<IntegrationPtr>;

// Sorted by (_createdAt, _id), as they were when it was asked for. It is a range itself, so that a
// loop over what a call gives keeps it until the loop's end.
class IntegrationList {
 public:
  explicit IntegrationList(std::shared_ptr<const IntegrationEntries> entries)
      : entries_(std::move(entries)) {}

  auto begin() const { return entries_->begin(); }
  auto end() const { return entries_->end(); }
  std::size_t size() const { return entries_->size(); }
  bool empty() const { return entries_->empty(); }

 private:
  std::shared_ptr<const IntegrationEntries> entries_;
};

class IntegrationLists {
 public:
  IntegrationLists();

  void put(const IntegrationPtr& entry);  // in place of one with the same id
  void remove(const IntegrationId& id);

  IntegrationPtr find(const IntegrationId& id) const;
  IntegrationList all() const { return IntegrationList(all_); }
  IntegrationList without_channel() const { return IntegrationList(without_channel_); }
  IntegrationList by_channel(const std::string& channel) const;
  IntegrationList by_maker(const UserId& maker) const;

 private:
  using List = std::shared_ptr<IntegrationEntries>;

  // Calls visit(list) for each list that the entry belongs to.
  template <class Visit>
  void for_each_list_of(const Integration& integration, Visit visit);

  std::unordered_map<IntegrationId, IntegrationPtr> by_id_;
  std::unordered_map<std::string, List> by_channel_;
  std::unordered_map<UserId, List> by_maker_;
  List all_;
  List without_channel_;
};

}  // namespace gantry::domain
