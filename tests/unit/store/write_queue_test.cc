#include "store/sqlite/write_queue.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace gantry::store::sqlite {
namespace {

using domain::Urgency;

// Long enough that a test which waited for it would be noticed.
constexpr std::chrono::milliseconds kForEver{60'000};

WriteJob job(Urgency urgency) {
  WriteJob out;
  out.urgency = urgency;
  return out;
}

std::future<std::size_t> take(WriteQueue& queue) {
  return std::async(std::launch::async, [&queue] {
    std::vector<WriteJob> group;
    return queue.take_group(group) ? group.size() : 0;
  });
}

TEST(WriteQueue, one_that_is_waited_for_begins_at_once_and_takes_the_others_along) {
  WriteQueue queue({.gathering_max = kForEver});
  queue.push(job(Urgency::Soon));
  queue.push(job(Urgency::Soon));
  auto taken = take(queue);
  queue.push(job(Urgency::Now));
  EXPECT_EQ(taken.get(), 3u);
  EXPECT_EQ(queue.size(), 0u);
}

TEST(WriteQueue, others_wait_for_company_until_there_are_enough) {
  WriteQueue queue({.gathered_max = 3, .gathering_max = kForEver});
  auto taken = take(queue);
  for (int i = 0; i < 3; ++i) queue.push(job(Urgency::Soon));
  EXPECT_EQ(taken.get(), 3u);
}

TEST(WriteQueue, one_without_company_begins_in_the_end) {
  WriteQueue queue({.gathering_max = std::chrono::milliseconds(1)});
  queue.push(job(Urgency::Soon));
  EXPECT_EQ(take(queue).get(), 1u);
}

TEST(WriteQueue, urgency_is_counted_across_groups) {
  WriteQueue queue({.group_max = 2, .gathering_max = kForEver});
  for (int i = 0; i < 2; ++i) queue.push(job(Urgency::Soon));
  queue.push(job(Urgency::Now));
  queue.push(job(Urgency::Soon));
  EXPECT_EQ(take(queue).get(), 2u);
  EXPECT_EQ(take(queue).get(), 2u);
  auto taken = take(queue);
  queue.push(job(Urgency::Soon));
  queue.push(job(Urgency::Now));
  EXPECT_EQ(taken.get(), 2u);
}

TEST(WriteQueue, what_waits_is_still_taken_when_it_stops) {
  WriteQueue queue({.gathering_max = kForEver});
  queue.push(job(Urgency::Soon));
  queue.stop();
  EXPECT_EQ(take(queue).get(), 1u);
  EXPECT_EQ(take(queue).get(), 0u);
  EXPECT_FALSE(queue.push(job(Urgency::Now)));
}

TEST(WriteQueue, a_full_one_refuses) {
  WriteQueue queue({.waiting_max = 2, .gathering_max = kForEver});
  EXPECT_TRUE(queue.push(job(Urgency::Soon)));
  EXPECT_TRUE(queue.push(job(Urgency::Now)));
  EXPECT_FALSE(queue.push(job(Urgency::Now)));
  EXPECT_EQ(take(queue).get(), 2u);
  EXPECT_TRUE(queue.push(job(Urgency::Now)));
}

}  // namespace
}  // namespace gantry::store::sqlite
