#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "DummyClient/Kit/BotBase.h"

namespace loadtest {

// A bot that speaks the packets of a title: `PacketOf` is the template of that name in the title's generated Packets.gen.h. What it does is
// a coroutine:
//
//     using RoomBot = loadtest::Bot<room::protocol::PacketOf>;
//
//     loadtest::BotTask Play(RoomBot& bot) {
//         co_await bot.Connect();
//         bot.Send(Hello());
//         const auto hello = co_await bot.Expect<S_Hello>(5s);
//         std::optional<Turn> turn = co_await bot.NextTurn();        // at the scenario's rate
//         for (; turn; turn = co_await bot.NextTurn()) {
//             bot.Send(Line(turn->number));
//             const auto said = co_await bot.Expect<S_Said>(500ms);  // throws BotTimedOut, which ends the bot and is counted
//             bot.Answered("say", *turn);                            // since when it should have been sent
//             bot.Check("what was said comes back", said.text() == Text(turn->number));
//         }
//     }
//
// Packets are seen by whom they find waiting: what comes while the coroutine waits for something else goes to the handler that On has set,
// and without one it is ignored. A packet that cannot be parsed ends the bot. Owner, threads: see BotBase.
template <template <class Message> class PacketOf>
class Bot : public BotBase {
public:
    using BotBase::BotBase;

    template <class Message>
    class ExpectAwaiter;

    // When the connection is gone, whatever is awaited next says so. Throws BotFailed when the schema allows no packet of that size.
    template <class Message>
    void Send(const Message& message) {
        servercore::SendBufferRef packet = MakeSendBuffer(Buffers(), message);  // the title's
        if (!packet) {
            throw BotFailed(fmt::format("{} is larger than its packet may be", PacketOf<Message>::kInfo.name));
        }
        SendPacket(std::move(packet));
    }

    // co_await: the next packet of that kind. Throws BotTimedOut, and BotDisconnected.
    template <class Message>
    [[nodiscard]] ExpectAwaiter<Message> Expect(servercore::Duration timeout) noexcept {
        return {*this, timeout};
    }

    // From now on, in place of the one before, until the bot's coroutine ends: for packets of that kind that the coroutine does not wait
    // for. What it throws ends the bot.
    template <class Message>
    void On(std::function<void(const Message&)> handler) {
        std::erase_if(handlers_, [](const auto& known) { return known->id == kIdOf<Message>; });
        handlers_.push_back(std::make_shared<const Handler>(Handler{
            .id = kIdOf<Message>,
            .handle = [handler = std::move(handler)](servercore::ConstBytes body) { handler(Parse<Message>(body)); },
        }));
    }

private:
    struct Handler {
        std::uint16_t id = 0;
        std::function<void(servercore::ConstBytes body)> handle;
    };

    template <class Message>
    static constexpr std::uint16_t kIdOf = PacketOf<Message>::kInfo.id;

    template <class Message>
    [[nodiscard]] static Message Parse(servercore::ConstBytes body) {
        Message message;
        if (!message.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
            throw BotFailed(fmt::format("malformed {}", PacketOf<Message>::kInfo.name));
        }
        return message;
    }

    [[nodiscard]] bool Handle(const servercore::PacketView& packet) override {
        const auto found = std::ranges::find_if(handlers_, [&](const auto& handler) { return handler->id == packet.id; });
        if (found == handlers_.end()) {
            return false;
        }
        const std::shared_ptr<const Handler> handler = *found;  // it may set another in its place
        handler->handle(packet.body);
        return true;
    }

    void ForgetHandlers() noexcept override { handlers_.clear(); }

    std::vector<std::shared_ptr<const Handler>> handlers_;  // a few
};

template <template <class Message> class PacketOf>
template <class Message>
class [[nodiscard]] Bot<PacketOf>::ExpectAwaiter final : public BotBase::Waiter {
public:
    ExpectAwaiter(Bot& bot, servercore::Duration timeout) noexcept : Waiter(bot), timeout_(timeout) {}

    [[nodiscard]] bool await_ready() const noexcept { return !HasConnection(); }
    [[nodiscard]] Message await_resume() {
        ThrowIfGone();
        if (!HasConnection() && !message_) {
            throw BotFailed("a packet was expected without a connection");
        }
        if (!message_) {
            throw BotTimedOut(fmt::format("no {} within {}", PacketOf<Message>::kInfo.name,
                                          std::chrono::duration_cast<std::chrono::milliseconds>(timeout_)));
        }
        if (!isParsed_) {
            throw BotFailed(fmt::format("malformed {}", PacketOf<Message>::kInfo.name));
        }
        return std::move(*message_);
    }

private:
    [[nodiscard]] bool WakesFor(News news) const noexcept override { return news == News::Time || news == News::Gone; }
    [[nodiscard]] std::optional<servercore::Duration> Timeout() const noexcept override { return timeout_; }
    [[nodiscard]] bool Takes(const servercore::PacketView& packet) override {
        if (packet.id != kIdOf<Message>) {
            return false;
        }
        isParsed_ = message_.emplace().ParseFromArray(packet.body.data(), static_cast<int>(packet.body.size()));
        return true;
    }

    const servercore::Duration timeout_;
    std::optional<Message> message_;
    bool isParsed_ = false;
};

}  // namespace loadtest
