#include "tests/Support/ObservedSession.h"

#include <algorithm>
#include <array>
#include <utility>

namespace servercore::test {

// --- Bell --------------------------------------------------------------------------------------------------------------

void Bell::Ring() {
    // Empty but needed: a thread between its look at the condition and its sleep holds the lock.
    { const std::lock_guard lock(mutex_); }
    rung_.notify_all();
}

bool Bell::WaitUntil(const std::function<bool()>& condition) {
    constexpr std::chrono::milliseconds kLookAgain{5};
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    std::unique_lock lock(mutex_);
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        rung_.wait_for(lock, kLookAgain);
    }
    return true;
}

// --- Journal -----------------------------------------------------------------------------------------------------------

std::size_t Journal::Connected() const {
    const std::lock_guard lock(mutex_);
    return connected_;
}

std::size_t Journal::ConnectFailed() const {
    const std::lock_guard lock(mutex_);
    return failures_.size();
}

std::size_t Journal::Disconnected() const {
    const std::lock_guard lock(mutex_);
    return endings_.size();
}

std::size_t Journal::MostAtOnce() const {
    const std::lock_guard lock(mutex_);
    return mostAtOnce_;
}

std::vector<CloseInfo> Journal::Endings() const {
    const std::lock_guard lock(mutex_);
    return endings_;
}

std::vector<CloseInfo> Journal::Failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
}

std::size_t Journal::EndedBy(CloseReason reason) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(endings_, reason, &CloseInfo::reason));
}

std::size_t Journal::EndedGracefully() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(endings_, true, &CloseInfo::graceful));
}

void Journal::AddViolation(std::string text) {
    const std::lock_guard lock(mutex_);
    violations_.push_back(std::move(text));
}

std::vector<std::string> Journal::Violations() const {
    const std::lock_guard lock(mutex_);
    return violations_;
}

void Journal::NoteConnected() {
    {
        const std::lock_guard lock(mutex_);
        ++connected_;
        mostAtOnce_ = std::max(mostAtOnce_, connected_ - endings_.size());
    }
    bell_.Ring();
}

void Journal::NoteConnectFailed(const CloseInfo& info) {
    {
        const std::lock_guard lock(mutex_);
        failures_.push_back(info);
    }
    bell_.Ring();
}

void Journal::NoteDisconnected(const CloseInfo& info) {
    {
        const std::lock_guard lock(mutex_);
        endings_.push_back(info);
    }
    bell_.Ring();
}

// --- Packets -----------------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t kNumberBytes = 4;

std::byte ExtraByte(std::uint32_t number, std::size_t position) noexcept {
    return static_cast<std::byte>(((number + static_cast<std::uint32_t>(position)) * 2654435761U) >> 24U);
}

void FillPacket(MutableBytes packet, std::uint16_t id, std::uint32_t number) noexcept {
    StoreLittleEndian16(packet, static_cast<std::uint16_t>(packet.size()));
    StoreLittleEndian16(packet.subspan(2), id);
    MutableBytes body = packet.subspan(kPacketHeaderBytes);
    StoreLittleEndian16(body, static_cast<std::uint16_t>(number & 0xFFFFU));
    StoreLittleEndian16(body.subspan(2), static_cast<std::uint16_t>(number >> 16U));
    for (std::size_t i = kNumberBytes; i < body.size(); ++i) {
        body[i] = ExtraByte(number, i);
    }
}

}  // namespace

SendBufferRef MakePacket(SendBufferPool& pool, std::uint16_t id, std::uint32_t number, std::size_t extraBytes) {
    SendBufferRef buffer = pool.Allocate(kPacketHeaderBytes + kNumberBytes + extraBytes);
    FillPacket(buffer->Writable(), id, number);
    return buffer;
}

std::vector<std::byte> RawPacket(std::uint16_t id, std::uint32_t number, std::size_t extraBytes) {
    std::vector<std::byte> packet(kPacketHeaderBytes + kNumberBytes + extraBytes);
    FillPacket(packet, id, number);
    return packet;
}

std::optional<std::uint32_t> NumberOf(const PacketView& packet) {
    if (packet.body.size() < kNumberBytes) {
        return std::nullopt;
    }
    const std::uint32_t number =
        std::uint32_t{LoadLittleEndian16(packet.body)} | (std::uint32_t{LoadLittleEndian16(packet.body.subspan(2))} << 16U);
    for (std::size_t i = kNumberBytes; i < packet.body.size(); ++i) {
        if (packet.body[i] != ExtraByte(number, i)) {
            return std::nullopt;
        }
    }
    return number;
}

// --- ObservedSession ---------------------------------------------------------------------------------------------------

// Checks the rules on the way in, and keeps the mark that a callback runs.
class ObservedSession::Callback {
public:
    Callback(ObservedSession& session, Phase from, Phase to, const char* name) : session_(session) {
        const Phase phase = std::exchange(session.phase_, to);
        // Relaxed: the mark must not be what orders the callbacks.
        if (session.inCallback_.exchange(true, std::memory_order_relaxed)) {
            Violation(name, "while another callback runs");
        }
        if (phase != from) {
            constexpr std::array<const char*, 3> kPhases = {"before OnConnected", "after OnConnected", "after the end"};
            Violation(name, kPhases[static_cast<std::size_t>(phase)]);
        }
    }
    ~Callback() { session_.inCallback_.store(false, std::memory_order_relaxed); }
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;

private:
    void Violation(const char* name, const char* when) {
        session_.journal_.AddViolation("session " + std::to_string(session_.number_) + ": " + name + " " + when);
    }

    ObservedSession& session_;
};

ObservedSession::ObservedSession(Journal& journal, std::shared_ptr<const Hooks> hooks, SendBufferPool& buffers, std::size_t number)
    : journal_(journal), hooks_(std::move(hooks)), buffers_(buffers), number_(number) {}

void ObservedSession::Echo(ObservedSession& session, const PacketView& packet) {
    SendBufferRef buffer = session.buffers_.Allocate(kPacketHeaderBytes + packet.body.size());
    const MutableBytes bytes = buffer->Writable();
    StoreLittleEndian16(bytes, static_cast<std::uint16_t>(bytes.size()));
    StoreLittleEndian16(bytes.subspan(2), packet.id);
    std::ranges::copy(packet.body, bytes.subspan(kPacketHeaderBytes).begin());
    session.Send(std::move(buffer));
}

void ObservedSession::OnConnected() {
    const Callback callback(*this, Phase::New, Phase::Connected, "OnConnected");
    journal_.NoteConnected();
    if (hooks_->onConnected) {
        hooks_->onConnected(*this);
    }
}

void ObservedSession::OnConnectFailed(const CloseInfo& info) {
    const Callback callback(*this, Phase::New, Phase::Ended, "OnConnectFailed");
    journal_.NoteConnectFailed(info);
}

void ObservedSession::OnPacket(const PacketView& packet) {
    const Callback callback(*this, Phase::Connected, Phase::Connected, "OnPacket");
    journal_.NotePacket();
    if (hooks_->onPacket) {
        hooks_->onPacket(*this, packet);
    }
}

void ObservedSession::OnHeartbeat() {
    const Callback callback(*this, Phase::Connected, Phase::Connected, "OnHeartbeat");
    if (hooks_->onHeartbeat) {
        hooks_->onHeartbeat(*this);
    }
}

void ObservedSession::OnDisconnected(const CloseInfo& info) {
    const Callback callback(*this, Phase::Connected, Phase::Ended, "OnDisconnected");
    journal_.NoteDisconnected(info);
    if (hooks_->onDisconnected) {
        hooks_->onDisconnected(*this, info);
    }
}

}  // namespace servercore::test
