#include "egress/admission.h"

#include <map>
#include <vector>

#include <gtest/gtest.h>

namespace gantry::egress {
namespace {

std::vector<Admission::Ticket> all_due(Admission& admission) {
  std::vector<Admission::Ticket> due;
  while (const auto ticket = admission.next()) due.push_back(*ticket);
  return due;
}

using Tickets = std::vector<Admission::Ticket>;

TEST(Admission, lets_origins_take_turns_and_keeps_order_within_one) {
  Admission admission(10, 10);
  for (Admission::Ticket t : {1, 2, 3}) admission.enter(t, "a");
  for (Admission::Ticket t : {11, 12}) admission.enter(t, "b");
  EXPECT_EQ(all_due(admission), (Tickets{1, 11, 2, 12, 3}));
}

TEST(Admission, bounds_each_origin_and_all_together) {
  Admission admission(3, 2);
  Admission::Line* a = nullptr;
  for (Admission::Ticket t : {1, 2, 3, 4}) a = admission.enter(t, "a");
  Admission::Line* b = nullptr;
  for (Admission::Ticket t : {11, 12}) b = admission.enter(t, "b");
  EXPECT_EQ(all_due(admission), (Tickets{1, 11, 2}));
  EXPECT_EQ(admission.active(), 3U);
  EXPECT_EQ(admission.waiting(), 3U);
  admission.leave_active(b);
  EXPECT_EQ(all_due(admission), (Tickets{12}));
  admission.leave_active(a);
  EXPECT_EQ(all_due(admission), (Tickets{3}));
}

TEST(Admission, forgets_those_who_leave_while_waiting) {
  Admission admission(1, 1);
  Admission::Line* a = admission.enter(1, "a");
  admission.enter(2, "a");
  Admission::Line* b = admission.enter(3, "b");
  EXPECT_EQ(all_due(admission), (Tickets{1}));
  admission.leave_waiting(b, 3);
  admission.leave_waiting(a, 99);
  admission.leave_active(a);
  EXPECT_EQ(all_due(admission), (Tickets{2}));
  EXPECT_EQ(admission.waiting(), 0U);
}

TEST(Admission, keeps_its_limits_through_a_long_random_life) {
  Admission admission(7, 3);
  std::map<Admission::Ticket, Admission::Line*> waiting;
  std::map<Admission::Ticket, Admission::Line*> active;
  std::uint64_t random = 42;
  const auto pick = [&](std::uint64_t bound) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (random >> 33) % bound;
  };
  for (Admission::Ticket t = 1; t < 20'000; ++t) {
    const std::uint64_t action = pick(4);
    if (action < 2 && waiting.size() < 30) {
      waiting[t] = admission.enter(t, "origin" + std::to_string(pick(6)));
    } else if (action == 2 && !active.empty()) {
      const auto at = active.begin();
      admission.leave_active(at->second);
      active.erase(at);
    } else if (action == 3 && !waiting.empty()) {
      const auto at = waiting.begin();
      admission.leave_waiting(at->second, at->first);
      waiting.erase(at);
    }
    while (const auto due = admission.next()) {
      active[*due] = waiting.at(*due);
      waiting.erase(*due);
    }
    std::map<Admission::Line*, std::size_t> by_line;
    for (const auto& [ticket, line] : active) ++by_line[line];
    for (const auto& [line, count] : by_line) ASSERT_LE(count, 3U);
    ASSERT_LE(active.size(), 7U);
    ASSERT_EQ(admission.active(), active.size());
    ASSERT_EQ(admission.waiting(), waiting.size());
    if (active.size() < 7) {
      // Whoever waits does so for its own origin's places only.
      for (const auto& [ticket, line] : waiting) ASSERT_EQ(by_line[line], 3U);
    }
  }
}

}  // namespace
}  // namespace gantry::egress
