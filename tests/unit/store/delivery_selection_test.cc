// What the indexes of the delivery log select, beside a plain look at every row.

#include <algorithm>
#include <random>

#include "store_fixture.h"

namespace gantry::store::sqlite {
namespace {

using domain::Delivery;
using domain::DeliveryRange;
using domain::DeliveryState;
using domain::DeliveryStates;
using domain::IntegrationId;

constexpr int kRows = 300;
constexpr int kTimes = 60;  // fewer than rows, so that many share theirs

class DeliverySelection : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    std::mt19937 random(7);
    write([&](domain::Tx& tx) {
      for (int i = 0; i < kRows; ++i) {
        Delivery row = delivery("d" + std::to_string(i), "i" + std::to_string(random() % 4));
        row.created_at = from_epoch_ms(static_cast<std::int64_t>(random() % kTimes));
        tx.deliveries().insert(row);
        row.state = static_cast<DeliveryState>(random() % domain::kDeliveryStates);
        tx.deliveries().update(row);
        rows_.push_back(row);
      }
    });
    std::sort(rows_.begin(), rows_.end(), [](const Delivery& a, const Delivery& b) {
      return std::pair(a.created_at, a.sequence) > std::pair(b.created_at, b.sequence);
    });
  }

  std::vector<const Delivery*> expected(const DeliveryRange& range) const {
    std::vector<const Delivery*> out;
    for (const Delivery& row : rows_) {
      const auto& wanted = range.integrations;
      if (std::find(wanted.begin(), wanted.end(), row.integration) != wanted.end() &&
          range.states[place_of(row.state)] && (!range.from || row.created_at >= *range.from) &&
          (!range.to || row.created_at <= *range.to)) {
        out.push_back(&row);
      }
    }
    return out;
  }

  void expect_same(const DeliveryRange& range, const domain::Page& page) {
    const auto all = expected(range);
    std::vector<std::string> wanted;
    for (std::size_t i = page.offset; i < all.size(); ++i) {
      if (page.count != 0 && wanted.size() == static_cast<std::size_t>(page.count)) break;
      wanted.push_back(all[i]->id.text);
    }
    domain::DeliveryCounts counts{};
    for (const Delivery* row : all) ++counts[place_of(row->state)];
    read([&](const domain::Tx& tx) {
      std::vector<std::string> found;
      tx.deliveries().visit_range(range, page,
                                  [&](const Delivery& row) { found.push_back(row.id.text); });
      EXPECT_EQ(found, wanted) << range.states;
      EXPECT_EQ(tx.deliveries().count_range(range), counts) << range.states;
    });
  }

  std::vector<Delivery> rows_;  // newest first
};

TEST_F(DeliverySelection, gives_what_a_look_at_every_row_gives) {
  const std::vector<std::vector<IntegrationId>> choices{
      {}, {IntegrationId{"i1"}}, {IntegrationId{"i0"}, IntegrationId{"i2"}, IntegrationId{"gone"}}};
  for (const auto& integrations : choices) {
    for (unsigned states = 0; states < (1U << domain::kDeliveryStates); ++states) {
      DeliveryRange range{integrations, DeliveryStates(states), std::nullopt, std::nullopt};
      expect_same(range, {0, 0});
      expect_same(range, {3, 10});
      range.from = from_epoch_ms(20);
      expect_same(range, {0, 7});
      range.to = from_epoch_ms(30);
      expect_same(range, {5, 0});
      expect_same(range, {1'000, 5});
    }
  }
}

TEST_F(DeliverySelection, survives_an_offset_beyond_all_numbers) {
  expect_same({{IntegrationId{"i1"}}, domain::kEveryDeliveryState, std::nullopt, std::nullopt},
              {INT64_MAX, 5});
}

class AttemptEnd : public StoreTest {};

TEST_F(AttemptEnd, keeps_what_was_cancelled_meanwhile_unless_it_succeeded) {
  write([&](domain::Tx& tx) {
    Delivery row = delivery("d1", "i1");
    tx.deliveries().insert(row);
    Delivery cancelled = row;
    cancelled.state = DeliveryState::Dropped;
    cancelled.cancelled_by = domain::UserId{"u1"};
    tx.deliveries().update(cancelled);
    for (const DeliveryState state : {DeliveryState::Retrying, DeliveryState::Failed}) {
      row.state = state;
      EXPECT_EQ(tx.deliveries().end_attempt(row).state, DeliveryState::Dropped);
    }
    EXPECT_EQ(tx.deliveries().find(row.id)->cancelled_by, cancelled.cancelled_by);
    row.state = DeliveryState::Succeeded;
    EXPECT_EQ(tx.deliveries().end_attempt(row).state, DeliveryState::Succeeded);
    EXPECT_EQ(tx.deliveries().find(row.id)->state, DeliveryState::Succeeded);
  });
}

TEST_F(AttemptEnd, of_a_delivery_that_is_gone_is_dropped) {
  write([&](domain::Tx& tx) {
    EXPECT_EQ(tx.deliveries().end_attempt(delivery("nothing", "i1")).state, DeliveryState::Dropped);
  });
}

}  // namespace
}  // namespace gantry::store::sqlite
