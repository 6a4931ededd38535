#include "tests/Support/HonestBots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/format.h>

namespace servercore::test {

namespace {

// Before an attack, of each bot: enough to tell what is usual, and half a second of each test.
constexpr std::size_t kAnswersBefore = 5;

// Of several lengths, so that a lost byte shows in the packets behind it.
std::size_t ExtraBytesOf(std::uint32_t number) noexcept {
    return number * 37 % 200;
}

// "40/310 us of 150 answers".
std::string Percentiles(std::vector<Duration>& delays) {
    if (delays.empty()) {
        return "of no answers";
    }
    std::ranges::sort(delays);
    const auto microseconds = [&](std::size_t percent) {
        return std::chrono::duration_cast<std::chrono::microseconds>(delays[(delays.size() - 1) * percent / 100]).count();
    };
    return fmt::format("{}/{} us of {} answers", microseconds(50), microseconds(99), delays.size());
}

ServiceConfig ConfigOf(std::chrono::milliseconds pace) {
    ServiceConfig config = PatientConfig("honest");
    config.limits.heartbeatInterval = pace;
    return config;
}

}  // namespace

HonestBots::HonestBots(World& world, TestServer& server, Options options)
    : world_(world),
      server_(server),
      options_(options),
      bots_(options.bots),
      clients_(world, {.config = ConfigOf(options.pace), .hooks = MakeHooks()}) {
    clients_.Connect(server.Address(), options.bots);
    AwaitAnswers(kAnswersBefore);
    for (Bot& bot : bots_) {
        bot.answeredBefore = bot.answered.load();
    }
    sessionsBefore_ = server->SessionCount();
    acceptsBefore_ = server->GetLedger().acceptsInFlight;
}

Hooks HonestBots::MakeHooks() {
    return {.onConnected = [this](ObservedSession& session) { Ask(session); },
            .onPacket = [this](ObservedSession& session, const PacketView& packet) { TakeAnswer(session, packet); },
            .onHeartbeat = [this](ObservedSession& session) { Ask(session); }};
}

void HonestBots::Ask(ObservedSession& session) {
    Bot& bot = bots_[session.Number()];
    std::uint32_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        if (silent_) {
            return;
        }
        number = bot.asked.fetch_add(1);
    }
    bot.askedAt.push_back(world_.clock.Now());
    if (session.SendPacket(options_.packetId, number, ExtraBytesOf(number)) != SendResult::Queued) {
        session.Log().AddViolation("an honest bot could not send");
    }
}

void HonestBots::TakeAnswer(ObservedSession& session, const PacketView& packet) {
    Bot& bot = bots_[session.Number()];
    const std::uint32_t expected = bot.answered.load();
    if (NumberOf(packet) != expected || packet.body.size() != sizeof expected + ExtraBytesOf(expected)) {
        session.Log().AddViolation("an honest bot got an answer that is damaged or out of order");
    }
    if (!bot.askedAt.empty()) {
        bot.delays.push_back(world_.clock.Now() - bot.askedAt.front());
        bot.askedAt.pop_front();
    }
    bot.answered.store(expected + 1);
}

void HonestBots::AwaitAnswers(std::size_t answers) {
    std::vector<std::size_t> wanted;
    for (const Bot& bot : bots_) {
        wanted.push_back(bot.answered.load() + answers);
    }
    std::size_t served = 0;
    EXPECT_TRUE(world_.bell.WaitUntil([&] {
        while (served < bots_.size() && bots_[served].answered.load() >= wanted[served]) {
            ++served;
        }
        return served == bots_.size();
    })) << "honest bot "
        << served << " gets no answers";
}

void HonestBots::ExpectUnharmed() {
    AwaitAnswers(2);
    {
        const std::lock_guard lock(mutex_);
        silent_ = true;
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] {
        return std::ranges::all_of(bots_, [](const Bot& bot) { return bot.answered.load() == bot.asked.load(); });
    })) << "an answer was lost";
    EXPECT_EQ(clients_.Log().Connected(), bots_.size());
    EXPECT_EQ(clients_.Log().Disconnected() + clients_.Log().ConnectFailed(), 0U) << "honest bots were disconnected";
    for (const std::string& violation : clients_.Log().Violations()) {
        ADD_FAILURE() << violation;
    }
    PrintDelays();
}

void HonestBots::ExpectServerAsBefore() {
    const auto isAsBefore = [&] {
        const Ledger ledger = server_->GetLedger();
        return server_->SessionCount() == sessionsBefore_ && ledger.acceptsInFlight == acceptsBefore_ &&
               ledger.operationsInFlight == sessionsBefore_ + acceptsBefore_ && ledger.buffersOutstanding == 0;
    };
    EXPECT_TRUE(world_.bell.WaitUntil(isAsBefore)) << server_->SessionCount() << " sessions instead of " << sessionsBefore_ << '\n'
                                                   << server_->GetLedger().ToString();
}

void HonestBots::PrintDelays() const {
    std::vector<Duration> before;
    std::vector<Duration> during;
    for (const Bot& bot : bots_) {
        const auto attack = bot.delays.begin() + static_cast<std::ptrdiff_t>(std::min(bot.answeredBefore, bot.delays.size()));
        before.insert(before.end(), bot.delays.begin(), attack);
        during.insert(during.end(), attack, bot.delays.end());
    }
    std::printf("[  honest  ] %zu bots; before the attack p50/p99 %s; during p50/p99 %s\n", bots_.size(), Percentiles(before).c_str(),
                Percentiles(during).c_str());
}

}  // namespace servercore::test
