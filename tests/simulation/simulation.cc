#include "simulation/simulation.h"

#include <filesystem>

#include <boost/asio/io_context.hpp>

#include "domain/posting.h"
#include "domain/room_membership.h"
#include "integrations/delivery/scheduler.h"
#include "integrations/trigger/outbox_recorder.h"
#include "simulation/stand_ins.h"

namespace gantry::simulation {
namespace {

namespace sqlite = store::sqlite;
using domain::Delivery;

constexpr std::size_t kRooms = 3;
constexpr std::size_t kHooks = 8;      // a room
constexpr std::size_t kMessages = 20;  // a round
constexpr std::size_t kStepsBetweenDeaths = 700;
constexpr int kIdleMax = 1'000;  // moves of the clock after which something must have gone on
constexpr Milliseconds kTimers{2};
constexpr std::size_t kViolationsTold = 20;

domain::User user_of(std::string name, std::vector<std::string> roles, Time now) {
  domain::User out;
  out.id = domain::UserId{"id-" + name};
  out.username = out.name = std::move(name);
  out.roles = std::move(roles);
  out.created_at = out.updated_at = now;
  return out;
}

domain::RoomId room_id(std::size_t room) {
  return domain::RoomId{"room-" + std::to_string(room)};
}

// Some targets are often ill, some hooks have a script. The waits of `policy` are left out: they
// have chance of their own.
domain::Integration hook_of(std::size_t room, std::size_t hook, Time now) {
  domain::Integration out;
  out.id = domain::IntegrationId{"hook-" + std::to_string(room) + "-" + std::to_string(hook)};
  out.type = domain::IntegrationType::Outgoing;
  out.name = out.id.text;
  out.enabled = true;
  out.username = "hook.bot";
  out.user = domain::UserId{"id-hook.bot"};
  out.channels = {"#" + room_id(room).text};
  const char* const host = hook % 4 == 3 ? "ill" : "well";
  out.urls = {"http://" + std::string(host) + std::to_string(hook % 3) + ".test/" + out.id.text};
  out.script_enabled = hook % 2 == 1;
  if (out.script_enabled) out.script = out.script_compiled = "simulated";
  out.retry_count = 4;
  out.retry_delay = hook % 4 == 2 ? "increments-of-two" : "powers-of-ten";
  out.retry_failed_calls = true;
  out.send_delivery_id = true;
  out.created_at = out.updated_at = now;
  out.created_by = domain::UserRef{domain::UserId{"id-ada"}, "ada", ""};
  return out;
}

Result<void> furnish(domain::Tx& tx, const domain::Directory& directory, Time now) {
  for (const domain::Role& role : domain::default_roles(now)) tx.rights().put_role(role);
  for (const domain::Grant& grant : domain::default_grants(now)) tx.rights().put_grant(grant);
  const domain::User ada = user_of("ada", {"user"}, now);
  const domain::User bot = user_of("hook.bot", {"bot"}, now);
  tx.users().insert(ada);
  tx.users().insert(bot);
  for (std::size_t room = 0; room < kRooms; ++room) {
    domain::Room made;
    made.id = room_id(room);
    made.type = domain::RoomType::Channel;
    made.name = made.id.text;
    made.created_at = made.updated_at = now;
    tx.rooms().insert(made);
    for (const domain::User& user : {ada, bot}) {
      TRY_DO(domain::found_in(tx, directory, made, user, now, domain::Founder::Member));
    }
    for (std::size_t hook = 0; hook < kHooks; ++hook) {
      tx.integrations().insert(hook_of(room, hook, now));
    }
  }
  return Done{};
}

// One life of the server's process.
struct Process final : public domain::EventFollower {
  Process(const Plan& plan, const std::string& path, const SimulatedClock& with_clock, Turns& turns,
          Chance& chance, Fate& fate, Checker& with_checker)
      : clock(with_clock), checker(with_checker) {
    sqlite::StoreOptions options;
    options.path = path;
    sqlite = std::move(*sqlite::SqliteStore::open(std::move(options), directory));
    simulated = std::make_unique<SimulatedStore>(*sqlite, turns, chance, fate, checker);
    if (plan.bug) buggy = testing::with_bug(*simulated, *plan.bug);
    targets = std::make_unique<SimulatedTargets>(*sqlite, clock, turns, chance, fate, checker);
    engine = std::make_unique<SimulatedScripts>(turns, chance, fate);
    scripts = std::make_unique<integrations::ScriptRunner>(*engine, *targets, rules,
                                                           domain::ScriptSwitches{});
    loaded = std::make_unique<integrations::LoadedIntegrations>(directory, store());
    outbox = std::make_unique<integrations::OutboxRecorder>(directory, clock);
    integrations::SchedulerOptions waits;
    waits.trouble_wait = Milliseconds{0};
    scheduler = std::make_unique<integrations::DeliveryScheduler>(
        io.get_executor(),
        integrations::AttemptTools{
            {store(), directory, clock, compute}, *scripts, *targets, rules, *loaded, tasks},
        tasks, waits);
    sqlite->add_recorder(*outbox);
    sqlite->add_follower(*this);
    if (plan.bug) told_wrong = testing::with_bug(*scheduler, *plan.bug);
    sqlite->add_follower(told_wrong ? *told_wrong : *scheduler);
  }

  domain::Store& store() { return buggy ? *buggy : *simulated; }
  void follow(const domain::Event& event) override {
    if (const auto* queued = std::get_if<domain::DeliveryQueued>(&event)) {
      const auto entry = directory.find_integration(queued->delivery->integration);
      checker.queued(*queued->delivery, entry && entry->integration.script_enabled);
    }
  }
  void poll() {
    io.restart();
    io.poll();
  }
  // The engine's own shortest waits are real ones.
  bool run_timers() {
    io.restart();
    return io.run_one_for(kTimers) > 0;
  }

  const SimulatedClock& clock;
  Checker& checker;
  asio::io_context io{1};
  TaskGroup tasks{io.get_executor()};
  ComputePool compute{1, 1};
  domain::Directory directory{[](const domain::Integration&) { return json::object{}; }};
  std::unique_ptr<sqlite::SqliteStore> sqlite;
  std::unique_ptr<SimulatedStore> simulated;
  std::unique_ptr<domain::Store> buggy;
  std::unique_ptr<SimulatedTargets> targets;
  std::unique_ptr<SimulatedScripts> engine;
  integrations::EgressRules rules{directory};
  std::unique_ptr<integrations::ScriptRunner> scripts;
  std::unique_ptr<integrations::LoadedIntegrations> loaded;
  std::unique_ptr<integrations::OutboxRecorder> outbox;
  std::unique_ptr<integrations::DeliveryScheduler> scheduler;
  std::unique_ptr<domain::EventFollower> told_wrong;
};

class Simulation {
 public:
  explicit Simulation(const Plan& plan) : plan_(plan), chance_(plan.seed) {
    // In memory where there is such a place: what a disk loses is not simulated here.
    const bool has_memory = std::filesystem::is_directory("/dev/shm");
    std::string place = (has_memory ? "/dev/shm" : std::filesystem::temp_directory_path().string());
    place += "/gantry-simulation-XXXXXX";
    if (::mkdtemp(place.data()) == nullptr) throw std::runtime_error("no place to simulate in");
    folder_ = place;
    make_process();
    const auto done = process_->sqlite->write_now(
        [this](domain::Tx& tx) { return furnish(tx, process_->directory, clock_.now()); });
    if (!done) throw std::runtime_error("the simulation cannot begin");
    process_->scheduler->start();
  }
  ~Simulation() {
    end_process();
    std::filesystem::remove_all(folder_);
  }
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  Report run() {
    for (std::size_t round = 0; report_.deliveries < plan_.deliveries; ++round) {
      fate_.calm = round % 3 == 0;
      dies_ = round % 3 == 2;
      play_round();
      if (!checker_.violations().empty()) break;
    }
    report_.requests = checker_.sends;
    report_.retries = checker_.retries;
    report_.failed_writes = fate_.failed_writes;
    report_.violations = checker_.violations();
    report_.violations.resize(std::min(report_.violations.size(), kViolationsTold));
    return std::move(report_);
  }

 private:
  void make_process() {
    process_ = std::make_unique<Process>(plan_, folder_ + "/gantry.db", clock_, turns_, chance_,
                                         fate_, checker_);
  }
  // What is under way finds that nothing can be done any more.
  void end_process() {
    fate_.dead = true;
    checker_.died();
    process_->scheduler->stop();
    process_->poll();
    while (process_->tasks.running() > 0) {
      if (!turns_.empty()) {
        turns_.draw();
        process_->poll();
      } else {
        process_->run_timers();
      }
    }
    process_.reset();
    fate_.dead = false;
  }
  void die() {
    ++report_.deaths;
    end_process();
    make_process();
    process_->scheduler->start();
  }

  asio::awaitable<void> post(domain::RoomId room, std::size_t number) {
    const std::function<Result<void>(domain::Tx&)> work =
        [this, room, number, now = clock_.now()](domain::Tx& tx) -> Result<void> {
      const auto found = tx.rooms().find(room);
      const auto ada = process_->directory.find_user(domain::UserId{"id-ada"});
      domain::MessageDraft draft;
      draft.text = "message " + std::to_string(number);
      TRY_DO(domain::post_in(tx, process_->directory, *ada, *found, std::move(draft), now));
      return Done{};
    };
    (void)co_await process_->store().write<void>(work);
  }

  void play_round() {
    std::size_t left = kMessages;
    int idle = 0;
    std::uint64_t sends = checker_.sends;
    while (checker_.violations().empty()) {
      process_->poll();
      if (checker_.sends != sends) idle = 0;
      sends = checker_.sends;
      if (left > 0 && (turns_.empty() || chance_.one_in(8))) {
        process_->tasks.spawn("post", post(room_id(chance_.below(kRooms)), --left));
      } else if (dies_ && chance_.one_in(kStepsBetweenDeaths)) {
        die();
      } else if (!turns_.empty()) {
        turns_.draw();
      } else if (process_->run_timers()) {
        continue;
      } else if (!let_time_pass()) {
        break;
      } else if (++idle > kIdleMax) {
        checker_.violate("something is due and nothing happens");
      }
    }
    check_round();
  }

  // To when something is due next; false when nothing is.
  bool let_time_pass() {
    std::optional<Time> due;
    read([&due](const domain::Tx& tx) {
      tx.deliveries().visit_open(0, std::size_t{1} << 20, [&due](const Delivery& delivery) {
        due = std::min(due.value_or(delivery.next_at), delivery.next_at);
      });
    });
    if (!due) return false;
    // What is due already waits for a target that is left alone for a while.
    clock_.move_to(std::max(*due, clock_.now() + Milliseconds{1'000}));
    process_->scheduler->wake();
    return true;
  }

  // All that was posted led to what it should, and is forgotten then.
  void check_round() {
    std::unordered_map<std::string, int> replies;
    std::unordered_map<std::string, int> hooked;
    std::vector<domain::Message> messages;
    read([&](const domain::Tx& tx) {
      for (std::size_t room = 0; room < kRooms; ++room) {
        auto listed = tx.messages().list_of_room(room_id(room), {0, 0});
        for (domain::Message& one : listed.items) messages.push_back(std::move(one));
      }
      for (const domain::Message& one : messages) {
        constexpr std::string_view kReply = "reply to ";
        if (one.text.starts_with(kReply)) ++replies[one.text.substr(kReply.size())];
      }
      for (const domain::DeliveryId& id : checker_.known()) {
        const auto row = tx.deliveries().find(id);
        if (!row) return checker_.violate(id.text + " is not stored");
        checker_.ended(*row, replies[id.text]);
        ++hooked[row->message.text];
      }
    });
    for (const domain::Message& one : messages) {
      const bool posted = one.type.empty() && one.text.starts_with("message ");
      if (posted && hooked[one.id.text] != static_cast<int>(kHooks)) {
        checker_.violate("a message led to " + std::to_string(hooked[one.id.text]) + " deliveries");
      }
    }
    report_.deliveries += checker_.known().size();
    checker_.forget_all();
    const auto done = process_->sqlite->write_now([&](domain::Tx& tx) -> Result<void> {
      constexpr std::int64_t kAll = 1'000'000;
      for (const domain::Message& one : messages) tx.messages().remove(one.id);
      tx.deliveries().prune_history(clock_.now() + Milliseconds{1}, kAll);
      tx.deliveries().prune_deliveries(clock_.now() + Milliseconds{1}, 0, kAll);
      return Done{};
    });
    if (!done) throw std::runtime_error("the round cannot be cleared");
  }

  void read(const std::function<void(const domain::Tx&)>& work) {
    const auto done = process_->sqlite->read_now([&work](const domain::Tx& tx) -> Result<void> {
      work(tx);
      return Done{};
    });
    if (!done) throw std::runtime_error("the store cannot be read");
  }

  const Plan plan_;
  Chance chance_;
  Turns turns_{chance_};
  SimulatedClock clock_;
  Fate fate_;
  Checker checker_;
  Report report_;
  bool dies_ = false;
  std::string folder_;
  std::unique_ptr<Process> process_;
};

}  // namespace

Report simulate(const Plan& plan) {
  return Simulation(plan).run();
}

}  // namespace gantry::simulation
