#include "DummyClient/Kit/BotBase.h"

#include <exception>

#include <fmt/format.h>

#include "DummyClient/Kit/BotConnection.h"

namespace loadtest {

using servercore::CloseReason;
using servercore::MutexLock;
using servercore::TimePoint;

namespace {

// What to count a bot's end by.
std::string ReasonOf(const std::exception_ptr& problem) {
    try {
        std::rethrow_exception(problem);
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        return "unknown exception";
    }
}

}  // namespace

BotBase::~BotBase() {
    context_.timers.Cancel(timer_);
}

// --- For its coroutine -------------------------------------------------------------------------------------------------

bool BotBase::ConnectAwaiter::await_ready() {
    bot_.DropConnection(false);
    bot_.stage_.store(Stage::Connecting);
    bot_.connection_ = std::make_shared<BotConnection>(bot_, bot_.traffic_);
    if (bot_.context_.connector.Connect(bot_.connection_)) {
        bot_.connection_.reset();
        bot_.gone_ = CloseReason::ConnectFailed;
        bot_.context_.board.CountDisconnect(CloseReason::ConnectFailed, false);
        return true;
    }
    ++bot_.openConnections_;
    return false;
}

bool BotBase::TurnAwaiter::await_ready() {
    if (!bot_.wantsTurns_ && !bot_.isLeaving_) {
        bot_.wantsTurns_ = true;
        bot_.context_.wantTurns(bot_.Number());
    }
    return bot_.isLeaving_ || bot_.gone_ || !bot_.turns_.empty();
}

std::optional<Turn> BotBase::TurnAwaiter::await_resume() {
    ThrowIfGone();
    if (bot_.turns_.empty()) {
        return std::nullopt;
    }
    Turn turn = bot_.turns_.front();
    bot_.turns_.pop_front();
    // Until the schedule handed it out, the load tester was late; since then the bot was at something else: that says nothing of the
    // tester.
    bot_.context_.board.NoteSent(turn.times.intended, turn.times.sent);
    turn.times.sent = bot_.context_.clock.Now();
    return turn;
}

Turn BotBase::StartNow() const noexcept {
    const TimePoint now = context_.clock.Now();
    return {.times = {.intended = now, .sent = now}, .isMeasured = context_.board.isMeasuring.load(std::memory_order_relaxed)};
}

void BotBase::Answered(std::string_view kind, const Turn& turn) noexcept {
    if (turn.isMeasured) {
        context_.board.latencies.Record(kind, Number(), turn.times, context_.clock.Now());
    }
}

void BotBase::SendPacket(servercore::SendBufferRef packet) {
    const std::size_t bytes = packet->Size();
    if (connection_ != nullptr && IsQueued(connection_->Send(std::move(packet)))) {
        traffic_.OnSent(bytes);
    }
}

void BotBase::DropConnection(bool abort) {
    const std::shared_ptr<BotConnection> connection = std::exchange(connection_, nullptr);
    isConnected_ = false;
    gone_.reset();
    if (connection == nullptr) {
        return;
    }
    if (abort) {
        connection->Abort(CloseReason::LocalClose);
    } else {
        connection->Close(CloseReason::LocalClose);
    }
}

void BotBase::ThrowIfGone() {
    if (gone_) {
        const CloseReason reason = *std::exchange(gone_, std::nullopt);
        throw BotDisconnected(fmt::format("disconnected: {}", servercore::ToString(reason)));
    }
}

void BotBase::Waiter::await_suspend(std::coroutine_handle<> coroutine) noexcept {
    coroutine_ = coroutine;
    bot_.waiter_ = this;
    if (const std::optional<servercore::Duration> timeout = Timeout()) {
        bot_.deadline_ = bot_.context_.clock.Now() + *timeout;
        bot_.context_.timers.Arm(bot_.timer_, bot_.deadline_);
    } else {
        bot_.deadline_ = TimePoint::max();
    }
}

// --- For its population ------------------------------------------------------------------------------------------------

void BotBase::Begin(const Play& play) {
    MutexLock lock(mutex_);
    isLeaving_ = false;
    wantsTurns_ = false;
    turnsTaken_ = 0;
    turns_.clear();
    stage_.store(Stage::Connecting);
    task_.reset();
    ForgetHandlers();
    task_.emplace(play(*this));
    task_->Start();
    EndIfDone();
}

bool BotBase::CanBegin() const {
    MutexLock lock(mutex_);
    return IsOver() && openConnections_ == 0;
}

bool BotBase::WantsTurns() const {
    MutexLock lock(mutex_);
    return wantsTurns_ && !IsOver();
}

void BotBase::TakeTurn(TimePoint intended) {
    MutexLock lock(mutex_);
    if (IsOver() || isLeaving_) {
        return;
    }
    turns_.push_back({.number = turnsTaken_++,
                      .times = {.intended = intended, .sent = context_.clock.Now()},
                      .isMeasured = context_.board.isMeasuring.load(std::memory_order_relaxed)});
    Tell(News::Turn);
}

void BotBase::TellToLeave() {
    MutexLock lock(mutex_);
    isLeaving_ = true;
    Tell(News::Leave);
}

bool BotBase::IsBusy() const {
    MutexLock lock(mutex_);
    return waiter_ != nullptr && !waiter_->IsIdle();
}

void BotBase::Stop() {
    MutexLock lock(mutex_);
    waiter_ = nullptr;
    if (!IsOver()) {
        stage_.store(Stage::Finished);
    }
    task_.reset();
    DropConnection(false);
}

void BotBase::AddTo(Counts& errors, CheckCounts& checks) const {
    MutexLock lock(mutex_);
    for (const auto& [reason, count] : errors_) {
        errors[reason] += count;
    }
    checks.Add(checks_);
}

// --- News --------------------------------------------------------------------------------------------------------------

void BotBase::OnConnected(BotConnection& connection) {
    MutexLock lock(mutex_);
    if (&connection == connection_.get()) {
        isConnected_ = true;
        ++context_.board.connected;
        stage_.store(Stage::Online);
        Tell(News::Connected);
    }
}

void BotBase::OnPacket(BotConnection& connection, const servercore::PacketView& packet) {
    MutexLock lock(mutex_);
    if (&connection != connection_.get()) {
        return;
    }
    if (waiter_ != nullptr && waiter_->Takes(packet)) {
        CountDelivery();
        GoOn();
        return;
    }
    try {
        if (Handle(packet)) {
            CountDelivery();
        }
    } catch (...) {  // none may escape: the session would take it for its own, and nobody would know whose it was
        waiter_ = nullptr;
        task_.reset();
        Fail(ReasonOf(std::current_exception()));
        DropConnection(false);
    }
}

void BotBase::OnGone(BotConnection& connection, const servercore::CloseInfo& info) {
    MutexLock lock(mutex_);
    --openConnections_;
    const bool isPresent = &connection == connection_.get();
    context_.board.CountDisconnect(info.reason, !isPresent);
    if (isPresent) {
        if (!isConnected_) {
            context_.board.NoteUnanswered(info.error);
        }
        connection_.reset();
        isConnected_ = false;
        gone_ = info.reason;
        Tell(News::Gone);
    }
}

void BotBase::OnTime(TimePoint now) {
    MutexLock lock(mutex_);
    if (now >= deadline_) {
        Tell(News::Time);
    }
}

void BotBase::Tell(News news) {
    if (waiter_ != nullptr && waiter_->WakesFor(news)) {
        GoOn();
    }
}

void BotBase::GoOn() {
    const std::coroutine_handle<> coroutine = std::exchange(waiter_, nullptr)->coroutine_;
    if (deadline_ != TimePoint::max()) {
        context_.timers.Cancel(timer_);
    }
    coroutine.resume();
    EndIfDone();
}

void BotBase::EndIfDone() {
    if (!task_->IsDone()) {
        return;
    }
    stage_.store(Stage::Finished);
    try {
        task_->RethrowEscaped();
    } catch (const BotDisconnected&) {
        stage_.store(Stage::Failed);  // the board knows
    } catch (...) {
        Fail(ReasonOf(std::current_exception()));
    }
    DropConnection(false);
}

void BotBase::Fail(const std::string& reason) {
    stage_.store(Stage::Failed);
    ++errors_[reason];
    errorCount_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace loadtest
