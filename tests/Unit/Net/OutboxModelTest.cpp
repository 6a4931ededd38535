// A random walk of an Outbox beside a model of it.

#include "ServerCore/Net/Outbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/Support/FakeClock.h"
#include "tests/Support/Gathered.h"
#include "tests/Support/RecordingSession.h"

namespace servercore::test {

namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

// The rules of Outbox, with everything looked for afresh each time.
struct NaiveOutbox {
    struct Packet {
        std::string bytes;
        std::optional<std::uint32_t> key;  // of class Latest, and queued when there was a backlog
        TimePoint since;
        bool gathered = false;
        bool cut = false;
    };

    [[nodiscard]] std::size_t Bytes() const {
        std::size_t bytes = 0;
        for (const Packet& packet : packets) {
            bytes += packet.bytes.size();
        }
        return bytes;
    }
    SendResult Offer(const std::string& bytes, const SendOptions& options, std::size_t soft, std::size_t hard, TimePoint now) {
        const std::size_t total = Bytes() + bytes.size();
        const bool isLatest = options.packetClass == PacketClass::Latest;
        const auto last = std::find_if(packets.rbegin(), packets.rend(), [&](const Packet& packet) { return packet.key == options.key; });
        const bool isFree = last != packets.rend() && !last->gathered && !last->cut;
        if (isLatest && total > soft && isFree && total - last->bytes.size() <= std::max(hard, Bytes())) {
            last->bytes = bytes;
            isHigh = isHigh || Bytes() > soft;
            return SendResult::Replaced;
        }
        if (options.packetClass != PacketClass::Reliable && total > (isLatest ? hard : soft)) {
            return SendResult::Dropped;
        }
        if (total > hard) {
            return SendResult::QueueFull;
        }
        const bool hasKey = isLatest && total > soft / 2;
        packets.push_back({.bytes = bytes, .key = hasKey ? std::optional(options.key) : std::nullopt, .since = now});
        isHigh = isHigh || total > soft;
        return SendResult::Queued;
    }
    Strings Gather(std::size_t atMost) {
        Strings result;
        for (std::size_t i = 0; i < std::min(atMost, packets.size()); ++i) {
            packets[i].gathered = true;
            result.push_back(packets[i].bytes);
        }
        return result;
    }
    std::size_t Consume(std::size_t bytes, std::size_t soft) {
        std::size_t completed = 0;
        for (; !packets.empty() && bytes >= packets.front().bytes.size(); ++completed) {
            bytes -= packets.front().bytes.size();
            packets.pop_front();
        }
        if (bytes > 0) {
            packets.front().bytes.erase(0, bytes);
            packets.front().cut = true;
        }
        for (Packet& packet : packets) {
            packet.gathered = false;
        }
        isHigh = isHigh && Bytes() > soft / 2;
        return completed;
    }

    std::deque<Packet> packets;
    bool isHigh = false;
};

TEST(OutboxModel, AnOutboxDoesWhatANaiveModelDoes) {
    constexpr std::size_t kStep = SendBudget::kStepBytes;
    constexpr std::size_t kMost = 3;  // buffers per send
    FakeClock clock;
    SendBufferPool pool;
    SessionLimits limits;
    limits.sendSoftBytes = 4 * kStep;
    limits.sendHardBytes = 8 * kStep;
    limits.sendAge = 40ms;
    Outbox outbox;
    std::mt19937 random(20);
    const auto below = [&](std::size_t bound) { return random() % bound; };
    SendBudget ceiling(kStep);
    NaiveOutbox model;
    std::size_t inFlight = 0;  // bytes
    bool isExceeded = false;
    std::array<std::size_t, 5> results{};
    std::size_t tooOld = 0;
    for (int step = 0; step < 20000; ++step) {
        clock.Advance(1ms);
        const std::size_t what = below(100);
        if (what < 60) {
            const std::string bytes(1 + below(kStep / 2), static_cast<char>('a' + below(26)));
            const SendOptions options{.packetClass = static_cast<PacketClass>(below(3)), .key = static_cast<std::uint32_t>(below(6))};
            const std::size_t hard = ceiling.IsExceeded() ? limits.sendSoftBytes : limits.sendHardBytes;
            const SendResult result = outbox.Offer(MakeBuffer(pool, bytes), options, limits, ceiling, clock.Now());
            ASSERT_EQ(result, model.Offer(bytes, options, limits.sendSoftBytes, hard, clock.Now())) << "step " << step;
            ++results[static_cast<std::size_t>(result)];
        } else if (what < 70) {
            outbox.Flush();
            ASSERT_EQ(outbox.HasDue(), !model.packets.empty());
        } else if (what < 72) {
            isExceeded = !isExceeded;
            isExceeded ? ceiling.Charge(10 * kStep) : ceiling.Refund(10 * kStep);
        } else if (inFlight == 0) {
            const Strings gathered = GatheredFrom(outbox, 1 + below(kMost));
            ASSERT_EQ(gathered, model.Gather(gathered.size())) << "step " << step;
            for (const std::string& bytes : gathered) {
                inFlight += bytes.size();
            }
        } else {
            const std::size_t taken = below(3) == 0 ? below(inFlight + 1) : inFlight;
            ASSERT_EQ(outbox.Consume(taken, ceiling, clock.Now()), model.Consume(taken, limits.sendSoftBytes)) << "step " << step;
            inFlight = 0;
        }
        ASSERT_EQ(outbox.Bytes(), model.Bytes()) << "step " << step;
        ASSERT_EQ(outbox.IsHigh(), model.isHigh) << "step " << step;
        ASSERT_EQ(ceiling.ChargedBytes(), model.Bytes() / kStep * kStep + (isExceeded ? 10 * kStep : 0));
        ASSERT_TRUE(!outbox.HasDue() || !outbox.IsEmpty());
        if (!model.packets.empty()) {
            ASSERT_LE(outbox.Deadline(limits), model.packets.front().since + 2 * limits.sendAge) << "found out too late";
            ASSERT_GE(outbox.Deadline(limits), model.packets.front().since + limits.sendAge) << "found out although it is young";
        }
        if (clock.Now() >= outbox.Deadline(limits)) {
            ++tooOld;
            ASSERT_EQ(outbox.Clear(ceiling), model.packets.size());
            model = {};
            inFlight = 0;
        }
    }
    for (const SendResult result : {SendResult::Queued, SendResult::Replaced, SendResult::Dropped, SendResult::QueueFull}) {
        EXPECT_GT(results[static_cast<std::size_t>(result)], 100U) << "the model was hardly asked about this";
    }
    EXPECT_GT(tooOld, 10U);
    EXPECT_LT(tooOld, 1000U);
    (void)outbox.Clear(ceiling);
}

}  // namespace

}  // namespace servercore::test
