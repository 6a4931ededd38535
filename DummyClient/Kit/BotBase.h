#pragma once

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "DummyClient/Kit/BotFailed.h"
#include "DummyClient/Kit/BotTask.h"
#include "DummyClient/Kit/BotTimers.h"
#include "DummyClient/Kit/CheckCounts.h"
#include "DummyClient/Kit/Connector.h"
#include "DummyClient/Kit/OptionValues.h"
#include "DummyClient/Kit/RunBoard.h"
#include "DummyClient/Kit/Traffic.h"
#include "DummyClient/Scenario/Draws.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Net/PacketSession.h"

namespace loadtest {

class BotConnection;

// A message of the schedule: when it should go out, and when it did.
struct Turn {
    std::uint64_t number = 0;  // of the bot's, from 0
    SendTimes times;
    bool isMeasured = true;
};

// What a bot is given. All references outlive it.
struct BotContext {
    std::size_t number = 0;  // of the group's, from 0
    std::string name;        // unlike that of any other bot of any run
    Draws draws;
    const OptionValues& options;
    RunBoard& board;
    Connector& connector;
    BotTimers& timers;
    const servercore::Clock& clock;
    std::function<void(std::size_t bot)> wantTurns;  // the schedule is to include it
};

// One bot, whatever it speaks: its coroutine, what that waits for, and its connection. Bot.h adds packets.
// Owner: BotPopulation; outlives its connections.  Threads: the part for coroutines is for its own, which runs under the bot's lock on
// whichever thread has news for it; all else is safe from any.
class BotBase {
public:
    enum class Stage : std::uint8_t { Waiting, Connecting, Online, Finished, Failed };
    // Starts what the bot does.
    using Play = std::function<BotTask(BotBase& bot)>;

    explicit BotBase(BotContext context) : context_(std::move(context)) {}
    virtual ~BotBase();
    BotBase(const BotBase&) = delete;
    BotBase& operator=(const BotBase&) = delete;

    // --- For its coroutine ---------------------------------------------------------------------------------------------

    class ConnectAwaiter;
    class SleepAwaiter;
    class TurnAwaiter;

    [[nodiscard]] std::size_t Number() const noexcept { return context_.number; }
    [[nodiscard]] const std::string& Name() const noexcept { return context_.name; }
    // The bot's own, the same in every run with the same seed.
    [[nodiscard]] const Draws& Random() const noexcept { return context_.draws; }
    [[nodiscard]] const OptionValues& Options() const noexcept { return context_.options; }

    // co_await: a fresh connection. Throws BotDisconnected when it fails.
    [[nodiscard]] ConnectAwaiter Connect() noexcept;
    // co_await: so long. False: the bot is told to leave, and it is awake for that.
    [[nodiscard]] SleepAwaiter Sleep(servercore::Duration time) noexcept;
    // co_await: when the scenario's rate wants the next message; at once when that is overdue. Nothing: the bot is told to leave.
    [[nodiscard]] TurnAwaiter NextTurn() noexcept;
    // A message that is in no schedule begins now.
    [[nodiscard]] Turn StartNow() const noexcept;

    // Ends the connection: when everything has been sent, or with a reset. It is no failure; the bot may connect again.
    void Disconnect() { DropConnection(false); }
    void Reset() { DropConnection(true); }

    // The answer to that message is here. Precondition: the behaviour has a latency of that kind.
    void Answered(std::string_view kind, const Turn& turn) noexcept;
    // Something that must be so: a single time that it is not fails the run. `what` is a literal.
    void Check(const char* what, bool isRight) { checks_.Count(what, isRight); }

    // --- For its population --------------------------------------------------------------------------------------------

    // Precondition: CanBegin.
    void Begin(const Play& play) SC_EXCLUDES(mutex_);
    // It has not begun yet, or is done with all that it did, its connections too.
    [[nodiscard]] bool CanBegin() const SC_EXCLUDES(mutex_);
    [[nodiscard]] bool WantsTurns() const SC_EXCLUDES(mutex_);
    void TakeTurn(servercore::TimePoint intended) SC_EXCLUDES(mutex_);
    void TellToLeave() SC_EXCLUDES(mutex_);
    // It has sent something and waits for the answer, or makes a connection.
    [[nodiscard]] bool IsBusy() const SC_EXCLUDES(mutex_);
    // Whatever it is at: it ends now, and its connection.
    void Stop() SC_EXCLUDES(mutex_);

    [[nodiscard]] Stage GetStage() const noexcept { return stage_.load(); }
    [[nodiscard]] TrafficCounts GetTraffic() const noexcept { return traffic_.Counts(); }
    [[nodiscard]] std::uint64_t Deliveries() const noexcept { return deliveries_.load(std::memory_order_relaxed); }
    // What has come for it to say: reasons of its failures, with how often; and its checks.
    void AddTo(Counts& errors, CheckCounts& checks) const SC_EXCLUDES(mutex_);
    [[nodiscard]] std::uint64_t ErrorCount() const noexcept { return errorCount_.load(std::memory_order_relaxed); }

    // --- For its connections; an earlier one changes nothing -------------------------------------------------------------

    void OnConnected(BotConnection& connection) SC_EXCLUDES(mutex_);
    void OnPacket(BotConnection& connection, const servercore::PacketView& packet) SC_EXCLUDES(mutex_);
    void OnGone(BotConnection& connection, const servercore::CloseInfo& info) SC_EXCLUDES(mutex_);

protected:
    enum class News : std::uint8_t { Connected, Gone, Time, Turn, Leave };

    // What the coroutine waits for: a part of its frame while it is suspended.
    class Waiter {
    public:
        explicit Waiter(BotBase& bot) noexcept : bot_(bot) {}
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        virtual ~Waiter() = default;

        void await_suspend(std::coroutine_handle<> coroutine) noexcept;

    protected:
        // True: it goes on.
        [[nodiscard]] virtual bool WakesFor(News news) const noexcept = 0;
        [[nodiscard]] virtual bool Takes(const servercore::PacketView& /*packet*/) { return false; }
        // Nothing is under way.
        [[nodiscard]] virtual bool IsIdle() const noexcept { return false; }
        // Nothing: for ever.
        [[nodiscard]] virtual std::optional<servercore::Duration> Timeout() const noexcept { return std::nullopt; }
        // The connection is gone, unless the bot ended it: throws BotDisconnected, once.
        void ThrowIfGone() const { bot_.ThrowIfGone(); }
        [[nodiscard]] bool HasConnection() const noexcept { return bot_.connection_ != nullptr; }

        BotBase& bot_;

    private:
        friend class BotBase;

        std::coroutine_handle<> coroutine_;
    };

    // For packets that come while nobody waits for them. False: nobody wants it.
    [[nodiscard]] virtual bool Handle(const servercore::PacketView& /*packet*/) { return false; }
    // What was set for them may refer to the frame of a coroutine that is gone.
    virtual void ForgetHandlers() noexcept {}

    [[nodiscard]] servercore::SendBufferPool& Buffers() noexcept { return context_.connector.Buffers(); }
    // Nothing is sent when the connection is gone; whatever is awaited next says so.
    void SendPacket(servercore::SendBufferRef packet);
    void CountDelivery() noexcept { deliveries_.fetch_add(1, std::memory_order_relaxed); }

private:
    class TimerEntry final : public BotTimers::Entry {
    public:
        explicit TimerEntry(BotBase& bot) noexcept : bot_(bot) {}
        void OnDue(servercore::TimePoint now) override { bot_.OnTime(now); }

    private:
        BotBase& bot_;
    };

    void OnTime(servercore::TimePoint now) SC_EXCLUDES(mutex_);
    // With the lock held: the coroutine goes on, if it waits for that.
    void Tell(News news);
    void GoOn();
    void EndIfDone();
    void Fail(const std::string& reason);
    void DropConnection(bool abort);
    void ThrowIfGone();
    [[nodiscard]] bool IsOver() const noexcept { return !task_ || task_->IsDone(); }

    const BotContext context_;
    std::atomic<Stage> stage_ = Stage::Waiting;  // written under the lock
    std::atomic<std::uint64_t> deliveries_ = 0;
    std::atomic<std::uint64_t> errorCount_ = 0;
    Traffic traffic_;
    TimerEntry timer_{*this};

    mutable servercore::Mutex mutex_;
    // All below: under the lock.
    std::shared_ptr<BotConnection> connection_;    // the present one
    std::size_t openConnections_ = 0;              // earlier ones included
    std::optional<servercore::CloseReason> gone_;  // the connection ended by itself, and the coroutine does not know yet
    bool isConnected_ = false;
    bool isLeaving_ = false;
    bool wantsTurns_ = false;
    std::uint64_t turnsTaken_ = 0;
    std::deque<Turn> turns_;  // that are due; `sent` is when the schedule handed them out
    Waiter* waiter_ = nullptr;
    servercore::TimePoint deadline_;
    Counts errors_;
    CheckCounts checks_;
    std::optional<BotTask> task_;  // last: its frame refers to the others
};

class [[nodiscard]] BotBase::ConnectAwaiter final : public Waiter {
public:
    using Waiter::Waiter;
    [[nodiscard]] bool await_ready();
    void await_resume() const { ThrowIfGone(); }

private:
    [[nodiscard]] bool WakesFor(News news) const noexcept override { return news == News::Connected || news == News::Gone; }
};

class [[nodiscard]] BotBase::SleepAwaiter final : public Waiter {
public:
    SleepAwaiter(BotBase& bot, servercore::Duration time) noexcept : Waiter(bot), time_(time) {}
    [[nodiscard]] bool await_ready() const noexcept { return bot_.isLeaving_ || bot_.gone_; }
    [[nodiscard]] bool await_resume() const {
        ThrowIfGone();
        return !bot_.isLeaving_;
    }

private:
    [[nodiscard]] bool WakesFor(News news) const noexcept override {
        return news == News::Time || news == News::Leave || news == News::Gone;
    }
    [[nodiscard]] bool IsIdle() const noexcept override { return true; }
    [[nodiscard]] std::optional<servercore::Duration> Timeout() const noexcept override { return time_; }

    const servercore::Duration time_;
};

class [[nodiscard]] BotBase::TurnAwaiter final : public Waiter {
public:
    using Waiter::Waiter;
    [[nodiscard]] bool await_ready();
    [[nodiscard]] std::optional<Turn> await_resume();

private:
    [[nodiscard]] bool WakesFor(News news) const noexcept override {
        return news == News::Turn || news == News::Leave || news == News::Gone;
    }
    [[nodiscard]] bool IsIdle() const noexcept override { return true; }
};

inline BotBase::ConnectAwaiter BotBase::Connect() noexcept {
    return ConnectAwaiter(*this);
}

inline BotBase::SleepAwaiter BotBase::Sleep(servercore::Duration time) noexcept {
    return {*this, time};
}

inline BotBase::TurnAwaiter BotBase::NextTurn() noexcept {
    return TurnAwaiter(*this);
}

}  // namespace loadtest
