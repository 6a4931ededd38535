#include "tests/Support/RecordingSession.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace servercore::test {

std::string Describe(const CloseInfo& info) {
    return std::string(ToString(info.reason)) + " by " + std::string(ToString(info.initiator)) + (info.graceful ? ", graceful" : "");
}

SendBufferRef MakeBuffer(SendBufferPool& pool, std::string_view bytes) {
    SendBufferRef buffer = pool.Allocate(bytes.size());
    std::memcpy(buffer->Writable().data(), bytes.data(), bytes.size());
    return buffer;
}

std::string EncodePacket(std::uint16_t id, std::string_view body) {
    std::string packet(kPacketHeaderBytes, '\0');
    const MutableBytes header = std::as_writable_bytes(std::span(packet));
    StoreLittleEndian16(header, static_cast<std::uint16_t>(packet.size() + body.size()));
    StoreLittleEndian16(header.subspan(2), id);
    return packet.append(body);
}

std::vector<std::string> RecordingSession::Events() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

std::string RecordingSession::LastEvent() const {
    const std::lock_guard lock(mutex_);
    return events_.empty() ? std::string() : events_.back();
}

std::size_t RecordingSession::CountOf(std::string_view prefix) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(events_.begin(), events_.end(), [&](const std::string& event) { return event.starts_with(prefix); }));
}

CloseInfo RecordingSession::Info() const {
    const std::lock_guard lock(mutex_);
    return info_;
}

void RecordingSession::OnReceived(ConstBytes bytes) {
    Note("received " + std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), script_.onReceived);
}

void RecordingSession::OnConnectFailed(const CloseInfo& info) {
    {
        const std::lock_guard lock(mutex_);
        info_ = info;
    }
    Note("connect failed: " + Describe(info), script_.onConnectFailed);
}

void RecordingSession::OnDisconnected(const CloseInfo& info) {
    {
        const std::lock_guard lock(mutex_);
        info_ = info;
    }
    Note("disconnected: " + Describe(info), script_.onDisconnected);
}

void RecordingSession::Note(std::string event, const SessionScript::Action& action) {
    struct Scope {
        explicit Scope(std::atomic<bool>& flag) : flag_(flag) { EXPECT_FALSE(flag_.exchange(true)) << "one callback inside another"; }
        ~Scope() { flag_.store(false); }
        std::atomic<bool>& flag_;
    };
    const Scope scope(inCallback_);
    {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
    }
    if (action) {
        action(*this);
    }
}

}  // namespace servercore::test
